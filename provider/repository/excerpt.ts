/** Values of a document as a message shows them. */

/** In characters; as much as fits on a line beside the rest of a message. */
const MAX_LENGTH = 60;

/** A value as JSON, cut to 60 characters; takes hardly longer for a large value than for a small one. */
export function excerpt(value: unknown): string {
  let text = '';
  for (const piece of pieces(value)) {
    text += piece;
    if (text.length > 2 * MAX_LENGTH) break;
  }
  return cut(text);
}

/** A name between backticks, cut to 60 characters, with control characters escaped. */
export function backticked(name: string): string {
  return `\`${cut(quote(name).slice(1, -1))}\``;
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : text;
}

function* pieces(value: unknown): Generator<string> {
  if (typeof value === 'string') yield quote(value);
  else if (Array.isArray(value)) yield* listPieces(value);
  else if (typeof value === 'object' && value !== null) yield* mapPieces(value);
  else yield String(value);
}

function* listPieces(list: readonly unknown[]): Generator<string> {
  let separator = '[';
  for (const item of list) {
    yield separator;
    yield* pieces(item);
    separator = ', ';
  }
  yield list.length === 0 ? '[]' : ']';
}

function* mapPieces(map: object): Generator<string> {
  let separator = '{';
  for (const key in map) {
    if (!Object.hasOwn(map, key)) continue;
    yield `${separator}${quote(key)}: `;
    yield* pieces(Reflect.get(map, key));
    separator = ', ';
  }
  yield separator === '{' ? '{}' : '}';
}

/** Twice the length, since a character may be two units; what is cut off here would not be shown. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 2 * MAX_LENGTH));
}
