/** The door of sync: what keeps a process current. */
export { DirectorySource, type DirectorySourceOptions } from './directory-source.js';
export { Follower, type FollowerEvent, type FollowerStatus } from './follower.js';
export { GitSource, type GitSourceOptions } from './git-source.js';
export type { Source } from './source.js';
