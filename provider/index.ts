/** The published API. */
export { getClient } from './client/index.js';
export { GuidonProvider } from './provider.js';
export type { DirectoryProviderOptions, GitProviderOptions, GuidonProviderOptions } from './options.js';
export type { Evaluation, FlagMetadata, Reason, Snapshot, ValueKind } from './engine/index.js';
export type { Problem, ProblemCode } from './repository/index.js';
export {
  ContextSampler,
  type ContextSamplerOptions,
  type SampledKeys,
  type SampledRow,
  type SamplerFiles,
  type SamplerLimits,
  type SamplerStatus,
} from './sampler/index.js';
export type { FollowerStatus as ProviderStatus } from './sync/index.js';
