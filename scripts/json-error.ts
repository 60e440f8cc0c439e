/** Where a text stops being JSON: `JSON.parse` tells it in some of its messages only, in words that differ by version. */

/** A whole token of RFC 8259 from the current offset. */
const TOKEN =
  /[ \t\n\r]+|[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/** What may come next. */
type State = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/** The offset, in UTF-16 units, of the first token that can't stand where it does; the length where one is missing. */
export function jsonErrorOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let state: State = 'value';
  TOKEN.lastIndex = 0;
  for (let offset = 0; offset < text.length; offset = TOKEN.lastIndex) {
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return offset;
    if (/^[ \t\n\r]/.test(token)) continue;
    const next = follow(state, token, open);
    if (next === undefined) return offset;
    state = next;
  }
  return text.length;
}

/** The state after a token; undefined where it can't stand. Keeps the brackets that are open. */
function follow(state: State, token: string, open: ('{' | '[')[]): State | undefined {
  const wantsValue = state === 'value' || state === 'value-or-end';
  if (token === '{' || token === '[') {
    if (!wantsValue) return undefined;
    open.push(token);
    return token === '{' ? 'key-or-end' : 'value-or-end';
  }
  if (token === '}' || token === ']') {
    const mayEnd = state === 'comma-or-end' || state === (token === '}' ? 'key-or-end' : 'value-or-end');
    if (!mayEnd || open.pop() !== (token === '}' ? '{' : '[')) return undefined;
    return afterValue(open);
  }
  if (token === ',') {
    if (state !== 'comma-or-end') return undefined;
    return open.at(-1) === '{' ? 'key' : 'value';
  }
  if (token === ':') return state === 'colon' ? 'value' : undefined;
  if (state === 'key' || state === 'key-or-end') return token.startsWith('"') ? 'colon' : undefined;
  return wantsValue ? afterValue(open) : undefined;
}

function afterValue(open: readonly string[]): State {
  return open.length === 0 ? 'nothing' : 'comma-or-end';
}
