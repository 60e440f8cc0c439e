/** A flag's file in the history of the main branch. */
import { isDeepStrictEqual } from 'node:util';
import type { FlagDocument } from '../../provider/engine/index.js';
import {
  isAncestor,
  localEnvironment,
  resolveRevision,
  runGit,
  shown,
  SyncError,
  type GitResult,
  type LocalRepository,
} from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';
import { parseFlag, type FlagRevision } from './flag-revision.js';
import { runAsUser } from './user-git.js';

/** A flag as an earlier revision has it. */
export interface EarlierFlag {
  /** The commit's full hash. */
  readonly revision: string;
  /** The commit for a reader: `1a2b3c4d5e of 2026-11-20, "ramp to 25 %"`. */
  readonly words: string;
  readonly text: string;
  readonly document: FlagDocument;
}

/** Which part of an earlier flag tells two revisions apart. */
export type Behaviour = (document: FlagDocument) => unknown;

/** Edits of comments alone are few in a row; the walk has to end. */
const MAX_REVISIONS = 100;
const TIMEOUT_MS = 30_000;
const HASH_CHARACTERS = 10;
const MAX_SUBJECT_CHARACTERS = 60;

/** The flag at a revision that somebody names. @throws UsageError where it was never on the branch, or had no flag */
export async function flagAt(
  repository: LocalRepository,
  tip: string,
  { key, path }: FlagRevision,
  revision: string,
): Promise<EarlierFlag> {
  const named = JSON.stringify(revision);
  const commit = await resolveRevision(repository, revision);
  if (commit === undefined) throw new UsageError(`there is no commit ${named} in ${repository.toplevel}`);
  const isOnBranch = await isAncestor(repository, commit, tip);
  if (isOnBranch !== true) {
    const cut = isOnBranch === undefined ? '; this clone is shallow: git fetch --unshallow' : '';
    throw new UsageError(`${named} is not in the history of the main branch, where only reviewed revisions are${cut}`);
  }
  const [earlier] = await revisionsOf(repository, commit, path, 1);
  const text = await textAt(repository, commit, path);
  if (text === undefined || earlier === undefined) throw new UsageError(`at ${named} there was no ${path}`);
  const document = parseFlag(key, path, text);
  if (document === undefined) throw new UsageError(`at ${named} ${path} was not a valid flag; name another revision`);
  return { revision: commit, words: earlier.words, text, document };
}

/** The last revision of the flag on the first-parent history of `tip` that behaved otherwise. @throws UsageError */
export async function lastOther(
  repository: LocalRepository,
  tip: string,
  { key, path, document: now }: FlagRevision,
  behaviour: Behaviour,
): Promise<EarlierFlag> {
  for (const { revision, words } of await revisionsOf(repository, tip, path, MAX_REVISIONS)) {
    const text = await textAt(repository, revision, path);
    const document = text === undefined ? undefined : parseFlag(key, path, text);
    if (text === undefined || document === undefined) continue;
    if (!isDeepStrictEqual(behaviour(document), behaviour(now))) return { revision, words, text, document };
  }
  throw new UsageError(
    `${key} never behaved otherwise in the history that this clone has, so there is nothing to go back to; ` +
      'flagctl kill turns it off, and a shallow clone has more history after: git fetch --unshallow',
  );
}

interface Revision {
  readonly revision: string;
  readonly words: string;
}

async function revisionsOf(
  repository: LocalRepository,
  tip: string,
  path: string,
  limit: number,
): Promise<readonly Revision[]> {
  const args = ['rev-list', '--first-parent', `--max-count=${limit}`, '--format=%H%x1f%cs%x1f%s', tip, '--', path];
  const { exitCode, stdout, stderr } = await run(repository, args, limit * MAX_COMMIT_LINE_BYTES);
  if (exitCode !== 0) throw new SyncError(`cannot read the history of ${path}: ${shown(stderr)}`, 'later');
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [revision, day, subject = ''] = line.split('\u001f');
      if (revision === undefined || day === undefined) return [];
      const told = Array.from(shown(subject)).slice(0, MAX_SUBJECT_CHARACTERS).join('');
      return [{ revision, words: `${revision.slice(0, HASH_CHARACTERS)} of ${day}, ${JSON.stringify(told)}` }];
    });
}

/** A subject is a paragraph that nothing limits; one beyond this is no work of a person. */
const MAX_COMMIT_LINE_BYTES = 64 * 1024;

async function textAt(repository: LocalRepository, revision: string, path: string): Promise<string | undefined> {
  // As the user, for a partial clone has to fetch what was not looked at so far.
  const { exitCode, stdout } = await runAsUser(repository.gitDir, ['cat-file', 'blob', `${revision}:${path}`]);
  return exitCode === 0 ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(stdout) : undefined;
}

function run({ gitDir }: LocalRepository, args: readonly string[], maxOutputBytes: number): Promise<GitResult> {
  return runGit({ gitDir, args, environment: localEnvironment(gitDir), timeoutMs: TIMEOUT_MS, maxOutputBytes });
}
