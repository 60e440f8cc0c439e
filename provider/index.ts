/** The published API. */
export { getClient } from './client/index.js';
export { GuidonProvider } from './provider.js';
export type { DirectoryProviderOptions, GitProviderOptions, GuidonProviderOptions } from './options.js';
export type { Evaluation, FlagMetadata, Reason, Snapshot, ValueKind } from './engine/index.js';
export type { Problem, ProblemCode } from './repository/index.js';
export type { FollowerStatus as ProviderStatus } from './sync/index.js';
