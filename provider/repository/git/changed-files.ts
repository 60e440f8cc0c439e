/** Every file that differs between two revisions, over the whole repository. */
import { localEnvironment } from './environment.js';
import { isolated } from './isolated.js';
import { kindOf, MAX_FILES, pathOf } from './listing.js';
import { type GitLimits, runGit } from './process.js';
import { shown } from './redact.js';
import { type GitRepository, isCommitHash } from './repository.js';
import { SyncError } from '../sync-error.js';
import type { TreeEntry } from '../tree.js';

/** What a path holds in a revision. */
export interface FileState {
  /** Of the blob, or of the commit of a submodule. */
  readonly id: string;
  readonly kind: TreeEntry['kind'];
  /** Octal, as git has it: `100644`, `100755`, `120000`, `160000`. */
  readonly mode: string;
}

/** A file that differs, in content, mode or kind. A rename is a file that is gone and one that is new. */
export interface FileChange {
  /** From the repository's root, with slashes; bytes that are not UTF-8 as `\xHH`. */
  readonly path: string;
  readonly status: 'added' | 'deleted' | 'modified';
  /** Undefined where it was added. */
  readonly before: FileState | undefined;
  /** Undefined where it was deleted. */
  readonly after: FileState | undefined;
}

/** Both of a difference's 50,000 lines and their paths. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const DIFF_TIMEOUT_MS = 30_000;

const HEADER = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([ADMT])$/;
const ABSENT_MODE = '000000';

/** Options for a raw difference that no setting can cut or embellish. */
export const RAW_OPTIONS = ['--raw', '-r', '-z', '--no-abbrev', '--no-renames', '--ignore-submodules=none'] as const;

/** Whether a field of raw output begins a file's change; the path is in the next. */
export function isChangeHeader(field: Buffer): boolean {
  return field[0] === 0x3a;
}

/** A file's change out of two fields of raw output. @throws SyncError where they are not as expected */
export function parseFileChange(header: Buffer, path: Buffer): FileChange {
  const [, modeBefore = '', modeAfter = '', idBefore = '', idAfter = ''] = HEADER.exec(header.toString('latin1')) ?? [];
  const before = stateOf(modeBefore, idBefore);
  const after = stateOf(modeAfter, idAfter);
  if (before === 'unknown' || after === 'unknown' || (before ?? after) === undefined) {
    throw new SyncError(`git printed an unexpected change: ${shown(header.toString())}`, 'later');
  }
  const status = before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified';
  return { path: pathOf(path), status, before, after };
}

function stateOf(mode: string, id: string): FileState | undefined | 'unknown' {
  if (mode === ABSENT_MODE) return undefined;
  const kind = kindOf(mode);
  return kind === undefined ? 'unknown' : { id, kind, mode };
}

/**
 * The files that differ between two revisions, in the order of their paths' bytes.
 * @param before the full hash of a commit or a tree, as is `after`
 * @throws SyncError when one can't be read, or there are more than 50,000
 */
export async function changedFiles(
  repository: GitRepository,
  before: string,
  after: string,
  limits: GitLimits = {},
): Promise<readonly FileChange[]> {
  for (const id of [before, after]) {
    if (!isCommitHash(id)) throw new SyncError(`"${shown(id)}" is not the full hash of a revision`, 'never');
  }
  return isolated(repository, limits, async ({ gitDir }) => {
    const { exitCode, stdout, stderr } = await runGit({
      ...limits,
      gitDir,
      args: ['diff-tree', ...RAW_OPTIONS, before, after, '--'],
      environment: localEnvironment(gitDir),
      timeoutMs: limits.timeoutMs ?? DIFF_TIMEOUT_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    });
    if (exitCode === 0 && stderr === '') return parseChanges(stdout);
    await repository.reportDamage?.();
    throw new SyncError(`cannot compare ${before} with ${after}: ${shown(stderr)}`, 'later');
  });
}

function parseChanges(output: Buffer): readonly FileChange[] {
  const changes: FileChange[] = [];
  for (let start = 0; start < output.length;) {
    const middle = output.indexOf(0, start);
    const end = output.indexOf(0, middle + 1);
    if (middle < 0 || end < 0) throw new SyncError('git diff-tree stopped in the middle', 'later');
    changes.push(parseFileChange(output.subarray(start, middle), output.subarray(middle + 1, end)));
    if (changes.length > MAX_FILES) throw new SyncError(`more than ${MAX_FILES} files differ`, 'never');
    start = end + 1;
  }
  return changes;
}
