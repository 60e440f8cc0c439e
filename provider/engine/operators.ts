/** The operators of a condition: one record, operator name to predicate factory. No operator coerces. */
import { RE2JS } from 're2js';
import type { OperatorsDocument, Scalar } from './documents.js';
import { instantOf, parseInstant } from './instant.js';
import { rangeTest } from './semver.js';

/** Whether an attribute's value, undefined where it is missing, satisfies an operator. */
export type ValueTest = (value: unknown) => boolean;

/** Longest attribute that `matches` looks at, in UTF-16 units; a longer one does not match. Bounds an evaluation's time. */
export const MAX_MATCHED_LENGTH = 4_096;

type Factories = {
  readonly [Name in keyof Required<OperatorsDocument>]: (operand: NonNullable<OperatorsDocument[Name]>) => ValueTest;
};

/** Makes the predicate of each operator from its operand, which the schema has admitted. */
export const operators: Factories = {
  equals: (operand) => (value) => value === operand,
  in: (operand) => {
    const members = new Set<unknown>(operand);
    return (value) => members.has(value);
  },
  notIn: (operand) => {
    const members = new Set<unknown>(operand);
    return (value) => !members.has(value);
  },
  startsWith: (operand) => anyString(operand, (value, part) => value.startsWith(part)),
  endsWith: (operand) => anyString(operand, (value, part) => value.endsWith(part)),
  contains: (operand) => {
    const parts = listOf(operand);
    const isSubstring = anyString(
      parts.filter((part) => typeof part === 'string'),
      (value, part) => value.includes(part),
    );
    return (value) => {
      if (!Array.isArray(value)) return isSubstring(value);
      for (const part of parts) if (value.includes(part)) return true;
      return false;
    };
  },
  matches: (operand) => {
    const pattern = compilePattern(operand);
    return (value) => typeof value === 'string' && value.length <= MAX_MATCHED_LENGTH && pattern.test(value);
  },
  gt: (operand) => (value) => isFinite(value) && value > operand,
  gte: (operand) => (value) => isFinite(value) && value >= operand,
  lt: (operand) => (value) => isFinite(value) && value < operand,
  lte: (operand) => (value) => isFinite(value) && value <= operand,
  before: (operand) => {
    const instant = parseInstant(operand);
    return (value) => instantOf(value) < instant;
  },
  after: (operand) => {
    const instant = parseInstant(operand);
    return (value) => instantOf(value) > instant;
  },
  semver: (operand) => {
    const isWithin = rangeTest(operand);
    return (value) => typeof value === 'string' && isWithin(value);
  },
  exists: (operand) => (value) => (value !== undefined && value !== null) === operand,
};

/** A pattern in RE2 syntax, which runs in time linear in its input. @throws where RE2 refuses it, saying why. */
export function compilePattern(pattern: string): { test(input: string): boolean } {
  return RE2JS.compile(pattern);
}

const isFinite = (value: unknown): value is number => Number.isFinite(value);

function listOf<T extends Scalar>(operand: T | readonly T[]): readonly T[] {
  return Array.isArray(operand) ? operand : [operand as T];
}

function anyString(operand: string | readonly string[], test: (value: string, part: string) => boolean): ValueTest {
  const parts = listOf(operand);
  return (value) => {
    if (typeof value !== 'string') return false;
    for (const part of parts) if (test(value, part)) return true;
    return false;
  };
}
