/** Whether the subset's reader and the full one agree on a text. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '../../../../engine/index.js';
import { DATE_FIELDS, parseFully } from '../../../parse.js';
import { readSubset } from '../read.js';

/** How a text was read: by both alike, by the full reader alone, or by neither. */
export type Reading = 'subset' | 'full' | 'refused';

/**
 * Reads a text with both readers.
 * @throws Error where they disagree: where the subset's one gives a value that the full one does not give
 */
export function readBoth(text: string): Reading {
  const value = readSubset(text, DATE_FIELDS);
  const full = parseFully('flags/a/b/c.yaml', text);
  if (value === undefined) return full.ok ? 'full' : 'refused';
  if (full.ok && isSame(value, full.value)) return 'subset';
  const [shown, wanted] = [value, full.ok ? full.value : full.problems.map(({ code }) => code)].map((one) =>
    JSON.stringify(one),
  );
  throw new Error(`the subset of ${JSON.stringify(text)} reads ${shown} and not ${wanted}`);
}

/** Whether two values are the same to any program: -0 is not 0, and mappings have their keys in one order. */
function isSame(one: JsonValue, other: JsonValue): boolean {
  return isDeepStrictEqual(one, other) && JSON.stringify(one) === JSON.stringify(other);
}
