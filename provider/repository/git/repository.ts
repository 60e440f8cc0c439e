/** A repository that somebody else keeps on this machine, read without its hooks, filters or configuration. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isErrno } from './files.js';
import { commitOf, configValue, objectFormat, requireGit } from './plumbing.js';
import { shown } from './redact.js';
import { repositoryName } from './url.js';
import { SyncError } from '../sync-error.js';

/** A repository whose objects can be read. */
export interface GitRepository {
  /** The absolute path of the git directory. */
  readonly gitDir: string;
  /** The repository's name: the last part of its remote's URL, without `.git`. */
  readonly name: string;
  /** Told that an object is missing or not what its id says. */
  reportDamage?(): Promise<void>;
}

/** Somebody's repository on this machine, working or bare. */
export interface LocalRepository extends GitRepository {
  /** The working tree's absolute path, symlinks resolved; of a bare repository, its git directory. */
  readonly toplevel: string;
}

/** Far beyond any branch name or revision expression that people write. */
const MAX_REVISION_LENGTH = 1_024;

const COMMIT_HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Whether a text has the form of a commit's full hash. */
export function isCommitHash(text: string): boolean {
  return COMMIT_HASH.test(text);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

/** Found by hand: git's own search refuses a checkout of another user, as containers have, before it reads a byte. */
async function findGitDir(start: string): Promise<{ gitDir: string; toplevel: string } | undefined> {
  const bareParts = await Promise.all(['HEAD', 'objects', 'refs'].map((part) => exists(join(start, part))));
  if (bareParts.every(Boolean)) return { gitDir: start, toplevel: start };
  for (let folder = start; ; folder = dirname(folder)) {
    const gitDir = join(folder, '.git');
    if (await exists(gitDir)) return { gitDir, toplevel: folder };
    if (folder === dirname(folder)) return undefined;
  }
}

/** The working or bare repository that `dir` is in; undefined where there is none. @throws SyncError */
export async function findRepository(dir: string): Promise<LocalRepository | undefined> {
  let found;
  try {
    found = await findGitDir(await realpath(dir));
  } catch (cause) {
    throw new SyncError(`cannot read the folder ${shown(dir)}`, 'never', { cause });
  }
  if (found === undefined) return undefined;
  await requireGit();
  if ((await objectFormat(found.gitDir)) === undefined) {
    throw new SyncError(`${shown(found.gitDir)} is not a git repository, or a broken one`, 'never');
  }
  const origin = await configValue(found.gitDir, 'remote.origin.url');
  return { ...found, name: repositoryName(origin ?? '') || basename(found.toplevel).replace(/\.git$/, '') };
}

/** The full hash of the commit that a revision names; undefined where it names none. @throws SyncError */
export async function resolveRevision(repository: GitRepository, revision: string): Promise<string | undefined> {
  if (revision === '' || revision.length > MAX_REVISION_LENGTH || /[\u0000-\u001f\u007f]/.test(revision)) {
    return undefined;
  }
  return commitOf(repository.gitDir, revision);
}
