/** The sampler's door. */
export { ContextSampler } from './context-sampler.js';
export { HASHED_PREFIX, keyKindOf, SYNTHETIC_PREFIX, type KeyKind } from './key-kind.js';
export { keyedHash, MIN_SECRET_LENGTH } from './keyed-hash.js';
export type { ContextSamplerOptions, SampledKeys, SamplerFiles, SamplerLimits } from './sampler-options.js';
export type { SamplerStatus } from './sampler-status.js';
export type { SampledRow } from './window.js';
