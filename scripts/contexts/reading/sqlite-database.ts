/** A SQLite file opened so that nothing comes of it: read only, and with its lock in a place of its own. */
import { mkdtemp, open, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { UsageError } from '../../errors.js';
import { removedOnInterrupt } from '../../unfinished.js';
import type { Database } from 'node-sqlite3-wasm';

export type { Database };

/** Where the header says how the file is written and read: 2 is by a write-ahead log. */
const VERSIONS_OFFSET = 18;
const BY_LOG = 2;

/**
 * Gives what `read` yields from a database.
 * node-sqlite3-wasm locks a database by a folder next to it. Opened by a link in a folder of our own, that is where it
 * is; a file among those of others stays as it was, even if this process dies, and may be in a place that can't be written.
 * @throws UsageError for what is damaged or being written
 */
export async function* withPrivateDatabase<Item>(
  { name, path }: { readonly name: string; readonly path: string },
  read: (database: Database) => Iterable<Item>,
): AsyncGenerator<Item> {
  await requireWhole(name, path);
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const folder = await mkdtemp(join(tmpdir(), 'flagctl-contexts-'));
  const finished = removedOnInterrupt(folder);
  try {
    const link = join(folder, 'contexts.sqlite');
    await symlink(resolve(path), link);
    const database = new sqlite.Database(link, { readOnly: true });
    try {
      for (const item of read(database)) {
        yield item;
        // Nothing here waits by itself, and a signal would have to.
        await setImmediate();
      }
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = (error as Error).message.replaceAll(folder, '…');
    throw new UsageError(`${name}: can't be read as SQLite, it may be damaged: ${reason}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
    finished();
  }
}

/** Whether all that was written is in the file itself. */
async function requireWhole(name: string, path: string): Promise<void> {
  for (const ending of ['-wal', '-journal']) {
    const beside = await stat(path + ending).catch(() => undefined);
    if (beside !== undefined && beside.size > 0) {
      throw new UsageError(
        `${name} is being written, or its writer died: there is a ${name}${ending} next to it; ${FIX}`,
      );
    }
  }
  const header = new Uint8Array(2);
  const file = await open(path);
  try {
    await file.read(header, 0, header.length, VERSIONS_OFFSET);
  } finally {
    await file.close();
  }
  if (header.includes(BY_LOG))
    throw new UsageError(`${name} is kept with a write-ahead log, which can't be read; ${FIX}`);
}

const FIX = 'make a copy in one file, by sqlite3 FILE "VACUUM INTO \'copy.sqlite\'"';
