/** What a column's cells are read as. */
import { parseInstant } from '../../../provider/engine/index.js';
import { readDecimal } from './decimal.js';
import type { ColumnType } from '../contexts.js';

/** A cell's value; undefined where it is not of the type. Cells are texts, or what SQLite and Parquet have. */
export type CellReader = (cell: unknown) => unknown;

/** How the cells of each type are read. */
export const CELL_READERS: Readonly<Record<ColumnType, CellReader>> = {
  string: (cell) => (['string', 'number', 'bigint', 'boolean'].includes(typeof cell) ? String(cell) : undefined),
  number: readNumber,
  boolean: readBoolean,
  date: readDate,
  list: readList,
  json: (cell) => (typeof cell === 'string' ? parse(cell) : cell),
};

/** What a cell of a type looks like, for messages. */
export const CELL_EXAMPLES: Readonly<Record<ColumnType, string>> = {
  string: 'text',
  number: 'a number such as 12.5',
  boolean: 'true or false',
  date: 'a date such as 2027-03-01 or 2027-03-01T09:30:00Z',
  list: 'a list such as a|b or ["a","b"]',
  json: 'JSON',
};

/**
 * The type of a column by its cells that are not empty: numbers where each is spelled exactly as a number is (so that a
 * version `4.10`, a postcode `01067` and a long id stay text and lose nothing), truth values, or text.
 */
export function inferType(cells: Iterable<string>): ColumnType {
  let isNumber = true;
  let isBoolean = true;
  let isEmpty = true;
  for (const cell of cells) {
    if (cell === '') continue;
    isEmpty = false;
    isNumber &&= Number.isFinite(Number(cell)) && String(Number(cell)) === cell;
    isBoolean &&= readBoolean(cell) !== undefined;
    if (!isNumber && !isBoolean) return 'string';
  }
  if (isEmpty) return 'string';
  return isNumber ? 'number' : 'boolean';
}

function readNumber(cell: unknown): number | undefined {
  const number = typeof cell === 'string' ? readDecimal(cell) : Number(cell);
  return ['string', 'number', 'bigint'].includes(typeof cell) && Number.isFinite(number) ? number : undefined;
}

/** As JSON, Python and spreadsheets write them, and the 0 and 1 of databases. */
function readBoolean(cell: unknown): boolean | undefined {
  if (typeof cell === 'boolean') return cell;
  if (cell === 'true' || cell === 'True' || cell === 'TRUE' || cell === 1) return true;
  return cell === 'false' || cell === 'False' || cell === 'FALSE' || cell === 0 ? false : undefined;
}

/** RFC 3339, or as SQLite's `datetime()` writes it, which is UTC. */
function readDate(cell: unknown): Date | undefined {
  if (cell instanceof Date) return cell;
  if (typeof cell !== 'string') return undefined;
  const iso = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(cell) ? `${cell.replace(' ', 'T')}Z` : cell;
  const instant = parseInstant(iso);
  return Number.isNaN(instant) ? undefined : new Date(instant);
}

function readList(cell: unknown): readonly unknown[] | undefined {
  if (typeof cell !== 'string') return Array.isArray(cell) ? cell : undefined;
  if (!cell.startsWith('[')) return cell.split('|');
  const list = parse(cell);
  return Array.isArray(list) ? list : undefined;
}

function parse(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
}
