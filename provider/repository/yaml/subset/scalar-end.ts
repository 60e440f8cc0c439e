/** Where the scalars of one line end. */
import { BACKSLASH, COLON, DOUBLE_QUOTE, HASH, LETTER_U, NEWLINE, SINGLE_QUOTE, SPACE } from './characters.js';

/** What a character may do to a plain scalar: nothing, end it anywhere, or end it between brackets only. */
const GOES_ON = 0;
const MAY_END = 1;
const MAY_END_IN_FLOW = 2;

const effects = new Uint8Array(128);
for (const character of '\n:#') effects[character.charCodeAt(0)] = MAY_END;
for (const character of ',[]{}') effects[character.charCodeAt(0)] = MAY_END_IN_FLOW;

/** The offset behind the last character of the plain scalar that starts at `start`; no space is the last one. */
export function endOfPlain(text: string, start: number, isFlow: boolean): number {
  const mask = isFlow ? MAY_END | MAY_END_IN_FLOW : MAY_END;
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= effects.length || ((effects[code] ?? GOES_ON) & mask) === 0) continue;
    if (code === HASH && text.charCodeAt(at - 1) !== SPACE) continue;
    if (code === COLON && !isColonAtEnd(text.charCodeAt(at + 1), mask)) continue;
    break;
  }
  while (at > start && text.charCodeAt(at - 1) === SPACE) at -= 1;
  return at;
}

/** @param next NaN where the text ends */
function isColonAtEnd(next: number, mask: number): boolean {
  if (next === SPACE || next === NEWLINE || Number.isNaN(next)) return true;
  return next < effects.length && ((effects[next] ?? GOES_ON) & mask) === MAY_END_IN_FLOW;
}

/**
 * The offset behind the second quote of a single-quoted scalar; undefined where it goes on in the next line. After two
 * quotes in a row, which are an escape, no key or value of the subset can end.
 */
export function endOfSingleQuoted(text: string, start: number): number | undefined {
  let at = start + 1;
  for (let code = text.charCodeAt(at); code !== SINGLE_QUOTE; code = text.charCodeAt((at += 1))) {
    if (code === NEWLINE || at >= text.length) return undefined;
  }
  return at + 1;
}

/** The offset behind a double-quoted scalar; undefined where it goes on in the next line, or JSON reads it differently. */
export function endOfDoubleQuoted(text: string, start: number): number | undefined {
  let at = start + 1;
  for (let code = text.charCodeAt(at); code !== DOUBLE_QUOTE; code = text.charCodeAt((at += 1))) {
    if (code === NEWLINE || at >= text.length) return undefined;
    if (code === BACKSLASH && !isJsonEscape(text, (at += 1))) return undefined;
  }
  return at + 1;
}

const shortEscapes: ReadonlySet<number> = new Set(Array.from('"\\/bfnrt', (escape) => escape.charCodeAt(0)));
/** Of no half of a surrogate pair: the format refuses those, unless they meet. */
const wholeCharacter = /^(?![dD][89a-fA-F])[0-9a-fA-F]{4}$/;

/** Whether JSON and YAML read an escape alike; `at` is behind the backslash. */
function isJsonEscape(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return shortEscapes.has(code) || (code === LETTER_U && wholeCharacter.test(text.slice(at + 1, at + 5)));
}
