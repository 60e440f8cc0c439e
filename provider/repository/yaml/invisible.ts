/** Characters that a reviewer cannot see, or that show a line in another order than it is read in. */
import type { Refuse } from './refusal.js';

/**
 * By Unicode property (UAX #44): everything that renders as nothing (Default_Ignorable_Code_Point: zero-width characters,
 * Hangul fillers, variation selectors, tag characters), formats or reorders (Cf), has no agreed shape (Co,
 * Noncharacter_Code_Point, lone surrogates), controls a device (Cc, save tab and newline; CRLF is a newline by now), or
 * passes for a space (Zs save the space itself, Zl, Zp, and the blank braille pattern, which is no Zs).
 */
const INVISIBLE =
  '[\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\u2800]' +
  '|(?![\\t\\n])\\p{Cc}|(?! )\\p{Zs}';
const invisibleRun = new RegExp(`(?:${INVISIBLE})+`, 'gu');
const invisibleCharacter = new RegExp(INVISIBLE, 'gu');
const invisible = new RegExp(INVISIBLE, 'u');
const bidirectional = /\p{Bidi_Control}/u;
// Most files pass this in a fraction of the time that the properties take: ASCII, Latin letters, dashes and quotes.
const mayHoldInvisible = /[^\t\n -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e]/;

/** Code points of a run that a message names; the others are more of the same. */
const MAX_NAMED = 4;

/** Whether a text has characters that {@link refuseInvisible} refuses. */
export function hasInvisible(text: string): boolean {
  return mayHoldInvisible.test(text) && invisible.test(text);
}

/** Refuses each run of invisible or bidirectional characters of a text, until `isFull`. */
export function refuseInvisible(text: string, refuse: Refuse, isFull: () => boolean): void {
  if (!mayHoldInvisible.test(text)) return;
  for (const { 0: run, index } of text.matchAll(invisibleRun)) {
    if (isFull()) return;
    refuse({
      code: 'invisible-character',
      start: index,
      end: index + run.length,
      message: bidirectional.test(run)
        ? 'a character that shows the line in another order than it is read in'
        : 'a character that nobody sees, or that passes for another',
      found: namesOf(run),
      expected: 'visible characters, spaces, tabs and newlines',
      fix: 'remove it, or write it as an escape in double quotes, such as "\\u00a0"',
    });
  }
}

/** A text with every invisible or bidirectional character replaced, at the same length, so that it can be shown. */
export function maskInvisible(text: string): string {
  return mayHoldInvisible.test(text)
    ? text.replaceAll(invisibleCharacter, (character) => '\uFFFD'.repeat(character.length))
    : text;
}

/** A text on one line, with `U+XXXX` for every character that would not be seen, or would do something. */
export function spellInvisible(text: string): string {
  if (!/[^ -~]/.test(text)) return text;
  return text.replaceAll(/[\t\n]/g, codePoint).replaceAll(invisibleCharacter, codePoint);
}

function namesOf(run: string): string {
  const names = [...new Set(Array.from(run.slice(0, 2 * MAX_NAMED), codePoint))];
  return names.slice(0, MAX_NAMED).join(' ');
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
