/**
 * Commits and what they changed, newest first. The names, addresses and dates of a commit are claims of whoever made it:
 * nothing here sorts or selects by them, and nobody should conclude from them who did something, or when.
 */
import { RAW_OPTIONS } from './changed-files.js';
import { COMMIT_FORMAT, CommitReader, type CommitRecord, type HistoryCommit } from './commit-record.js';
import { IsolatedRepository } from './isolated.js';
import type { GitLimits } from './process.js';
import { shown } from './redact.js';
import { type GitRepository, isCommitHash } from './repository.js';
import { streamFields } from './stream.js';
import { parsePath } from './url.js';
import { SyncError } from '../sync-error.js';

/** Which part of a history. */
export interface HistoryRequest extends GitLimits {
  /** The newest commit; a full hash. */
  readonly until: string;
  /** A commit of the same history, which is left out with all before it; a full hash. Left out: from the beginning. */
  readonly since?: string | undefined;
  /** Only commits that change a file there, and only those files. Literal, from the repository's root. Left out: all. */
  readonly paths?: readonly string[] | undefined;
}

/** A hundred thousand commits take some seconds; a reader who takes his time counts as well. */
const HISTORY_TIMEOUT_MS = 120_000;

/** Ten times the longest histories of large open-source projects' main branches. */
const MAX_HISTORY_COMMITS = 1_000_000;

/** A pull request has at most 250 on GitHub; a merge queue's group some more. */
const MAX_COMMITS_BETWEEN = 10_000;

/**
 * The first-parent history of a branch: a merge counts as one commit, with all that it brought to the branch.
 * @throws SyncError when the history is cut, or can't be read
 */
export async function* readHistory(
  repository: GitRepository,
  { until, since, paths = [], ...limits }: HistoryRequest,
): AsyncGenerator<HistoryCommit> {
  const range = [requireHash(until), ...(since === undefined ? [] : [`^${requireHash(since)}`])];
  const args = ['--first-parent', '--diff-merges=first-parent', '--root', ...RAW_OPTIONS];
  const log = { args: [...args, ...range, '--', ...paths.map(parsePath).filter(Boolean)], purpose: 'a history' };
  yield* readLog(repository, log, MAX_HISTORY_COMMITS, limits);
}

/**
 * All commits of `head` that `base` does not have, on whatever branch they were made; children before their parents.
 * @param base a full hash, as is `head`
 * @throws SyncError when the history is cut or can't be read, or there are more than 10,000
 */
export async function commitsBetween(
  repository: GitRepository,
  base: string,
  head: string,
  limits: GitLimits = {},
): Promise<readonly CommitRecord[]> {
  const range = [requireHash(head), `^${requireHash(base)}`];
  const log = { args: ['--topo-order', '--no-patch', ...range, '--'], purpose: 'a list of commits' };
  const commits: CommitRecord[] = [];
  for await (const { files: _, ...commit } of readLog(repository, log, MAX_COMMITS_BETWEEN, limits)) {
    commits.push(commit);
  }
  return commits;
}

/** Which commits, without what they changed. */
export interface CommitsRequest extends Omit<HistoryRequest, 'paths'> {
  /** Whether only the commits of the branch itself are wanted, and none that a merge brought. */
  readonly isFirstParent: boolean;
}

/**
 * Commits alone, children before their parents.
 * @throws SyncError when the history is cut, or can't be read
 */
export async function* readCommits(
  repository: GitRepository,
  { until, since, isFirstParent, ...limits }: CommitsRequest,
): AsyncGenerator<CommitRecord> {
  const range = [requireHash(until), ...(since === undefined ? [] : [`^${requireHash(since)}`])];
  const args = ['--topo-order', '--no-patch', ...(isFirstParent ? ['--first-parent'] : []), ...range, '--'];
  const log = { args, purpose: 'a list of commits' };
  for await (const { files: _, ...commit } of readLog(repository, log, MAX_HISTORY_COMMITS, limits)) yield commit;
}

function requireHash(text: string): string {
  if (isCommitHash(text)) return text;
  throw new SyncError(`"${shown(text)}" is not the full hash of a commit`, 'never');
}

interface Log {
  readonly args: readonly string[];
  /** For a message. */
  readonly purpose: string;
}

async function* readLog(
  repository: GitRepository,
  { args, purpose }: Log,
  maxCommits: number,
  limits: GitLimits,
): AsyncGenerator<HistoryCommit> {
  const own = repository instanceof IsolatedRepository ? undefined : await IsolatedRepository.of(repository, limits);
  const isolated = own ?? (repository as IsolatedRepository);
  try {
    isolated.requireWholeHistory(purpose);
    const run = { ...limits, timeoutMs: limits.timeoutMs ?? HISTORY_TIMEOUT_MS };
    const options = ['--no-show-signature', '--no-mailmap', '--no-color', '-z', COMMIT_FORMAT];
    let count = 0;
    for await (const commit of parsed({ ...run, gitDir: isolated.gitDir, args: ['log', ...options, ...args] })) {
      if (++count > maxCommits) throw new SyncError(`${purpose} has more than ${maxCommits} commits`, 'never');
      yield commit;
    }
  } finally {
    await own?.dispose();
  }
}

async function* parsed(run: Parameters<typeof streamFields>[0]): AsyncGenerator<HistoryCommit> {
  const reader = new CommitReader();
  for await (const fields of streamFields(run)) {
    for (const field of fields) {
      const commit = reader.push(field);
      if (commit !== undefined) yield commit;
    }
  }
  const last = reader.finish();
  if (last !== undefined) yield last;
}
