/** CSV and TSV: a header, and rows whose types their first rows tell. */
import { UsageError } from '../../errors.js';
import { inferType } from './column-types.js';
import { requireColumns, typedRow, type Column } from './columns.js';
import { readRecords, type CsvRecord } from './csv-records.js';
import { BATCH_ROWS } from './limits.js';
import { DEFAULT_WEIGHT } from './read-row.js';
import type { ReadOptions, RefusedRow, RowsBatch } from '../contexts.js';

/** Rows that tell the types of the columns: enough to meet the odd one, and no time to read. */
const SAMPLE_ROWS = 1000;

/** How a file of CSV is written, and how far to read a row. */
export interface CsvForm {
  readonly delimiter: ',' | '\t';
  readonly maxRecordBytes: number;
}

/**
 * Reads the rows under a header. A row's number is the line it ends on; blank lines are no rows.
 * @throws UsageError for a header that is none, no rows, or what {@link readRecords} can't go on after
 */
export async function* readCsv(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  form: CsvForm,
  options: ReadOptions,
): AsyncGenerator<RowsBatch> {
  let header: readonly string[] | undefined;
  let columns: readonly Column[] | undefined;
  let waiting: CsvRecord[] = [];
  for await (const records of readRecords(file, chunks, form.delimiter, form.maxRecordBytes)) {
    for (const record of records) {
      if (header === undefined) header = readHeader(file, record, form, options);
      else waiting.push(record);
    }
    if (header === undefined || waiting.length < (columns === undefined ? SAMPLE_ROWS : BATCH_ROWS)) continue;
    columns ??= columnsOf(header, waiting.slice(0, SAMPLE_ROWS), options);
    yield* batchesOf(file, columns, waiting);
    waiting = [];
  }
  if (header === undefined || (columns === undefined && waiting.length === 0)) {
    throw new UsageError(`${file} holds no contexts: there is no row under its header`);
  }
  yield* batchesOf(file, columns ?? columnsOf(header, waiting.slice(0, SAMPLE_ROWS), options), waiting);
}

function readHeader(
  file: string,
  { cells, problem }: CsvRecord,
  form: CsvForm,
  options: ReadOptions,
): readonly string[] {
  if (problem !== undefined) throw new UsageError(`${file}: its first line must name the columns: ${problem}`);
  const other = [';', '\t', ',', '|'].find(
    (delimiter) => delimiter !== form.delimiter && cells[0]?.includes(delimiter),
  );
  if (cells.length === 1 && other !== undefined) {
    const expected = form.delimiter === ',' ? 'commas' : 'tabs';
    throw new UsageError(`${file}: expected ${expected} between the columns, found ${JSON.stringify(other)}`);
  }
  requireColumns(file, cells, options);
  return cells;
}

function columnsOf(
  header: readonly string[],
  sample: readonly CsvRecord[],
  { key = 'targetingKey', weight, types }: ReadOptions,
): readonly Column[] {
  return header.map((name, index) => {
    const type = types?.get(name);
    if (type !== undefined) return { name, type, isInferred: false };
    // A key is what it is, and a weight is judged with its row.
    if (name === key || name === (weight ?? DEFAULT_WEIGHT)) return { name, type: 'string', isInferred: true };
    const cells = sample.map(({ cells }) => cells[index] ?? '');
    return { name, type: inferType(cells), isInferred: true };
  });
}

function* batchesOf(file: string, columns: readonly Column[], records: readonly CsvRecord[]): Generator<RowsBatch> {
  for (let start = 0; start < records.length; start += BATCH_ROWS) {
    yield batchOf(file, columns, records.slice(start, start + BATCH_ROWS));
  }
}

function batchOf(file: string, columns: readonly Column[], records: readonly CsvRecord[]): RowsBatch {
  const rows: Record<string, unknown>[] = [];
  const numbers: number[] = [];
  const refused: RefusedRow[] = [];
  for (const { line, cells, problem } of records) {
    const length =
      cells.length === columns.length ? undefined : `it has ${cells.length} cells, expected ${columns.length}`;
    const row = problem ?? length ?? typedRow(columns, (index) => cells[index]);
    if (typeof row === 'string') {
      refused.push({ file, row: line, message: row });
    } else {
      rows.push(row);
      numbers.push(line);
    }
  }
  return { kind: 'rows', file, first: records[0]?.line ?? 1, rows, numbers, refused };
}
