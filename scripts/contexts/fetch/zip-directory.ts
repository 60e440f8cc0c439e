/** The list of files at the end of a zip archive, by PKWARE's APPNOTE 6.3.10; only what uploaded artifacts have. */
import type { FileHandle } from 'node:fs/promises';
import { UsageError } from '../../errors.js';

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly crc: number;
  /** Where its own header begins. */
  readonly offset: number;
}

/** An end record and the longest comment behind it. */
const END_BYTES = 22;
const MAX_END_BYTES = END_BYTES + 0xff_ff;
const ENTRY_BYTES = 46;

/** Rotated files of more processes than anybody samples. */
const MAX_ENTRIES = 1_000;
/** A thousand names of the length that paths have. */
const MAX_DIRECTORY_BYTES = 4 * 1024 * 1024;

const SIGNATURES = { end: 0x06_05_4b_50, entry: 0x02_01_4b_50 };

/** Systems whose archives hold the mode of a file: Unix and macOS. */
const WITH_MODE: ReadonlySet<number> = new Set([3, 19]);
const MODE_KIND = 0o170_000;
const REGULAR = 0o100_000;
const FOLDER = 0o040_000;

/** Reads a stretch of a file whole. @throws UsageError where the file ends within it */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  if (bytesRead === length) return bytes;
  throw new UsageError('the archive is cut off, or no zip');
}

/** The files of an archive, folders left out. @throws UsageError for whatever is not plain files */
export async function readZipDirectory(file: FileHandle): Promise<readonly ZipEntry[]> {
  const { size } = await file.stat();
  const { count, length, offset } = await readEnd(file, size);
  const bytes = await readAt(file, offset, length);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + ENTRY_BYTES > length || bytes.readUInt32LE(at) !== SIGNATURES.entry) throw broken();
    const [names, extras, comments] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const next = at + ENTRY_BYTES + names + extras + comments;
    if (next > length) throw broken();
    const name = nameOf(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + names));
    const entry = entryOf(bytes.subarray(at, at + ENTRY_BYTES), name);
    if (entry !== undefined) entries.push(entry);
    at = next;
  }
  return entries;
}

async function readEnd(
  file: FileHandle,
  size: number,
): Promise<{ readonly count: number; readonly length: number; readonly offset: number }> {
  const tail = await readAt(file, Math.max(0, size - MAX_END_BYTES), Math.min(size, MAX_END_BYTES));
  let at = tail.length - END_BYTES;
  // Its comment reaches to the end: a signature within a comment is none.
  const isEnd = (): boolean =>
    tail.readUInt32LE(at) === SIGNATURES.end && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length;
  while (at >= 0 && !isEnd()) at -= 1;
  if (at < 0) throw broken();
  const [disk, firstDisk, onDisk, count] = [4, 6, 8, 10].map((field) => tail.readUInt16LE(at + field)) as [
    number,
    number,
    number,
    number,
  ];
  const [length, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (disk !== 0 || firstDisk !== 0 || onDisk !== count) throw new UsageError('the archive is one of several parts');
  if (count > MAX_ENTRIES) throw new UsageError(`the archive holds ${count} files; at most ${MAX_ENTRIES} are read`);
  if (length > MAX_DIRECTORY_BYTES) throw new UsageError('the archive has an endless list of files');
  if (offset + length > size) throw broken();
  return { count, length, offset };
}

/** Undefined of a folder. */
function entryOf(header: Buffer, name: string): ZipEntry | undefined {
  const shown = JSON.stringify(name.slice(0, 200));
  const [flags, method] = [header.readUInt16LE(8), header.readUInt16LE(10)];
  const [packedBytes, bytes, offset] = [20, 24, 42].map((field) => header.readUInt32LE(field)) as [
    number,
    number,
    number,
  ];
  if ((flags & 1) !== 0) throw new UsageError(`the archive's file ${shown} is encrypted`);
  const kind = WITH_MODE.has(header.readUInt8(5)) ? (header.readUInt32LE(38) >>> 16) & MODE_KIND : 0;
  if (![0, REGULAR, FOLDER].includes(kind)) {
    throw new UsageError(
      `the archive's ${shown} is a link or a device, and only files are taken: it is refused as a whole`,
    );
  }
  if ((kind === FOLDER) !== name.endsWith('/') && kind !== 0) throw broken();
  if (name.endsWith('/')) return undefined;
  if (method !== 0 && method !== 8)
    throw new UsageError(`the archive's file ${shown} is packed by method ${method}; only deflate is read`);
  if ([packedBytes, bytes, offset].includes(0xff_ff_ff_ff))
    throw new UsageError(`the archive's file ${shown} is over 4 GiB`);
  return { name, isDeflated: method === 8, packedBytes, bytes, crc: header.readUInt32LE(16), offset };
}

function nameOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError('a name in the archive is not UTF-8');
  }
}

/** For whatever cannot be a zip. */
export function broken(): UsageError {
  return new UsageError('the archive is cut off, or no zip');
}
