/** What kind of targeting key a sampled context has: told by its prefix, so that it survives every copy and conversion. */

/** Begins a targeting key that is a keyed hash of the real one. */
export const HASHED_PREFIX = 'hashed:';

/** Begins a targeting key that nobody has: of a population that was made up. */
export const SYNTHETIC_PREFIX = 'synthetic:';

/** The kind of a targeting key; `missing` where it can't be hashed by a rollout. */
export type KeyKind = 'plain' | 'hashed' | 'synthetic' | 'missing';

/** Tells the kind of a targeting key. */
export function keyKindOf(key: unknown): KeyKind {
  if (typeof key === 'number') return Number.isSafeInteger(key) ? 'plain' : 'missing';
  if (typeof key !== 'string' || key === '') return 'missing';
  if (key.startsWith(HASHED_PREFIX)) return 'hashed';
  return key.startsWith(SYNTHETIC_PREFIX) ? 'synthetic' : 'plain';
}
