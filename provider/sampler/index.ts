/** The sampler's door. */
export { HASHED_PREFIX, keyKindOf, SYNTHETIC_PREFIX, type KeyKind } from './key-kind.js';
export { keyedHash, MIN_SECRET_LENGTH } from './keyed-hash.js';
