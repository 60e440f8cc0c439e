/** The published API. */
export { GuidonProvider, type DirectoryProviderOptions, type GitProviderOptions, type GuidonProviderOptions } from './provider.js';
export type { Evaluation, FlagMetadata, Reason, Snapshot, ValueKind } from './engine/index.js';
export type { Problem, ProblemCode } from './repository/index.js';
export type { FollowerStatus as ProviderStatus } from './sync/index.js';
