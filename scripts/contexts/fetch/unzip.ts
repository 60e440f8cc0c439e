/** Files of contexts out of a zip archive that somebody uploaded: within one folder, and within limits. */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { UsageError } from '../../errors.js';
import { isTaken, unsafeName } from './context-name.js';
import { broken, readAt, readZipDirectory, type ZipEntry } from './zip-directory.js';

/** What was written, and what was no file of contexts. */
export interface Unzipped {
  /** Paths within the folder, with slashes. */
  readonly taken: readonly { readonly name: string; readonly bytes: number }[];
  readonly left: readonly string[];
}

const HEADER_BYTES = 30;
const HEADER = 0x04_03_4b_50;

/**
 * Unpacks into a folder.
 * @param maxBytes of all files together, counted as they are written, whatever the archive claims
 * @throws UsageError where a name leads elsewhere, for a link, for what is no zip, and beyond the limit
 */
export async function unzip(archive: string, folder: string, maxBytes: number): Promise<Unzipped> {
  const file = await open(archive, 'r');
  try {
    const entries = await readZipDirectory(file);
    requireSafe(entries);
    const taken = entries.filter(({ name }) => isTaken(name));
    let left = maxBytes;
    for (const entry of taken) {
      const to = join(folder, entry.name);
      await mkdir(dirname(to), { recursive: true });
      await extract(file, entry, to, left);
      left -= entry.bytes;
    }
    return {
      taken: taken.map(({ name, bytes }) => ({ name, bytes })),
      left: entries.filter(({ name }) => !isTaken(name)).map(({ name }) => name),
    };
  } finally {
    await file.close();
  }
}

/** All of them, before the first is written. */
function requireSafe(entries: readonly ZipEntry[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    const shown = JSON.stringify(name.slice(0, 200));
    const reason = unsafeName(name);
    if (reason !== undefined) {
      throw new UsageError(`the archive's file ${shown} has ${reason}: it is refused as a whole`);
    }
    // Some file systems take both for one.
    if (seen.has(name.toLowerCase()))
      throw new UsageError(`the archive holds ${shown} twice: it is refused as a whole`);
    seen.add(name.toLowerCase());
  }
}

async function extract(file: FileHandle, entry: ZipEntry, to: string, maxBytes: number): Promise<void> {
  const header = await readAt(file, entry.offset, HEADER_BYTES);
  if (header.readUInt32LE(0) !== HEADER) throw broken();
  const start = entry.offset + HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  const end = start + entry.packedBytes;
  if (end > (await file.stat()).size) throw broken();
  const packed =
    entry.packedBytes === 0 ? Readable.from([]) : file.createReadStream({ start, end: end - 1, autoClose: false });
  const shown = JSON.stringify(entry.name);
  const seen = { bytes: 0, crc: 0 };
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen.bytes += chunk.length;
      seen.crc = crc32(chunk, seen.crc);
      if (seen.bytes > maxBytes) done(new UsageError(`the archive unpacks to more than is read, with ${shown}`));
      else if (seen.bytes > entry.bytes) done(new UsageError(`the archive's file ${shown} is longer than it says`));
      else done(null, chunk);
    },
  });
  const out = createWriteStream(to, { flags: 'wx', mode: 0o600 });
  await (entry.isDeflated ? pipeline(packed, createInflateRaw(), checked, out) : pipeline(packed, checked, out)).catch(
    (cause: unknown) => {
      const { code, syscall } = cause as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw new UsageError(`there is a file ${shown} already; name an empty folder`, { cause });
      if (cause instanceof UsageError || syscall !== undefined) throw cause;
      throw new UsageError(`the archive's file ${shown} cannot be unpacked`, { cause });
    },
  );
  if (seen.bytes !== entry.bytes || seen.crc !== entry.crc) {
    throw new UsageError(`the archive's file ${shown} is damaged: its checksum or length differs`);
  }
}
