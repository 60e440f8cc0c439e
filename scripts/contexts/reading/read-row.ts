/** From a row's values to a context and its weight. */
import { readDecimal } from './decimal.js';
import { MAX_ATTRIBUTES, MAX_DEPTH, MAX_WEIGHT, MIN_WEIGHT } from './limits.js';
import { isPlainObject, setNested } from './nest.js';
import { beginning, kindOf, nameOf } from './shown.js';
import type { ReadOptions, WeightedContext } from '../contexts.js';

/** The weight's column, where none is named. */
export const DEFAULT_WEIGHT = '$weight';

/**
 * A context out of what a line of JSON holds.
 * @param options - `weight`: the name that the row must have a weight under; undefined: `$weight`, and 1 where there is none
 * @returns Why it is none
 */
export function readObject(row: unknown, { key, weight }: Named): WeightedContext | string {
  if (!isPlainObject(row)) return `expected a JSON object such as {"targetingKey": "u-1"}, found ${kindOf(row)}`;
  const column = weight ?? DEFAULT_WEIGHT;
  const names = Object.keys(row);
  // Most rows are nothing but attributes: a copy would cost as much as reading them.
  if (key === undefined && names.every((name) => isAttribute(name, column))) return weigh(row, undefined, weight);
  const context: Record<string, unknown> = {};
  for (const name of names) {
    if (name === '__proto__') return PROTO;
    const to = attributeOf(name, key);
    if (to !== undefined && isAttribute(name, column)) context[to] = row[name];
  }
  return weigh(context, Object.hasOwn(row, column) ? row[column] : undefined, weight);
}

/** What of the options a row is read by. */
type Named = Pick<ReadOptions, 'key' | 'weight'>;

const KEY = 'targetingKey';

/** The attribute that a name becomes; undefined of a targeting key in whose place another column was named. */
function attributeOf(name: string, key: string | undefined): string | undefined {
  if (key === undefined || key === KEY) return name;
  if (name === key) return KEY;
  return name === KEY ? undefined : name;
}

function isAttribute(name: string, column: string): boolean {
  return name !== column && !name.startsWith('$') && name !== '__proto__';
}

/**
 * A context out of a row's cells: an empty cell is no attribute (null, and NaN, by which programs without null say that
 * there is no number), and a weight may be text.
 * @param paths - Keeps what the columns' names lead to, for the rows of a batch
 */
export function readCells(
  row: Readonly<Record<string, unknown>>,
  { key, weight }: Named,
  paths: Map<string, readonly string[]>,
): WeightedContext | string {
  const column = weight ?? DEFAULT_WEIGHT;
  const context: Record<string, unknown> = {};
  for (const name of Object.keys(row)) {
    const cell = row[name];
    if (cell === undefined || cell === null || Number.isNaN(cell) || name === column || name.startsWith('$')) continue;
    let path = paths.get(name);
    if (path === undefined) paths.set(name, (path = attributeOf(name, key)?.split('.') ?? []));
    if (path.length === 0) continue;
    if (!setNested(context, path, cell)) return `its column ${nameOf(name)} can't be there beside the others`;
  }
  const given = Object.hasOwn(row, column) ? (row[column] ?? undefined) : undefined;
  return weigh(context, typeof given === 'string' ? (readDecimal(given) ?? given) : given, weight);
}

/** @param given - The row's own weight; undefined where it has none */
function weigh(context: Record<string, unknown>, given: unknown, weight: string | undefined): WeightedContext | string {
  const problem = keyProblem(context) ?? walk(context, MAX_DEPTH, { attributes: MAX_ATTRIBUTES });
  if (problem !== undefined) return problem;
  if (given === undefined) {
    return weight === undefined
      ? { context, weight: 1, isWeighted: false }
      : `it has no weight: ${nameOf(weight)} is missing in it`;
  }
  // Of NaN neither holds.
  if (typeof given === 'number' && given >= MIN_WEIGHT && given <= MAX_WEIGHT) {
    return { context, weight: given, isWeighted: true };
  }
  return `its weight must be a finite number above 0${bound(given)}, found ${weightFound(given)}`;
}

/** The bound that a number above 0 crosses. */
function bound(given: unknown): string {
  if (!Number.isFinite(given) || !((given as number) > 0)) return '';
  return (given as number) > MAX_WEIGHT ? `, at most ${MAX_WEIGHT.toLocaleString('en')}` : `, at least ${MIN_WEIGHT}`;
}

const PROTO = 'it has an attribute __proto__, which no attribute may be called';

function weightFound(weight: unknown): string {
  if (typeof weight === 'number') return String(weight);
  return typeof weight === 'string' ? `the text ${beginning(weight)}` : kindOf(weight);
}

/** Takes an empty key out: it can't be hashed, like one that is not there. */
function keyProblem(context: Record<string, unknown>): string | undefined {
  const key = context[KEY];
  if (typeof key === 'string' ? key !== '' : Number.isSafeInteger(key)) return undefined;
  if (key === undefined || key === null || key === '') {
    if (Object.hasOwn(context, KEY)) delete context[KEY];
    return undefined;
  }
  const expected = 'its targetingKey must be text or a whole number up to 2^53';
  if (typeof key !== 'number') return `${expected}, found ${kindOf(key)}`;
  return `${expected}, found ${Number.isInteger(key) ? 'a larger one; write it as text' : 'another number'}`;
}

/** An object's or a list's inner values; what is neither has none. */
function walk(value: object, depth: number, left: { attributes: number }): string | undefined {
  if (value instanceof Date) return sayable(value) ? undefined : `it has a date ${BEYOND_DATES}`;
  if (depth === 0) return `it is nested deeper than ${MAX_DEPTH} levels`;
  const isList = Array.isArray(value);
  for (const name of isList ? value.keys() : Object.keys(value)) {
    if (name === '__proto__') return PROTO;
    if (!isList && (left.attributes -= 1) < 0) return `it has more than ${MAX_ATTRIBUTES} attributes`;
    const inner: unknown = (value as Record<string | number, unknown>)[name];
    const problem = typeof inner === 'object' && inner !== null ? walk(inner, depth - 1, left) : numberProblem(inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** JSON can write numbers that no program has, `1e999`, and can't write what they become. */
function numberProblem(value: unknown): string | undefined {
  return typeof value !== 'number' || Number.isFinite(value) ? undefined : 'it has a number that is not finite';
}

const BEYOND_DATES = "that RFC 3339 can't write: its years are 0000 to 9999";

function sayable(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999;
}
