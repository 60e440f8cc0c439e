/** What texts look like that tell who somebody is: guesses, for warnings and for what is better not shown. */
import { isIP } from 'node:net';

/** In characters; a longer text is none of these. */
const MAX_LENGTH = 320;

// Each of these expressions reads a text once: no part of it can match what the next one begins with.
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/;
const PHONE = /^(?:\+|00)\d[\d ()./-]{6,20}$/;

/** A kind of text that names a person or a machine. */
export type Look = 'e-mail address' | 'IP address' | 'phone number';

/** What stands around an address in a sentence or before one, as in `Ann <ann@example.com>` and `mailto:`. */
const AROUND = /[\s<>"'`()[\]{},;:]+/;

/**
 * What a value looks like; undefined where it does not look like a person's or a machine's. An e-mail address is found
 * within a text, too, and anything in a list.
 */
export function lookOf(value: unknown): Look | undefined {
  if (Array.isArray(value)) return lookIn(value);
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
  if (value.includes('@') && value.split(AROUND).some((word) => EMAIL.test(word))) return 'e-mail address';
  if (isIP(value) !== 0) return 'IP address';
  return PHONE.test(value) ? 'phone number' : undefined;
}

/** The first look of a list's values, and of those in its lists and objects: contexts are not nested deeply. */
function lookIn(values: readonly unknown[]): Look | undefined {
  for (const value of values) {
    const look = typeof value === 'object' && value !== null ? lookIn(Object.values(value)) : lookOf(value);
    if (look !== undefined) return look;
  }
  return undefined;
}
