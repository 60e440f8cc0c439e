/** Files and folders that nobody but this user can have written: opened without following a link, written durably. */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ifThere } from '../../repository/file-access.js';
import { isErrno } from '../../repository/git/files.js';
import { SyncError } from '../../repository/sync-error.js';

/** Windows has neither these flags nor owners; there the folder's access list alone protects it. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
/** Should a pipe be in a file's place, opening it must not wait for a writer. */
const READ = constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0);
const WRITE_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
const READ_FOLDER = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0);
const WRITABLE_BY_OTHERS = 0o022;
const PERMISSIONS = 0o777;

/** A temporary file's name: 64 random bits, so that no two writers ever meet. */
const TEMPORARY = /^[0-9a-f]{16}\.tmp$/;
/** Nothing takes so long to write; what is older was left by a process that was killed. */
const MAX_TEMPORARY_AGE_MS = 600_000;

/**
 * Makes a folder that is ours alone, and those above it; what is made is durable when it resolves. A folder of ours that
 * others may write to is closed to them.
 * @throws SyncError (later) where a folder of another user, or no folder, is in its place; errors of the file system
 */
export async function makeOwnFolder(path: string): Promise<void> {
  const parent = dirname(path);
  const first = await mkdir(parent, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncAbove(parent, first);
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (!isErrno(error, 'EEXIST')) throw error;
  });
  // Another process may have made it a moment ago, and have died before this.
  await syncFolder(parent);
  const handle = await openFolder(path);
  try {
    const stats = await handle.stat();
    const isOpenToOthers = (stats.mode & WRITABLE_BY_OTHERS) !== 0 && isOwned(stats);
    if (isOpenToOthers) await handle.chmod(0o700);
    else refuseForeign(stats);
  } finally {
    await handle.close();
  }
}

/** Makes the names durable of a folder and those above it, up to `first`. */
async function syncAbove(folder: string, first: string): Promise<void> {
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** Whether a folder is there. @throws SyncError (later) where others can have written to it; errors of the file system */
export async function hasOwnFolder(path: string): Promise<boolean> {
  if ((await ifThere(lstat(path))) === undefined) return false;
  const handle = await openFolder(path);
  try {
    refuseForeign(await handle.stat());
    return true;
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of a file; undefined where there is none.
 * @throws SyncError (later) for anything but a regular file that only we can have written; errors of the file system
 */
export async function readOwnFile(path: string, maxBytes: number): Promise<Buffer | undefined> {
  const handle = await open(path, READ).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new SyncError('it is not a regular file', 'later');
    refuseForeign(stats);
    if (stats.size > maxBytes) {
      throw new SyncError(`it is too large: found ${stats.size} bytes, expected at most ${maxBytes}`, 'later');
    }
    return await readAll(handle, stats.size);
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file by way of another beside it, so that it is there whole or not at all, also after a power failure. To make
 * its name durable too is the caller's: {@link syncFolder}.
 * @throws errors of the file system; then nothing of it is left
 */
export async function writeOwnFile(folder: string, name: string, pieces: readonly Buffer[]): Promise<void> {
  const temporary = join(folder, `${randomBytes(8).toString('hex')}.tmp`);
  const handle = await open(temporary, WRITE_NEW, 0o600);
  try {
    try {
      for (const piece of pieces) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(folder, name));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Removes a regular file of ours, and nothing else; leaves it where that fails, since it harms nobody. */
export async function removeOwnFile(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() === true && isOwned(stats)) await unlink(path).catch(() => undefined);
}

/** Removes those of a folder's files that writers which were killed have left. */
export async function removeAbandoned(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((name) => TEMPORARY.test(name))) {
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > MAX_TEMPORARY_AGE_MS) await removeOwnFile(path);
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, READ_FOLDER);
  try {
    await handle.sync();
  } catch (error) {
    // A few file systems (of the network, or in user space) have no such thing; then they do it by themselves, or never.
    if (!isErrno(error, 'EINVAL', 'ENOTSUP')) throw error;
  } finally {
    await handle.close();
  }
}

async function openFolder(path: string): Promise<FileHandle> {
  try {
    return await open(path, READ_FOLDER | NO_FOLLOW);
  } catch (error) {
    if (!isErrno(error, 'ENOTDIR', 'ELOOP')) throw error;
    const isLink = (await lstat(path)).isSymbolicLink();
    throw new SyncError(isLink ? 'it is a symlink' : 'it is not a folder', 'later', { cause: error });
  }
}

function isOwned({ uid }: Stats): boolean {
  const user = process.geteuid?.();
  return user === undefined || uid === user;
}

function refuseForeign(stats: Stats): void {
  if (!isOwned(stats)) {
    const users = `found user ${stats.uid}, expected ${process.geteuid?.()}`;
    throw new SyncError(`it belongs to another user: ${users}`, 'later');
  }
  if (process.platform === 'win32' || (stats.mode & WRITABLE_BY_OTHERS) === 0) return;
  const mode = (stats.mode & PERMISSIONS).toString(8);
  throw new SyncError(`others can write to it: found the mode ${mode}, expected one such as 600 or 700`, 'later');
}

async function readAll(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
