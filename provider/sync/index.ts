/** The door of sync: sources of flags that keep a process current, and the health that follows from them. */
export { DirectorySource, type DirectorySourceOptions } from './directory-source.js';
export { Follower, type FollowerEvent, type FollowerOptions, type FollowerStatus, type Log } from './follower.js';
export { GitSource, type GitSourceOptions } from './git-source.js';
export { transition, type HealthEvent, type HealthInput, type HealthState, type Transition } from './health.js';
export type { Random, Timer } from './schedule.js';
export type { Source, SourceListener } from './source.js';
