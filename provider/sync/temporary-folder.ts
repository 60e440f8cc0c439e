/** Temporary folders that no process leaves behind, unless it is killed. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyncError } from '../repository/sync-error.js';

const folders = new Set<string>();

/** Makes a folder of our own. @throws SyncError (later) where the system has no room for it */
export async function makeTemporaryFolder(): Promise<string> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'guidon-'));
    if (folders.size === 0) process.on('exit', removeAll);
    folders.add(folder);
    return folder;
  } catch (cause) {
    throw new SyncError("can't make a temporary folder", 'later', { cause });
  }
}

/** Removes a folder with all that it holds. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  folders.delete(folder);
  if (folders.size === 0) process.off('exit', removeAll);
}

/** An application that ends without closing its provider has only this moment left, and it is synchronous. */
function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
