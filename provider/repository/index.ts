/** The repository's door: a revision of files in, a ruleset or problems out. */
export { contentOf, readBundle, writeBundle } from './bundle.js';
export { compilePathPattern, pathMatcher, type PathPattern } from './codeowners-pattern.js';
export { readWorkingTree } from './directory.js';
export { excerpt } from './excerpt.js';
export { findRepository, parsePath, readTree, resolveRevision } from './git.js';
export { namingOf, placeOf } from './layout.js';
export { restoreBundle } from './restore.js';
export { load, type LoadedRepository, type LoadResult } from './load.js';
export { MAX_FILE_BYTES } from './parse.js';
export { placeAll } from './place.js';
export {
  compareProblems,
  problemCodes,
  renderProblem,
  textProblemCodes,
  type Problem,
  type ProblemCode,
  type UnplacedProblem,
} from './problem.js';
export { nearest } from './suggest.js';
export { Slices } from './slices.js';
export { spellInvisible } from './yaml/invisible.js';
export { SyncError } from './sync-error.js';
export type { Tree, TreeEntry } from './tree.js';
