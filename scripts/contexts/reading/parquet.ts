/** Parquet: rows out of a file of columns, a stretch at a time. */
import { open, type FileHandle } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { UsageError } from '../../errors.js';
import { requireColumns, typedRow, type Column } from './columns.js';
import { BATCH_ROWS } from './limits.js';
import { jsonOrBytes, parquetValueReader, type ValueReader } from './parquet-values.js';
import type { ReadOptions, RefusedRow, RowsBatch } from '../contexts.js';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';

/** Rows whose columns are in memory at once; pages before and after them are not unpacked, however large the row group. */
const STRETCH_ROWS = 64 * 1024;

/** Of a page, unpacked: writers make pages of a megabyte, and a dictionary seldom has more than some. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;

/** Of the description at the file's end: thousands of row groups of a thousand columns. */
const MAX_METADATA_BYTES = 256 * 1024 * 1024;

/** A Parquet file, and how far to read it. */
export interface ParquetSource {
  readonly name: string;
  readonly path: string;
  readonly maxRows: number;
}

/**
 * Reads the rows of a Parquet file. Structs and lists stay, dates are dates, and whole numbers beyond 2^53 become text.
 * @param progress - Told how much of the file's bytes the rows so far make up
 * @throws UsageError for what is damaged, has no rows or more than the limit, or uses what can't be read
 */
export async function* readParquet(
  source: ParquetSource,
  options: ReadOptions,
  progress: (bytes: number) => void,
): AsyncGenerator<RowsBatch> {
  const handle = await open(source.path);
  try {
    yield* readHandle(source, handle, options, progress);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = (error as Error).message;
    throw new UsageError(`${source.name}: can't be read as Parquet, it may be damaged: ${reason}`, { cause: error });
  } finally {
    await handle.close();
  }
}

async function* readHandle(
  { name, maxRows }: ParquetSource,
  handle: FileHandle,
  options: ReadOptions,
  progress: (bytes: number) => void,
): AsyncGenerator<RowsBatch> {
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet');
  const file = bufferOf(handle, (await handle.stat()).size);
  await requireMetadata(file);
  const metadata = await parquetMetadataAsync(file);
  const rows = rowsOf(name, metadata, maxRows);
  const columns = parquetSchema(metadata).children;
  requireColumns(
    name,
    columns.map(({ element }) => element.name),
    options,
  );
  const reader = new RowReader(
    name,
    columns.map((column) => column.element.name),
    columns.map(parquetValueReader),
    options,
  );
  const parsers = { jsonFromBytes: jsonOrBytes };
  const reading = { file, metadata, compressors: await guardedCompressors(), parsers, useOffsetIndex: true };
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += STRETCH_ROWS) {
      const rowEnd = Math.min(groupEnd, rowStart + STRETCH_ROWS);
      const objects = await parquetReadObjects({ ...reading, rowStart, rowEnd });
      for (let start = 0; start < objects.length; start += BATCH_ROWS) {
        yield reader.batch(objects.slice(start, start + BATCH_ROWS), rowStart + start + 1);
      }
      progress(Math.round((file.byteLength * rowEnd) / rows));
    }
    groupStart = groupEnd;
  }
}

/** Makes rows of the attributes' values out of Parquet's. */
class RowReader {
  private readonly columns: readonly Column[];

  constructor(
    private readonly file: string,
    private readonly names: readonly string[],
    private readonly values: readonly ValueReader[],
    { types }: ReadOptions,
  ) {
    this.columns = names.map((name) => ({ name, type: types?.get(name), isInferred: false }));
  }

  batch(objects: readonly Record<string, unknown>[], first: number): RowsBatch {
    const rows: Record<string, unknown>[] = [];
    const numbers: number[] = [];
    const refused: RefusedRow[] = [];
    for (const [index, object] of objects.entries()) {
      const row = typedRow(this.columns, (column) => this.values[column]?.(object[this.names[column] ?? '']));
      if (typeof row === 'string') {
        refused.push({ file: this.file, row: first + index, message: row });
      } else {
        rows.push(row);
        numbers.push(first + index);
      }
    }
    return { kind: 'rows', file: this.file, first, rows, numbers: refused.length > 0 ? numbers : undefined, refused };
  }
}

function rowsOf(name: string, { row_groups }: FileMetaData, maxRows: number): number {
  let rows = 0;
  for (const group of row_groups) {
    const isWhole = group.columns.every(({ meta_data: chunk }) => Number(chunk?.num_values) >= Number(group.num_rows));
    if (!isWhole) throw new Error('a column of it has fewer values than there are rows');
    rows += Number(group.num_rows);
  }
  if (rows === 0) throw new UsageError(`${name} holds no contexts: it has no rows`);
  if (!(rows > 0 && rows <= maxRows)) {
    throw new UsageError(
      `${name}: ${rows.toLocaleString('en')} rows, at most ${maxRows.toLocaleString('en')}; take a sample of them`,
    );
  }
  return rows;
}

function bufferOf(handle: FileHandle, byteLength: number): AsyncBuffer {
  const read = async (start: number, end: number): Promise<ArrayBuffer> => {
    const length = end - start;
    if (!(start >= 0 && length >= 0 && end <= byteLength)) throw new Error('it refers to bytes beyond its end');
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
      if (bytesRead === 0) throw new Error('it ends too early');
      done += bytesRead;
    }
    return bytes.buffer;
  };
  return {
    byteLength,
    slice(start, end = byteLength) {
      const bytes = read(start, end);
      // hyparquet asks ahead, and forgets what it asked for where something else fails first.
      bytes.catch(() => undefined);
      return bytes;
    },
  };
}

/** The last eight bytes: how long the description before them is, and the mark. */
async function requireMetadata(file: AsyncBuffer): Promise<void> {
  if (file.byteLength < 12) throw new Error('it is too short');
  const end = new DataView(await file.slice(file.byteLength - 8));
  if (end.getUint32(4, true) !== 0x31524150)
    throw new Error('it does not end with PAR1, as if it was not written to the end');
  if (end.getUint32(0, true) > MAX_METADATA_BYTES) throw new Error('its description of itself is too long');
}

/** hyparquet's compressors, none of which may unpack more than a page has; Node's own are faster where there are any. */
async function guardedCompressors(): Promise<Compressors> {
  const { compressors, decompressZstd } = await import('hyparquet-compressors');
  const all: Compressors = {
    ...compressors,
    GZIP: (input, maxOutputLength) => gunzipSync(input, { maxOutputLength }),
    BROTLI: (input, maxOutputLength) => brotliDecompressSync(input, { maxOutputLength }),
    ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  };
  return Object.fromEntries(
    Object.entries(all).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number) => {
        if (!(length >= 0 && length <= MAX_PAGE_BYTES)) throw new Error('a page of it is too large');
        return unpack(input, length);
      },
    ]),
  );
}
