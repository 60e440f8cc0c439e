/** The door of sync: what keeps a process current. */
export { DirectorySource, type DirectorySourceOptions } from './directory-source.js';
export { Follower } from './follower.js';
export { GitSource, type GitSourceOptions } from './git-source.js';
export { LastKnownGood } from './last-known-good.js';
export { Persistence } from './persistence.js';
export { checkMilliseconds } from './schedule.js';
export type { Source } from './source.js';
export type { FollowerEvent, FollowerStatus } from './status.js';
