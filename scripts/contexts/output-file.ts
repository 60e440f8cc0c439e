/** Files of contexts that a command writes: JSON Lines, compressed by the name, whole or not at all. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, lstat, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { SyncError } from '../../provider/repository/index.js';
import { UsageError } from '../command.js';
import { isReplaceable } from '../file-writing.js';
import { removedOnInterrupt } from '../unfinished.js';
import { kindByName } from './reading/file-kind.js';

/** Where rows go. */
export interface OutputFile {
  /** The folder that names are relative to. */
  readonly directory: string;
  /** As the caller gave it; `.jsonl` or another ending of JSON Lines, with `.gz` after it to be compressed. */
  readonly name: string;
  /** Whether a file that is there may be replaced. */
  readonly isForced: boolean;
  /** Files that are read for it, which it must not replace. */
  readonly inputs: readonly string[];
}

/** In characters: fewer, larger writes take half the time. */
const CHUNK_LENGTH = 64 * 1024;

/** Refuses a place that can't be written to, before anything is read. @throws UsageError with what to do about it */
export async function checkOutput({ directory, name, isForced, inputs }: OutputFile): Promise<void> {
  const path = resolve(directory, name);
  const present = await stat(path).catch(() => undefined);
  for (const input of inputs) {
    const read = await stat(resolve(directory, input)).catch(() => undefined);
    const isSame = present !== undefined && read?.ino === present.ino && read.dev === present.dev;
    if (isSame) throw new UsageError(`--out ${name} is read as well, and would be lost; name another file`);
  }
  if (!isJsonLines(name)) {
    throw new UsageError(`--out ${name} would not be read as JSON Lines; end it in .jsonl or .jsonl.gz`);
  }
  if (!(await isFolder(dirname(path)))) throw new UsageError(`there is no folder for --out ${name}`);
  if ((await lstat(path).catch(() => undefined)) === undefined) return;
  if (!(await isReplaceable(path))) throw new UsageError(`--out ${name} is there and is not a file`);
  if (!isForced) throw new UsageError(`--out ${name} is there; --force replaces it`);
}

/**
 * Writes lines by way of another file beside it, so that no reader ever sees half of it.
 * @throws UsageError where another file took the name meanwhile, SyncError where it can't be written; what the lines throw
 */
export async function writeLines(
  { directory, name, isForced }: OutputFile,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const path = resolve(directory, name);
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  const finished = removedOnInterrupt(unfinished);
  let failure: unknown;
  const watched = chunksOf(lines, (error) => (failure = error));
  try {
    const file = createWriteStream(unfinished, { flags: 'wx' });
    await (name.endsWith('.gz')
      ? pipeline(Readable.from(watched), createGzip(), file)
      : pipeline(Readable.from(watched), file));
    await publish(unfinished, path, isForced);
  } catch (cause) {
    if (failure !== undefined) throw failure;
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new UsageError(`--out ${name} is there by now; --force replaces it`);
    }
    throw new SyncError(`can't write ${name}: ${(cause as Error).message}`, 'never', { cause });
  } finally {
    await rm(unfinished, { force: true });
    finished();
  }
}

/** Joins lines to chunks, and tells apart what they throw from what writing throws. */
async function* chunksOf(
  lines: AsyncIterable<string> | Iterable<string>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<string> {
  let chunk = '';
  try {
    for await (const line of lines) {
      chunk += `${line}\n`;
      if (chunk.length < CHUNK_LENGTH) continue;
      yield chunk;
      chunk = '';
    }
  } catch (error) {
    onFailure(error);
    throw error;
  }
  if (chunk !== '') yield chunk;
}

/** Whether a file of this name is read again as it is written. */
function isJsonLines(name: string): boolean {
  try {
    const { format, compression } = kindByName(name);
    return format === 'jsonl' && compression === (name.endsWith('.gz') ? 'gzip' : undefined);
  } catch {
    return false;
  }
}

/** A link, unlike a renamed file, replaces nothing. */
async function publish(unfinished: string, path: string, isForced: boolean): Promise<void> {
  if (isForced) return rename(unfinished, path);
  try {
    await link(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // A file system without links.
    await rename(unfinished, path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
