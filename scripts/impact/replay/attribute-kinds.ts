/** What kinds of values there are under an attribute path. */
import { HASHED_PREFIX } from '../../../provider/sampler/index.js';
import type { AttributeKind, ObservedAttribute } from '../findings/observed.js';

/** In the order in which they are counted. */
const KINDS: readonly AttributeKind[] = ['string', 'number', 'boolean', 'date', 'list', 'object', 'null', 'missing'];

const [STRING, NUMBER, BOOLEAN, DATE, LIST, OBJECT, NULL, MISSING] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Numbers in an array for each attribute: one for each kind, and one for values that are keyed hashes. */
export const KIND_COUNTS = KINDS.length + 1;

/** Counts a value among those of its attribute. */
export function countKind(counts: Float64Array, attribute: number, value: unknown): void {
  const at = attribute * KIND_COUNTS;
  (counts[at + kindOf(value)] as number)++;
  if (isHashed(value)) (counts[at + KINDS.length] as number)++;
}

/** Most values are told by their first letter, many times faster. */
function isHashed(value: unknown): boolean {
  return (
    typeof value === 'string' && value.charCodeAt(0) === HASHED_PREFIX.charCodeAt(0) && value.startsWith(HASHED_PREFIX)
  );
}

/** Reads what was counted. */
export function observedAttributes(paths: readonly string[], counts: Float64Array): readonly ObservedAttribute[] {
  return paths.map((path, index) => {
    const at = index * KIND_COUNTS;
    const kinds = Object.fromEntries(KINDS.map((kind, offset) => [kind, counts[at + offset] ?? 0]));
    return { path, kinds: kinds as Record<AttributeKind, number>, hashed: counts[at + KINDS.length] ?? 0 };
  });
}

function kindOf(value: unknown): number {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject) return Array.isArray(value) ? LIST : value instanceof Date ? DATE : OBJECT;
  if (typeof value === 'string') return STRING;
  if (typeof value === 'number') return NUMBER;
  if (typeof value === 'boolean') return BOOLEAN;
  return value === null ? NULL : MISSING;
}
