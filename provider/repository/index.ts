/** The repository's door: a revision of files in, a ruleset or problems out. */
export { contentOf, readBundle, writeBundle } from './bundle.js';
export { compilePathPattern, pathMatcher, type PathPattern } from './codeowners-pattern.js';
export { codeownersPath, ownersOf, parseCodeowners, type Codeowners, type CodeownersProblem } from './codeowners.js';
export { MAX_CODEOWNERS_BYTES } from './codeowners.js';
export { readWorkingTree } from './directory.js';
export { backticked, excerpt } from './excerpt.js';
export { readDocument, type DocumentFile } from './document.js';
export {
  changedFiles,
  CODEOWNERS_PATHS,
  commitsBetween,
  findRepository,
  isAncestor,
  isolated,
  IsolatedRepository,
  localEnvironment,
  mergeTrees,
  parsePath,
  parseRef,
  readCommits,
  readHistory,
  readTree,
  resolveRevision,
  runGit,
  shown,
  visitBlobs,
  type CommitPerson,
  type CommitRecord,
  type FileChange,
  type FileState,
  type GitRepository,
  type GitResult,
  type HistoryCommit,
  type LocalRepository,
} from './git.js';
export { namingOf, placeOf } from './layout.js';
export { restoreBundle } from './restore.js';
export { load, type LoadedRepository, type LoadResult } from './load.js';
export { MAX_FILE_BYTES, parse } from './parse.js';
export { place, placeAll } from './place.js';
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
export { checkedBy, validateWith } from './schema.js';
export { Slices } from './slices.js';
export { hasInvisible, refuseInvisible, spellInvisible } from './yaml/invisible.js';
export { decodeText } from './yaml/text.js';
export { SyncError } from './sync-error.js';
export type { Tree, TreeEntry } from './tree.js';
