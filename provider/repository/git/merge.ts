/** What merging two commits gives, without a working tree and without touching the repository. */
import { localEnvironment } from './environment.js';
import type { IsolatedRepository } from './isolated.js';
import { pathOf } from './listing.js';
import { type GitLimits, runGit } from './process.js';
import { shown } from './redact.js';
import { isCommitHash } from './repository.js';
import { SyncError } from '../sync-error.js';

/** A merge's tree, or the paths that a person would have to settle: sorted, empty where git names none. */
export type Merge =
  { readonly ok: true; readonly tree: string } | { readonly ok: false; readonly conflicts: readonly string[] };

/** Merges of large repositories take seconds. */
const MERGE_TIMEOUT_MS = 60_000;

/** A hash and the paths in conflict: a hundred thousand of them. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

const EXIT_MERGED = 0;
const EXIT_CONFLICT = 1;

/**
 * Merges `head` into `base` as a host does that knows no merge drivers: with git's default strategy and detection of
 * renames, every file as text. The tree, and whatever else is new, is in the isolated store and goes with it.
 * @param base a commit's full hash, as is `head`
 * @throws SyncError for histories that are cut or have nothing in common, or objects that are missing
 */
export async function mergeTrees(
  repository: IsolatedRepository,
  base: string,
  head: string,
  limits: GitLimits = {},
): Promise<Merge> {
  for (const commit of [base, head]) {
    if (!isCommitHash(commit)) throw new SyncError(`"${shown(commit)}" is not the full hash of a commit`, 'never');
  }
  repository.requireWholeHistory('a merge');
  const { exitCode, stdout, stderr } = await runGit({
    ...limits,
    gitDir: repository.gitDir,
    args: ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', base, head],
    environment: localEnvironment(repository.gitDir),
    timeoutMs: limits.timeoutMs ?? MERGE_TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  const [tree = '', ...paths] = fieldsOf(stdout);
  // Git goes on over a commit that it can't read, with a merge base that is none, and says so only here.
  const isSure = stderr === '' && isCommitHash(tree);
  if (isSure && exitCode === EXIT_MERGED && paths.length === 0) return { ok: true, tree };
  if (isSure && exitCode === EXIT_CONFLICT) return { ok: false, conflicts: [...new Set(paths)].sort() };
  throw await mergeFailure(repository, base, head, stderr);
}

function fieldsOf(output: Buffer): readonly string[] {
  const fields: string[] = [];
  for (let start = 0, end; (end = output.indexOf(0, start)) !== -1; start = end + 1) {
    if (end > start) fields.push(pathOf(output.subarray(start, end)));
  }
  return fields;
}

async function mergeFailure(
  repository: IsolatedRepository,
  base: string,
  head: string,
  stderr: string,
): Promise<SyncError> {
  const what = `${head} cannot be merged into ${base}`;
  if (/refusing to merge unrelated histories/.test(stderr)) {
    return new SyncError(`${what}: they have no commit in common; rebase the branch onto its base`, 'never');
  }
  if (/unknown option|usage: git merge-tree/.test(stderr)) {
    return new SyncError(`${what}: that takes git 2.38 or newer; install it`, 'never');
  }
  await repository.reportDamage();
  const advice = 'fetch both with their full history, and not as a partial clone';
  return new SyncError(`${what}: ${shown(stderr) || 'git said nothing'}; ${advice}`, 'later');
}
