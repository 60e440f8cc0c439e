/** The few git operations we use, each a named function; objects are read from the store, never checked out. */
export { isAncestor } from './git/ancestry.js';
export type { GitAuth } from './git/auth.js';
export { visitBlobs } from './git/blobs.js';
export { changedFiles, type FileChange, type FileState } from './git/changed-files.js';
export type { CommitPerson, CommitRecord, HistoryCommit } from './git/commit-record.js';
export { localEnvironment } from './git/environment.js';
export { fetchRef } from './git/fetch.js';
export { commitsBetween, readCommits, readHistory, type HistoryRequest } from './git/history.js';
export { isolated, IsolatedRepository } from './git/isolated.js';
export { mergeTrees, type Merge } from './git/merge.js';
export { GitMirror, openRepository, type GitRemote } from './git/mirror.js';
export { findRepository, resolveRevision, type GitRepository, type LocalRepository } from './git/repository.js';
export { CODEOWNERS_PATHS, readTree } from './git/tree.js';
export { parseGitUrl, parsePath, parseRef } from './git/url.js';
export { runGit, type GitLimits, type GitResult } from './git/process.js';
export { shown } from './git/redact.js';
