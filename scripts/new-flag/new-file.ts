/** A file that was not there before. */
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { SyncError } from '../../provider/repository/index.js';
import { UsageError } from '../command.js';

/**
 * Writes a new file in a flags folder, and the folders above it; never over a file, and never through a symlink that
 * leads out.
 * @param root absolute: the repository
 * @param flagsPath the flags folder from it, with slashes
 * @param path the file from it, with slashes
 * @throws UsageError where the file is there or its folder leads out, SyncError where it can't be written
 */
export async function writeNew(root: string, flagsPath: string, path: string, text: string): Promise<void> {
  const folder = dirname(join(root, path));
  try {
    const flags = await realpath(join(root, flagsPath));
    const real = await nearestReal(folder);
    if (real !== flags && !real.startsWith(flags + sep)) throw new UsageError(`${path} leads out of the flags folder`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(root, path), text, { flag: 'wx' });
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    if (cause.code === 'EEXIST') throw new UsageError(`${path} is there already`);
    throw new SyncError(`can't write ${path}: ${cause.message}`, 'never', { cause });
  }
}

/** The real path of the folder, or of the nearest one above it that is there. */
async function nearestReal(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing || dirname(folder) === folder) throw error;
    return nearestReal(dirname(folder));
  }
}
