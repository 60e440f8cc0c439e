/** The branch that a change goes into, and the commits that options name. */
import { localEnvironment, resolveRevision, runGit, type LocalRepository } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';

/** A base branch as it is known here. */
export interface Base {
  /** What git is asked for. */
  readonly revision: string;
  /** The branch's name on its host: `main`. */
  readonly branch: string;
}

/** Where a clone keeps which branch is the remote's default, or was when it was cloned. */
const ORIGIN_HEAD = 'refs/remotes/origin/HEAD';
const DEFAULT_BASES = ['refs/remotes/origin/main', 'refs/remotes/origin/master', 'refs/heads/main'];

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/**
 * The base that `--base` names, else the remote's default branch.
 * @param needsBranch whether its name on the host must be known
 * @throws UsageError where there is none, or it is no branch
 */
export async function baseOf(
  repository: LocalRepository,
  given: string | undefined,
  needsBranch: boolean,
): Promise<Base> {
  const revision = given ?? (await defaultBase(repository));
  const full = await git(repository, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--symbolic-full-name',
    '--end-of-options',
    revision,
  ]);
  const ref = full === ORIGIN_HEAD ? await git(repository, ['symbolic-ref', '--quiet', ORIGIN_HEAD]) : full;
  const branch = /^refs\/(?:heads|remotes\/[^/]+)\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined && needsBranch) {
    throw new UsageError(
      `--base ${JSON.stringify(revision)} is no branch, so nobody can tell whether the pull request goes there; ` +
        'name the branch, such as origin/main',
    );
  }
  return { revision, branch: branch ?? '' };
}

async function defaultBase(repository: LocalRepository): Promise<string> {
  for (const name of [ORIGIN_HEAD, ...DEFAULT_BASES]) {
    if ((await resolveRevision(repository, name)) !== undefined) return name;
  }
  throw new UsageError('there is no origin/HEAD, origin/main or main here; name the branch');
}

/** The full hash of a commit. @throws UsageError where the option names none */
export async function commitOf(repository: LocalRepository, revision: string, option: string): Promise<string> {
  const commit = await resolveRevision(repository, revision);
  if (commit !== undefined) return commit;
  throw new UsageError(
    `there is no commit ${JSON.stringify(revision)} in ${repository.toplevel}, which ${option} names`,
  );
}

async function git({ gitDir }: LocalRepository, args: readonly string[]): Promise<string> {
  const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES };
  const { stdout } = await runGit({ gitDir, args, environment: localEnvironment(gitDir), ...limits });
  return stdout.toString().trim();
}
