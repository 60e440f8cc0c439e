/** SQLite: the rows of a table, one after the other. */
import { UsageError } from '../../errors.js';
import { requireColumns, typedRow, type Column } from './columns.js';
import { BATCH_ROWS, MAX_LINE_BYTES } from './limits.js';
import { nameOf } from './shown.js';
import { withPrivateDatabase, type Database } from './sqlite-database.js';
import type { ColumnType, ReadOptions, RefusedRow, RowsBatch } from '../contexts.js';

/** A SQLite file, and how far to read it. */
export interface SqliteSource {
  readonly name: string;
  readonly path: string;
  /** On disk, in bytes. */
  readonly size: number;
  readonly maxRows: number;
}

/**
 * Reads the rows of a table, in its own order. Columns declared as truth values or JSON are read as such.
 * @param progress - Told how much of the file's bytes the rows so far make up
 * @throws UsageError for what is damaged or being written, for a table that is not there, empty or not told, and for
 * more rows than the limit
 */
export async function* readSqlite(
  source: SqliteSource,
  options: ReadOptions,
  progress: (bytes: number) => void,
): AsyncGenerator<RowsBatch> {
  yield* withPrivateDatabase(source, (database) => readDatabase(source, database, options, progress));
}

function* readDatabase(
  { name, size, maxRows }: SqliteSource,
  database: Database,
  options: ReadOptions,
  progress: (bytes: number) => void,
): Generator<RowsBatch> {
  const table = tableOf(name, database, options.table);
  const columns = columnsOf(name, database, table, options);
  const count = Number(database.get(`SELECT count(*) AS rows FROM ${quoted(table)}`)?.['rows'] ?? 0);
  if (count === 0) throw new UsageError(`${name} holds no contexts: its table ${nameOf(table)} has no rows`);
  if (count > maxRows) {
    const [rows, limit] = [count.toLocaleString('en'), maxRows.toLocaleString('en')];
    throw new UsageError(`${name}: ${rows} rows, at most ${limit}; take a sample of them`);
  }
  let first = 1;
  for (const cells of stretches(database, table, columns)) {
    yield batchOf(name, columns, cells, first);
    first += cells.length;
    progress(Math.round((size * (first - 1)) / count));
  }
}

function tableOf(name: string, database: Database, wanted: string | undefined): string {
  const tables = database
    .all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`)
    .map((row) => textOf(row['name']));
  const there = `${tables.slice(0, 20).map(nameOf).join(', ')}${tables.length > 20 ? ' and more' : ''}`;
  if (tables.length === 0) throw new UsageError(`${name} holds no contexts: it has no tables`);
  if (wanted !== undefined) {
    if (tables.includes(wanted)) return wanted;
    throw new UsageError(`${name} has no table ${nameOf(wanted)}; it has ${there}`);
  }
  const [only, another] = tables;
  if (only === undefined || another !== undefined) {
    throw new UsageError(`${name} has ${tables.length} tables; name one with --table: ${there}`);
  }
  return only;
}

function columnsOf(file: string, database: Database, table: string, options: ReadOptions): readonly Column[] {
  // Hidden ones of virtual tables (1) are parameters; generated ones (2 and 3) are columns like others.
  const rows = database.all('SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden <> 1', [table]);
  const names = rows.map((row) => textOf(row['name']));
  requireColumns(file, names, options);
  return rows.map((row, index) => {
    const name = names[index] ?? '';
    const type = options.types?.get(name);
    return { name, type: type ?? declaredType(textOf(row['type'])), isInferred: type === undefined };
  });
}

function declaredType(declared: string): ColumnType | undefined {
  if (/^bool(ean)?$/i.test(declared)) return 'boolean';
  return /^jsonb?$/i.test(declared) ? 'json' : undefined;
}

/** The rows' cells by column, some at a time: only these are in memory. */
function* stretches(
  database: Database,
  table: string,
  columns: readonly Column[],
): Generator<readonly Record<string, unknown>[]> {
  // A longer cell never gets out of the database: it is told by its length, and becomes bytes, which are refused.
  const cells = columns.map(({ name }, index) => {
    const column = quoted(name);
    return `iif(octet_length(${column}) > ${MAX_LINE_BYTES}, x'', ${column}) AS c${index}`;
  });
  const statement = database.prepare(`SELECT ${cells.join(', ')} FROM ${quoted(table)}`);
  try {
    let rows: Record<string, unknown>[] = [];
    for (const row of statement.iterate()) {
      rows.push(row);
      if (rows.length < BATCH_ROWS) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  } finally {
    statement.finalize();
  }
}

function batchOf(
  file: string,
  columns: readonly Column[],
  cells: readonly Record<string, unknown>[],
  first: number,
): RowsBatch {
  const rows: Record<string, unknown>[] = [];
  const numbers: number[] = [];
  const refused: RefusedRow[] = [];
  const keys = columns.map((_, index) => `c${index}`);
  for (const [index, cell] of cells.entries()) {
    const row = typedRow(columns, (column) => cell[keys[column] ?? '']);
    if (typeof row === 'string') {
      refused.push({ file, row: first + index, message: row });
    } else {
      rows.push(row);
      numbers.push(first + index);
    }
  }
  return { kind: 'rows', file, first, rows, numbers: refused.length > 0 ? numbers : undefined, refused };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An identifier as SQL; what it is called is the file's own business. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
