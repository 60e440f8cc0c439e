/** A SQLite file opened so that nothing comes of it: read only, and with its lock in a place of its own. */
import { mkdtemp, open, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { UsageError } from '../../errors.js';
import { removedOnInterrupt } from '../../unfinished.js';
import type { Database } from 'node-sqlite3-wasm';

export type { Database };

/** Of the header: https://www.sqlite.org/fileformat2.html, section 1.3. */
const HEADER_BYTES = 100;

/** Of the header's two versions, how the file is written and read: by a write-ahead log. */
const BY_LOG = 2;

/** The header's text encoding where it is UTF-8; UTF-16 has 2 and 3. */
const UTF_8 = 1;

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
  const header = Buffer.alloc(HEADER_BYTES);
  const file = await open(path);
  let size: number;
  try {
    await file.read(header, 0, header.length, 0);
    ({ size } = await file.stat());
  } finally {
    await file.close();
  }
  if (header.subarray(18, 20).includes(BY_LOG))
    throw new UsageError(`${name} is kept with a write-ahead log, which can't be read; ${FIX}`);
  // The part of a page that is missing would be read as zeros, which are rows of nothing.
  if (size < bytesOf(header)) throw new UsageError(`${name} ends too early: it was not copied to its end`);
  if (header.readUInt32BE(56) > UTF_8) {
    throw new UsageError(
      `${name} holds texts in UTF-16, expected UTF-8; make a copy: sqlite3 FILE .dump | sqlite3 copy.sqlite`,
    );
  }
}

/** How long a database is by its header; 0 where that is not kept, as by versions before 3.7. */
function bytesOf(header: Buffer): number {
  const [counter, validFor] = [header.readUInt32BE(24), header.readUInt32BE(92)];
  const pageBytes = header.readUInt16BE(16);
  return counter === validFor ? (pageBytes === 1 ? 65_536 : pageBytes) * header.readUInt32BE(28) : 0;
}

const FIX = 'make a copy in one file, by sqlite3 FILE "VACUUM INTO \'copy.sqlite\'"';
