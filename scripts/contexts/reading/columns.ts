/** The columns of a file that has them: what they are called, and how their cells become values. */
import { UsageError } from '../../errors.js';
import { CELL_EXAMPLES, CELL_READERS } from './column-types.js';
import { MAX_ATTRIBUTES, MAX_LINE_BYTES } from './limits.js';
import { columnConflict, columnProblem } from './nest.js';
import { beginning, kindOf, nameOf } from './shown.js';
import type { ColumnType, ReadOptions } from '../contexts.js';

const KEY = 'targetingKey';

/**
 * Holds a file's columns against the rules and against what was asked for.
 * @throws UsageError for names that are empty, there twice or in each other's way, and where a column that an option
 * names is not there
 */
export function requireColumns(file: string, names: readonly string[], options: ReadOptions): void {
  const { key, weight, types } = options;
  if (names.length > MAX_ATTRIBUTES) {
    throw new UsageError(`${file} has ${names.length} columns, at most ${MAX_ATTRIBUTES}`);
  }
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    const problem = columnProblem(name) ?? (seen.has(name) ? 'is there twice' : undefined);
    if (problem !== undefined) throw new UsageError(`${file}: column ${index + 1}, ${nameOf(name)}, ${problem}`);
    seen.add(name);
  }
  const conflict = columnConflict(names.filter((name) => name !== weight && !name.startsWith('$')));
  if (conflict !== undefined) {
    const [outer, inner] = conflict.map(nameOf);
    throw new UsageError(`${file} has a column ${outer} and a column ${inner}: one of them can't be an attribute`);
  }
  const there = `it has ${names.slice(0, 20).map(nameOf).join(', ')}${names.length > 20 ? ' and more' : ''}`;
  for (const name of [key ?? [], weight ?? [], ...(types?.keys() ?? [])].flat()) {
    if (!seen.has(name)) throw new UsageError(`${file} has no column ${nameOf(name)}; ${there}`);
  }
  if ((types?.get(key ?? KEY) ?? 'string') !== 'string') throw new UsageError(`${key ?? KEY} is always read as text`);
}

/** A column, and what its cells are read as. */
export interface Column {
  readonly name: string;
  /** Undefined: the cells are left as they are. */
  readonly type: ColumnType | undefined;
  /** Whether the file's own cells told the type. */
  readonly isInferred: boolean;
}

/** A row of values, or why it is none. */
export type TypedRow = Record<string, unknown> | string;

/**
 * Reads a row's cells by their columns' types. Cells that are null, undefined or, as text, empty are left out.
 * @param cell - Gives the cell of a column by its index
 */
export function typedRow(columns: readonly Column[], cell: (index: number) => unknown): TypedRow {
  const row: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    const given = cell(index);
    if (given === undefined || given === null || given === '') continue;
    if (typeof given === 'string' && given.length > MAX_LINE_BYTES) {
      return `its ${nameOf(column.name)} is a text of more than ${MAX_LINE_BYTES.toLocaleString('en')} bytes`;
    }
    const value = column.type === undefined ? plainValue(given) : CELL_READERS[column.type](given);
    if (value === undefined) return misfit(column, given);
    row[column.name] = value;
  }
  return row;
}

/** Whole numbers beyond 2^53 are ids and stay exact as text; bytes are no attribute's value. */
export function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return exact(value);
  return ArrayBuffer.isView(value) ? undefined : value;
}

function exact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** A column's name as a word of a command line; one that would have to be quoted is left to the reader. */
function quotable(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : 'COLUMN';
}

function misfit({ name, type, isInferred }: Column, cell: unknown): string {
  if (ArrayBuffer.isView(cell))
    return `its ${nameOf(name)} is bytes, broken JSON or too long a text: no attribute can be that`;
  const found = typeof cell === 'string' ? beginning(cell) : kindOf(cell);
  if (type === undefined) return `its ${nameOf(name)} is ${found}, which no attribute can be`;
  const why = isInferred ? `, as in the rows before; if text is right, say so by --type ${quotable(name)}=string` : '';
  return `its ${nameOf(name)} is ${found}, expected ${CELL_EXAMPLES[type]}${why}`;
}
