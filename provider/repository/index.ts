/** The repository's door: a revision of files in, a ruleset or problems out. */
export { load, type LoadedRepository, type LoadResult } from './load.js';
export type { DocumentFile } from './document.js';
export { renderProblem, compareProblems, problemCodes, type Problem, type ProblemCode } from './problem.js';
export { SyncError } from './sync-error.js';
export type { Tree, TreeEntry } from './tree.js';
export { readBundle, writeBundle } from './bundle.js';
export { readWorkingTree } from './directory.js';
export { backticked, excerpt } from './excerpt.js';
export { findRepository, parsePath, readTree, resolveRevision } from './git.js';
export { placeOf } from './layout.js';
export { placeAll } from './place.js';
export { nearest } from './suggest.js';
export type { UnplacedProblem } from './problem.js';
