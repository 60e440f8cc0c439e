/** Whether one commit is in the history of another: what tells a fast-forward from a rewind or a replaced history. */
import { localEnvironment } from './environment.js';
import { type GitLimits, type GitResult, runGit } from './process.js';
import { shown } from './redact.js';
import { type GitRepository, isCommitHash } from './repository.js';
import { SyncError } from '../sync-error.js';

/** A walk over a million commits takes some ten seconds. */
const WALK_TIMEOUT_MS = 30_000;

/** The raw commits of a few roots. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

const EXIT_YES = 0;
const EXIT_NO = 1;

function run(
  { gitDir }: GitRepository,
  args: readonly string[],
  limits: GitLimits,
  input?: string,
): Promise<GitResult> {
  return runGit({
    ...limits,
    gitDir,
    args,
    environment: localEnvironment(gitDir),
    timeoutMs: limits.timeoutMs ?? WALK_TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    ...(input !== undefined && { input }),
  });
}

/** Git walks on over a commit that it can't read, answers no, and says so only here. */
function isSure({ exitCode, stderr }: GitResult): boolean {
  return (exitCode === EXIT_YES || exitCode === EXIT_NO) && stderr === '';
}

/**
 * Whether the history of `newer` ends, outside of that of `older` where the store has it, in commits with parents that
 * the store does not have: `older` may be behind one of them.
 */
async function isCut(
  repository: GitRepository,
  older: string | undefined,
  newer: string,
  limits: GitLimits,
): Promise<boolean> {
  const without = older === undefined ? [] : [`^${older}`];
  // Raw commits name their parents also where the history is cut; to the walk those are then roots.
  const roots = await run(repository, ['rev-list', '--max-parents=0', '--pretty=raw', newer, ...without], limits);
  if (roots.exitCode !== 0 || roots.stderr !== '') throw await damaged(repository, roots);
  return /^parent [0-9a-f]+$/m.test(roots.stdout.toString('latin1'));
}

async function isMissing(repository: GitRepository, commit: string, limits: GitLimits): Promise<boolean> {
  const { stdout } = await run(repository, ['cat-file', '--batch-check'], limits, `${commit}\n`);
  return stdout.toString('latin1') === `${commit} missing\n`;
}

async function damaged(repository: GitRepository, { stderr }: GitResult): Promise<SyncError> {
  await repository.reportDamage?.();
  return new SyncError(`the history in ${repository.gitDir} cannot be read: ${shown(stderr)}`, 'later');
}

/**
 * Whether `older` is `newer` or in its history, which a store without `older` but with all of that history answers
 * too; undefined where the history is cut (a shallow remote), so that nobody can tell.
 * @param older a full hash, as is `newer`, which must be in the store
 * @throws SyncError when a hash is none (never), or the history can't be read, in time or at all (later)
 */
export async function isAncestor(
  repository: GitRepository,
  older: string,
  newer: string,
  limits: GitLimits = {},
): Promise<boolean | undefined> {
  for (const commit of [older, newer]) {
    if (!isCommitHash(commit)) throw new SyncError(`"${shown(commit)}" is not the full hash of a commit`, 'never');
  }
  const answer = await run(repository, ['merge-base', '--is-ancestor', older, newer], limits);
  if (isSure(answer)) {
    if (answer.exitCode === EXIT_YES) return true;
    return (await isCut(repository, older, newer, limits)) ? undefined : false;
  }
  if (await isMissing(repository, older, limits)) {
    return (await isCut(repository, undefined, newer, limits)) ? undefined : false;
  }
  throw await damaged(repository, answer);
}
