/** Adds an item at the end of a collection's text. */
import type { JsonValue } from '../../provider/engine/index.js';
import type { FilledCollection, Item } from './node.js';
import { writeKey } from './scalar.js';
import { endOfItem, endOfLabel, endOfLine, lineBreakOf, splice } from './source.js';
import { valueText } from './value-text.js';

/** What to add: a value for a list, or a value at the end of a path of keys that a mapping lacks. */
export interface Addition {
  readonly keys: readonly string[];
  readonly value: JsonValue;
}

/** The text with an addition behind a collection's last item, on lines or between brackets as the collection is. */
export function addToFilled(text: string, collection: FilledCollection, addition: Addition): string {
  const last = collection.items.at(-1) as Item;
  const end = endOfItem(text, last);
  if (collection.isFlow) return splice(text, end, end, `, ${flowText(addition)}`);
  return addLines(text, end, linesOf(addition, collection.column));
}

/** The collection that an addition makes where there is none. */
export function nestedValue({ keys, value }: Addition): JsonValue {
  return keys.length === 0 ? [value] : keys.reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), value);
}

/** The text with an addition below a key that has no value. */
export function addBelowKey(text: string, item: Item, column: number, addition: Addition): string {
  return addLines(text, endOfLabel(text, item), linesOf(addition, column));
}

/** The text with an addition as its whole document; `start` and `end` are those of an empty one. */
export function addDocument(text: string, start: number, end: number, addition: Addition): string {
  const lines = linesOf(addition, 0).join(lineBreakOf(text));
  if (end > start) return splice(text, start, end, lines);
  const isAtStart = text === '' || text.endsWith('\n');
  return text + (isAtStart ? '' : lineBreakOf(text)) + lines + lineBreakOf(text);
}

function flowText({ keys, value }: Addition): string {
  const [key, ...deeper] = keys;
  if (key === undefined) return valueText(value, { isFlow: true });
  const inner = deeper.length === 0 ? value : nestedValue({ keys: deeper, value });
  return `${writeKey(key)}: ${valueText(inner, { isFlow: true, key })}`;
}

function linesOf({ keys, value }: Addition, column: number): readonly string[] {
  const written = valueText(value, { isFlow: false, key: keys.at(-1) });
  if (keys.length === 0) return [`${' '.repeat(column)}- ${written}`];
  const isLast = (index: number): boolean => index === keys.length - 1;
  return keys.map(
    (key, index) => `${' '.repeat(column + 2 * index)}${writeKey(key)}:${isLast(index) ? ` ${written}` : ''}`,
  );
}

function addLines(text: string, offset: number, lines: readonly string[]): string {
  const end = endOfLine(text, offset);
  const lineBreak = lineBreakOf(text);
  return splice(text, end, end, lines.map((line) => lineBreak + line).join(''));
}
