/** The directory of a mirror: made in one step, replaced when damaged, kept small. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { localEnvironment } from './environment.js';
import { isErrno } from './files.js';
import { agesOf, sweepLeftovers, sweepSurroundings } from './leftovers.js';
import { formatConfigured, mirrorConfiguration } from './mirror-config.js';
import { initBare, objectFormat, type ObjectFormat } from './plumbing.js';
import { type GitLimits, runGit } from './process.js';
import { SyncError } from '../sync-error.js';

/** The folder of the refs into which processes fetch. */
export const PRIVATE_REFS = 'refs/guidon';

/** A directory that holds this file is ours to replace. */
const MARKER = 'guidon-mirror';
const MARKER_TEXT = 'A cache of a git remote, made by guidon. It may be deleted at any time.\n';

/** Without one of these git takes the directory for no repository, or we can't prepare it. */
const PARTS = ['HEAD', 'config', 'refs', join('objects', 'pack')];

/** In a directory of ours that is to be replaced. */
const DAMAGE_MARKER = 'guidon-damaged';

/** Mirrors that may share a directory before the refs of the longest idle ones are swept. */
const MAX_PRIVATE_REFS = 16;

/** Collecting fifty small packs takes a second; it is an economy and may be cut short. */
const GC_TIMEOUT_MS = 30_000;
const GC_MAX_OUTPUT_BYTES = 64 * 1024;

/** Which directory or file is there; undefined where there is none. */
export async function inodeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).ino;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Cleaners of temporary folders remove what is old, empty folders too, one by one. */
async function isWhole(gitDir: string): Promise<boolean> {
  const parts = await Promise.all(PARTS.map((part) => inodeOf(join(gitDir, part))));
  return parts.every((inode) => inode !== undefined);
}

/** Makes the whole repository beside its place and moves it there, so that nobody meets half of one. */
export async function createStore(gitDir: string, format: ObjectFormat): Promise<void> {
  await mkdir(dirname(gitDir), { recursive: true, mode: 0o700 });
  const temporary = await mkdtemp(`${gitDir}.new-`);
  try {
    await initBare(temporary, format);
    await writeFile(join(temporary, MARKER), MARKER_TEXT);
    await writeFile(join(temporary, 'config'), mirrorConfiguration(format));
    await rename(temporary, gitDir);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process was faster: its repository is as good.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

/** Puts an empty repository in the place of whatever is there. */
export async function replaceStore(gitDir: string, format: ObjectFormat): Promise<void> {
  try {
    await rename(gitDir, `${gitDir}.old-${randomBytes(8).toString('hex')}`);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  await createStore(gitDir, format);
  await sweepSurroundings(gitDir);
}

/** Has the next process that prepares the store replace it. */
export async function markDamaged(gitDir: string): Promise<void> {
  await writeFile(join(gitDir, DAMAGE_MARKER), '');
}

/** Creates a store that is missing, replaces one marked as damaged, and clears the way of a fetch. */
export async function prepareStore(gitDir: string): Promise<void> {
  const paths = [gitDir, join(gitDir, DAMAGE_MARKER)];
  const [[there, damage], whole] = await Promise.all([Promise.all(paths.map(inodeOf)), isWhole(gitDir)]);
  if (there === undefined) await createStore(gitDir, 'sha1');
  else if (damage !== undefined) await replaceStore(gitDir, 'sha1');
  else if (!whole) await adoptStore(gitDir);
  await sweepLeftovers(gitDir);
}

/** Takes an existing directory into use, if it is empty or ours. @throws SyncError (never) if it is not */
export async function adoptStore(gitDir: string): Promise<void> {
  const names = await readdir(gitDir);
  if (names.length === 0) return createStore(gitDir, 'sha1');
  if (!names.includes(MARKER)) {
    throw new SyncError(`${gitDir} holds something else than a git cache; choose an empty or new folder`, 'never');
  }
  if (!(await isWhole(gitDir))) return replaceStore(gitDir, 'sha1');
  const file = join(gitDir, 'config');
  if (formatConfigured(await readFile(file, 'utf8')) !== undefined) return;
  const format = await objectFormat(gitDir);
  if (format === undefined) return replaceStore(gitDir, 'sha1');
  await writeFile(file, mirrorConfiguration(format));
}

/** Removing a living process's ref costs nothing: its next fetch writes it again. Loose, because we never pack refs. */
async function sweepPrivateRefs(gitDir: string): Promise<void> {
  const folder = join(gitDir, PRIVATE_REFS);
  await mkdir(folder, { recursive: true });
  const idle = (await agesOf(folder, await readdir(folder))).slice(MAX_PRIVATE_REFS);
  await Promise.all(idle.map(({ path }) => rm(path, { force: true })));
}

/** Keeps an existing store small; a failure is another process at the same work, or shows at the fetch. */
export async function tidyStore(gitDir: string, limits: GitLimits): Promise<void> {
  await Promise.allSettled([sweepPrivateRefs(gitDir), sweepSurroundings(gitDir)]);
  await runGit({
    ...limits,
    gitDir,
    args: ['gc', '--auto', '--quiet'],
    environment: localEnvironment(gitDir),
    timeoutMs: Math.min(GC_TIMEOUT_MS, limits.timeoutMs ?? GC_TIMEOUT_MS),
    maxOutputBytes: GC_MAX_OUTPUT_BYTES,
  }).catch(() => undefined);
}
