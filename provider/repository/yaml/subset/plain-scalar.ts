/** What the plain scalars of the subset mean. */
import type { JsonValue } from '../../../engine/index.js';
import { isCoreText } from '../core-schema.js';
import { ambiguityOf } from '../scalars.js';
import { DASH, DIGIT_0, DIGIT_9 } from './characters.js';

const starts = new Uint8Array(128);
for (const character of '0123456789/_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') {
  starts[character.charCodeAt(0)] = 1;
}

/** Whether text or a key may begin with a character: with an ASCII letter or digit, `/`, `_`, or any beyond ASCII. */
export function canStartText(code: number): boolean {
  return code >= starts.length || starts[code] === 1;
}

/** Words of the core schema; only in lower case are they in the subset. */
const coreWord = /^(?:null|true|false)$/i;
const nullWord = /^null$/i;
const MAX_WORD_LENGTH = 'false'.length;

/**
 * The value of a plain scalar that may start text, or starts with a dash; undefined where it is not in the subset.
 * @param field the key that it is the value of
 */
export function plainValue(
  source: string,
  field: string | undefined,
  dateFields: ReadonlySet<string>,
): JsonValue | undefined {
  const first = source.charCodeAt(0);
  if (first === DASH || (first >= DIGIT_0 && first <= DIGIT_9)) {
    const number = plainNumber(source);
    if (number !== undefined) return number;
    if (first === DASH || !isCoreText(source)) return undefined;
  } else if (source.length <= MAX_WORD_LENGTH && coreWord.test(source)) {
    return wordValue(source);
  }
  if (field === 'stage' && source === 'off') return source;
  const isDateField = field !== undefined && dateFields.has(field);
  return ambiguityOf(source, isDateField) === undefined ? source : undefined;
}

function wordValue(source: string): boolean | null | undefined {
  if (source === 'true') return true;
  if (source === 'false') return false;
  return source === 'null' ? null : undefined;
}

/** Fifteen digits are a safe integer; a last zero behind the point, or a leading one, is ambiguous. */
const decimal = /^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,14}[1-9])?$/;
/** Most numbers are this short: an integer whose digits can be summed up. */
const MAX_SUMMED_DIGITS = 9;

/** The number that a plain scalar is in decimal notation; undefined for all else, and for -0. */
function plainNumber(source: string): number | undefined {
  const sum = source.length <= MAX_SUMMED_DIGITS ? sumOfDigits(source) : undefined;
  if (sum !== undefined && (source.length === 1 || source.charCodeAt(0) !== DIGIT_0)) return sum;
  return decimal.test(source) && source !== '-0' ? Number(source) : undefined;
}

function sumOfDigits(source: string): number | undefined {
  let sum = 0;
  for (let at = 0; at < source.length; at += 1) {
    const digit = source.charCodeAt(at) - DIGIT_0;
    if (digit < 0 || digit > 9) return undefined;
    sum = sum * 10 + digit;
  }
  return sum;
}

/** Whether a plain scalar that may start text is a key of the subset: null is none. */
export function isPlainKey(source: string): boolean {
  return !(source.length === 'null'.length && nullWord.test(source)) && ambiguityOf(source, false) === undefined;
}
