/** Opens files of contexts: what they are, and how to read them. */
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import { readCsv } from './csv.js';
import { readBytes } from './decompress.js';
import { HEAD_BYTES, kindByName, requireKind, type FileKind } from './file-kind.js';
import { readJsonLines } from './json-lines.js';
import { READ_LIMITS, type ReadLimits } from './limits.js';
import { readParquet } from './parquet.js';
import { readSqlite } from './sqlite.js';
import type { Batch, ContextFile, ReadOptions } from '../contexts.js';
import type { Stats } from 'node:fs';

/** A file that was looked at, and how to read it. */
export interface OpenedFile {
  /** As it was named. */
  readonly name: string;
  readonly path: string;
  readonly kind: FileKind;
  /** On disk, in bytes. */
  readonly size: number;
  /** Of a pipe nobody knows how much comes. */
  readonly isPipe: boolean;
}

/**
 * Looks at files, and says how to read them; nothing stays open.
 * @param names - Paths from `directory`: files, or named pipes such as a shell's `<(…)`, which can be read once
 * @throws UsageError for what is not there, no file, empty, of no known format, not what its name says, or too many, and for an
 * option that is for none of them
 */
export async function openContextFiles(
  names: readonly string[],
  directory: string,
  options: ReadOptions,
  limits: ReadLimits = READ_LIMITS,
): Promise<readonly ContextFile[]> {
  if (names.length > limits.files) {
    throw new UsageError(
      `${names.length} files of contexts, at most ${limits.files}: merge some of them first, with \`flagctl contexts merge\``,
    );
  }
  const rows = new RowCount(limits.contexts);
  const files: ContextFile[] = [];
  // One after the other: all at once they would be as many open files.
  for (const name of names) files.push(await openFile(name, resolve(directory, name), options, limits, rows));
  requireUse(files, options);
  return files;
}

/** An option that would do nothing is a mistake, or about another file. */
function requireUse(files: readonly ContextFile[], { types, table }: ReadOptions): void {
  if (files.length === 0) return;
  if ((types?.size ?? 0) > 0 && files.every(({ format }) => format === 'jsonl')) {
    throw new UsageError('--type is for columns; JSON Lines say themselves what their values are');
  }
  if (table !== undefined && files.every(({ format }) => format !== 'sqlite')) {
    throw new UsageError('--table is for SQLite files, and there is none');
  }
}

async function openFile(
  name: string,
  path: string,
  options: ReadOptions,
  limits: ReadLimits,
  rows: RowCount,
): Promise<ContextFile> {
  const stats = await statOf(name, path);
  const isPipe = stats.isFIFO();
  if (!stats.isFile() && !isPipe) {
    throw new UsageError(`${name} is ${stats.isDirectory() ? 'a folder' : 'no file'}; expected a file of contexts`);
  }
  const kind = isPipe ? pipeKind(name) : kindByName(name);
  if (!isPipe) requireKind(name, kind, await readHead(name, path));
  let isRead = false;
  const file: OpenedFile = { name, path, kind, size: stats.size, isPipe };
  return {
    name,
    format: kind.format,
    bytes: stats.size,
    async *batches(progress) {
      if (isPipe && isRead) throw new UsageError(`${name} is a pipe, which can be read only once; write it to a file`);
      isRead = true;
      for await (const batch of readBatches(file, options, limits, progress)) {
        rows.require(file, batch);
        yield batch;
      }
    },
  };
}

/** A shell's pipe has no name to tell by. */
function pipeKind(name: string): FileKind {
  try {
    return kindByName(name);
  } catch {
    return { format: 'jsonl', compression: undefined, delimiter: ',' };
  }
}

function readBatches(
  { name, path, kind, size, isPipe }: OpenedFile,
  options: ReadOptions,
  limits: ReadLimits,
  progress: (readBytes: number) => void,
): AsyncIterable<Batch> {
  const { compression } = kind;
  const source = { name, path, compression, size: isPipe ? undefined : size, maxBytes: limits.unpackedBytes };
  switch (kind.format) {
    case 'jsonl':
      return readJsonLines(name, readBytes(source, progress), limits.lineBytes);
    case 'parquet':
      return readParquet({ name, path, maxRows: limits.contexts }, options, progress);
    case 'sqlite':
      return readSqlite({ name, path, size, maxRows: limits.contexts }, options, progress);
    case 'csv': {
      const form = { delimiter: kind.delimiter, maxRecordBytes: limits.lineBytes };
      return readCsv(name, readBytes(source, progress), form, options);
    }
  }
}

async function statOf(name: string, path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(isMissing ? `there is no file ${name}` : `can't read ${name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** @throws UsageError also for an empty file */
async function readHead(name: string, path: string): Promise<Uint8Array> {
  const head = Buffer.alloc(HEAD_BYTES);
  let length: number;
  try {
    const file = await open(path);
    try {
      length = (await file.read(head, 0, HEAD_BYTES, 0)).bytesRead;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new UsageError(`can't read ${name}: ${(error as Error).message}`, { cause: error });
  }
  if (length === 0) throw new UsageError(`${name} holds no contexts: it is empty`);
  return head.subarray(0, length);
}

/** How many rows all files have, as far as they were read; a file that is read again counts once. */
class RowCount {
  private readonly rows = new Map<OpenedFile, number>();
  private all = 0;

  constructor(private readonly max: number) {}

  /** @throws UsageError beyond the limit */
  require(file: OpenedFile, batch: Batch): void {
    const last = batch.first - 1 + (batch.kind === 'rows' ? batch.rows.length : 0);
    const known = this.rows.get(file) ?? 0;
    this.rows.set(file, Math.max(last, known));
    this.all += Math.max(0, last - known);
    if (this.all > this.max) {
      throw new UsageError(`more than ${this.max.toLocaleString('en')} rows of contexts; take a sample of them`);
    }
  }
}
