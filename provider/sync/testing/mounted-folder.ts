/** Small file systems of their own, for tests of disks that are full or read-only. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Mounts a file system in memory over a folder; false where this user or this machine may not. */
export async function mountInMemory(folder: string, sizeKib: number): Promise<boolean> {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return false;
  return execute('mount', ['-t', 'tmpfs', '-o', `size=${sizeKib}k`, 'tmpfs', folder]).then(
    () => true,
    () => false,
  );
}

/** Makes a mounted file system read-only, or writable again. */
export async function remount(folder: string, mode: 'ro' | 'rw'): Promise<void> {
  await execute('mount', ['-o', `remount,${mode}`, folder]);
}

/** Takes it away with all that it holds. */
export async function unmount(folder: string): Promise<void> {
  await execute('umount', ['-l', folder]);
}
