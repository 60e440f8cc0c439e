/** The operators of a condition in JsonLogic, with the engine's meaning: none of them coerces, and none throws. */
import type { OperatorsDocument, Scalar } from '../../provider/engine/index.js';
import { isFiniteNumber, isString } from './attribute.js';
import { or, type Logic } from './logic.js';
import { rangeProblem, versionWithin } from './version-range.js';

/** What flagd has no operation for, with the reason. */
type Inexpressible = 'matches' | 'before' | 'after';

type Factories = {
  readonly [Name in Exclude<keyof OperatorsDocument, Inexpressible>]-?: (
    value: Logic,
    operand: NonNullable<OperatorsDocument[Name]>,
  ) => readonly Logic[];
};

/** Each operator as conditions that must hold in this order: guards of the type first, then the comparison. */
const factories: Factories = {
  equals: (value, operand) => [{ '===': [value, operand] }],
  in: (value, operand) => [{ in: [value, operand] }],
  notIn: (value, operand) => [{ '!': [{ in: [value, operand] }] }],
  startsWith: (value, operand) => [or(listOf(operand).map((part) => ({ starts_with: [value, part] })))],
  endsWith: (value, operand) => [or(listOf(operand).map((part) => ({ ends_with: [value, part] })))],
  contains: (value, operand) => [contains(value, listOf(operand))],
  gt: (value, operand) => [...isFiniteNumber(value), { '>': [value, operand] }],
  gte: (value, operand) => [...isFiniteNumber(value), { '>=': [value, operand] }],
  lt: (value, operand) => [...isFiniteNumber(value), { '<': [value, operand] }],
  lte: (value, operand) => [...isFiniteNumber(value), { '<=': [value, operand] }],
  semver: versionWithin,
  exists: (value, operand) => [{ [operand ? '!==' : '===']: [value, null] }],
};

const inexpressible: Readonly<Record<Inexpressible, string>> = {
  matches: 'flagd has no regular expressions',
  before: 'flagd has no dates',
  after: 'flagd has no dates',
};

/** An operator on a value as conditions that must all hold, or why flagd can't express it. */
export function compileOperator(value: Logic, name: string, operand: unknown): readonly Logic[] | { problem: string } {
  if (Object.hasOwn(inexpressible, name)) return { problem: inexpressible[name as Inexpressible] };
  const problem = name === 'semver' ? rangeProblem(operand as string) : undefined;
  if (problem !== undefined) return { problem };
  const factory = factories[name as keyof Factories] as (value: Logic, operand: unknown) => readonly Logic[];
  return factory(value, operand);
}

/**
 * `merge` makes a list of one of whatever is no list, so that searching it never throws; it then finds a scalar by
 * equality. A string that equals a part contains it; a number or boolean does not, so it is excluded.
 */
function contains(value: Logic, parts: readonly Scalar[]): Logic {
  const strings = parts.filter((part) => typeof part === 'string');
  const others = parts.filter((part) => typeof part !== 'string');
  const isElement = (part: Scalar): Logic => ({ in: [part, { merge: [value] }] });
  const isSubstring = or(strings.map((part) => ({ in: [part, value] })));
  return or([
    or(strings.map(isElement)),
    ...(strings.length === 0 ? [] : [{ and: [isString(value), isSubstring] }]),
    ...(others.length === 0 ? [] : [{ and: [{ '!': [{ in: [value, others] }] }, or(others.map(isElement))] }]),
  ]);
}

function listOf<T extends Scalar>(operand: T | readonly T[]): readonly T[] {
  return Array.isArray(operand) ? operand : [operand as T];
}
