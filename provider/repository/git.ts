/** The few git operations we use, each a named function; objects are read from the store, never checked out. */
export type { GitAuth, TokenSource } from './git/auth.js';
export { fetchRef } from './git/fetch.js';
export { GitMirror, openRepository } from './git/mirror.js';
export type { GitRemote, MirrorOptions } from './git/mirror.js';
export type { GitLimits } from './git/process.js';
export { findRepository, resolveRevision } from './git/repository.js';
export type { GitRepository, LocalRepository } from './git/repository.js';
export type { SshKey } from './git/ssh.js';
export { readTree } from './git/tree.js';
export type { TreeOptions } from './git/tree.js';
export { parseGitUrl, parsePath, parseRef } from './git/url.js';
export type { GitScheme, GitUrl } from './git/url.js';
