/** Files that a command writes: whole or not at all. */
import { randomUUID } from 'node:crypto';
import { lstat, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SyncError } from '../provider/repository/index.js';
import { UsageError } from './command.js';

/**
 * Writes a file by way of another beside it, so that no reader ever sees half of it.
 * A symlink to a file is replaced, not its target; one to anything else is refused.
 * @param name as the caller gave it, relative to `directory`
 * @throws UsageError where something other than a file is there, SyncError where it can't be written
 */
export async function writeWhole(directory: string, name: string, text: string): Promise<void> {
  const path = resolve(directory, name);
  if (!(await isReplaceable(path))) {
    throw new UsageError(`${name} is there and is not a file; without --out the result goes to standard output`);
  }
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await writeFile(unfinished, text, { flag: 'wx' });
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw new SyncError(`can't write ${name}: ${(cause as Error).message}`, 'never', { cause });
  }
}

/** Whether a file may take this path. A link such as /dev/stdout belongs to the system: replaced by a file, it would be lost to every other process. */
export async function isReplaceable(path: string): Promise<boolean> {
  const present = await lstat(path).catch(() => undefined);
  if (present?.isSymbolicLink() !== true) return present === undefined || present.isFile();
  if ((await readlink(path)).startsWith('/proc/')) return false;
  const target = await stat(path).catch(() => undefined);
  return target === undefined || target.isFile();
}
