/** Files that a command writes: whole or not at all. */
import { randomUUID } from 'node:crypto';
import { lstat, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SyncError } from '../provider/repository/index.js';
import { UsageError } from './command.js';

/**
 * Writes a file by way of another beside it, so that no reader ever sees half of it; replaces a symlink, not its target.
 * @param name as the caller gave it, relative to `directory`
 * @throws UsageError where something other than a file is there, SyncError where it can't be written
 */
export async function writeWhole(directory: string, name: string, text: string): Promise<void> {
  const path = resolve(directory, name);
  const present = await lstat(path).catch(() => undefined);
  if (present !== undefined && !present.isFile() && !present.isSymbolicLink()) {
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
