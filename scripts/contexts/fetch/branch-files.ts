/** Files of contexts that the main branch holds, as its commit has them and not as a working tree does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  localEnvironment,
  parsePath,
  runGit,
  SyncError,
  type GitRepository,
} from '../../../provider/repository/index.js';
import { protectedFilesAt } from '../../control/protected-at.js';
import { UsageError } from '../../errors.js';
import { isContextName } from './context-name.js';

/** Where files are taken from. */
export interface BranchFiles {
  readonly repository: GitRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
  /** The commit, a full hash. */
  readonly commit: string;
  /** Paths from the repository's root. */
  readonly paths: readonly string[];
}

/** GitHub takes no file beyond it; larger ones are kept elsewhere, and an artifact brings them. */
const MAX_FILE_BYTES = 100 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const MAX_ENTRY_BYTES = 64 * 1024;

/** What a file of Git's large file storage begins with. */
const POINTER = 'version https://git-lfs';

/**
 * Writes them below a folder, by their paths.
 * @throws UsageError for what is no file of contexts, or one that a change of a low tier could have brought
 */
export async function takeBranchFiles(
  files: BranchFiles,
  folder: string,
): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  const guarded = await protectedFilesAt(files.repository, files.commit, files.root);
  const taken: { name: string; bytes: number }[] = [];
  for (const given of files.paths) {
    const path = checkedPath(given);
    if (!guarded.has(path)) throw unprotected(path);
    const bytes = await read(files, path);
    const to = join(folder, path);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, bytes, { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      throw new UsageError(`there is a file ${JSON.stringify(path)} already; name an empty folder`, { cause });
    });
    taken.push({ name: path, bytes: bytes.length });
  }
  return taken;
}

function checkedPath(given: string): string {
  const path = pathOf(given);
  if (path === undefined || path === '') {
    throw new UsageError(
      `${JSON.stringify(given)} is no path from the repository's root, such as .github/contexts.jsonl.gz`,
    );
  }
  if (isContextName(path)) return path;
  throw new UsageError(
    `${JSON.stringify(path)} is no file of contexts by its name: .jsonl, .csv, .parquet or .sqlite, also with .gz, .br or .zst`,
  );
}

function pathOf(given: string): string | undefined {
  try {
    return parsePath(given);
  } catch {
    return undefined;
  }
}

/** Whoever may change the contexts decides what every later preview says. */
function unprotected(path: string): UsageError {
  return new UsageError(
    `${JSON.stringify(path)} is not protected, so a change of a low tier could have brought it; ` +
      'move it below .github/, or name it in `protected` of the policy',
  );
}

async function read({ repository, commit }: BranchFiles, path: string): Promise<Buffer> {
  const shown = JSON.stringify(path);
  const entry = await git(
    repository,
    ['ls-tree', '-z', '--full-tree', '--end-of-options', commit, path],
    MAX_ENTRY_BYTES,
  );
  const [, mode, blob] = /^(\d{6}) blob ([0-9a-f]+)\t/.exec(entry.toString('utf8')) ?? [];
  if (blob === undefined) throw new UsageError(`there is no file ${shown} in the commit ${commit}`);
  if (mode !== '100644' && mode !== '100755') throw new UsageError(`${shown} is a link, and only files are taken`);
  const size = Number((await git(repository, ['cat-file', '-s', blob], MAX_ENTRY_BYTES)).toString('latin1'));
  if (size > MAX_FILE_BYTES) {
    throw new UsageError(`${shown} has ${size} bytes; at most ${MAX_FILE_BYTES} are read: upload it as an artifact`);
  }
  const bytes = await git(repository, ['cat-file', 'blob', blob], MAX_FILE_BYTES + 1);
  if (bytes.subarray(0, POINTER.length).toString('latin1') === POINTER) {
    throw new UsageError(`${shown} lies in Git's large file storage; upload it as an artifact`);
  }
  return bytes;
}

async function git(repository: GitRepository, args: readonly string[], maxOutputBytes: number): Promise<Buffer> {
  const environment = localEnvironment(repository.gitDir);
  const { exitCode, stdout } = await runGit({
    gitDir: repository.gitDir,
    args,
    environment,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes,
  });
  if (exitCode === 0) return stdout;
  throw new SyncError(`git ${args[0]} fails in ${repository.gitDir}`, 'never');
}
