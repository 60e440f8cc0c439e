/** The engine's door: documents in, evaluations out. No I/O, no clock, no randomness. */
export type * from './documents.js';
export type * from './types.js';
export { bucketOf, BUCKETS, hasher, isHashable } from './bucket.js';
export { canonical } from './canonical.js';
export { attributeReader, type Predicate } from './condition.js';
export { comparedFlags } from './diff.js';
export { explain, type ExplainedCondition, type ExplainedStep, type Explanation } from './explain.js';
export { Directions } from './reduction.js';
export type { Direction } from './served.js';
export { parseInstant } from './instant.js';
export { compilePattern } from './operators.js';
export { NO_REFERENCES } from './documents.js';
export { PLAIN_MAKERS, type Makers } from './makers.js';
export type { Plan } from './plan.js';
export {
  attributePaths,
  holdFlag,
  holdSegment,
  referencesOfFlag,
  referencesOfSegment,
  segmentReferences,
} from './references.js';
export { isPlan, liveShares, reachedStages, rolledOutVariant, type Share } from './rollout.js';
export { Ruleset } from './ruleset.js';
export { parseRange, type Comparator } from './semver.js';
export { defaultVariantOf, kindOf, variantsOf } from './variants.js';
export { Snapshot, unreadySnapshot } from './snapshot.js';
