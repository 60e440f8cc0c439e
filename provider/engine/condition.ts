/** A condition document as a closure over the evaluation context. */
import type { ConditionDocument, JsonValue, OperatorsDocument } from './documents.js';
import { operators, type ValueTest } from './operators.js';
import type { EvaluationContext } from './types.js';

/** Whether a context satisfies a condition. Pure. */
export type Predicate = (context: EvaluationContext) => boolean;

/** The compiled condition of a segment, by its name. */
export type SegmentLookup = (name: string) => Predicate;

const always: Predicate = () => true;

/** Makes the predicate of one attribute. */
export type TestMaker = (path: string, operand: JsonValue | OperatorsDocument) => Predicate;

/** Compiles a condition; all its entries must hold, so an empty one always does. */
export function compileCondition(
  condition: ConditionDocument,
  segment: SegmentLookup,
  test: TestMaker = compileAttribute,
): Predicate {
  return every(Object.entries(condition).map(([key, operand]) => compileEntry(key, operand, segment, test)));
}

function compileEntry(
  key: string,
  operand: ConditionDocument[string],
  segment: SegmentLookup,
  test: TestMaker,
): Predicate {
  switch (key) {
    case 'segment':
      return some((Array.isArray(operand) ? operand : [operand]).map((name) => segment(name as string)));
    case 'any':
      return some(compileAll(operand, segment, test));
    case 'all':
      return every(compileAll(operand, segment, test));
    case 'not':
      return not(compileCondition(operand as ConditionDocument, segment, test));
    default:
      return test(key, operand as JsonValue | OperatorsDocument);
  }
}

function compileAll(conditions: unknown, segment: SegmentLookup, test: TestMaker): Predicate[] {
  return (conditions as readonly ConditionDocument[]).map((condition) => compileCondition(condition, segment, test));
}

/** Compiles what a condition asks of one attribute. */
export function compileAttribute(path: string, operand: JsonValue | OperatorsDocument): Predicate {
  return everyTest(attributeReader(path), valueTests(operand));
}

// A closure keeps alive whatever the function around it shares with any closure, the whole document too. So those
// that serve are made by functions that know nothing else.

function everyTest(read: (context: EvaluationContext) => unknown, tests: readonly ValueTest[]): Predicate {
  const [first, ...others] = tests;
  if (first !== undefined && others.length === 0) return (context) => first(read(context));
  return (context) => {
    const value = read(context);
    for (const test of tests) if (!test(value)) return false;
    return true;
  };
}

function valueTests(operand: JsonValue | OperatorsDocument): readonly ValueTest[] {
  if (Array.isArray(operand)) return [operators.in(operand)];
  if (typeof operand !== 'object' || operand === null) return [operators.equals(operand as string)];
  const factories = operators as Readonly<Record<string, (operand: unknown) => ValueTest>>;
  return Object.entries(operand).map(([name, value]) => (factories[name] as (operand: unknown) => ValueTest)(value));
}

/**
 * Reads an attribute by its path: own properties only, through objects and never into lists, so that neither
 * `constructor` nor `length` is ever an attribute by accident. Undefined where it is missing.
 */
export function attributeReader(path: string): AttributeReader {
  const known = readers.get(path);
  if (known !== undefined) return known;
  const reader = makeReader(path);
  if (readers.size >= MAX_READERS) readers.clear();
  readers.set(path, reader);
  return reader;
}

type AttributeReader = (context: EvaluationContext) => unknown;

/** As many attributes as an application has, and more. */
const MAX_READERS = 1_000;

/** Ten thousand flags read a few attributes: each has one reader, which is at hand when the next flag needs it. */
const readers = new Map<string, AttributeReader>();

function makeReader(path: string): AttributeReader {
  const [first = '', ...others] = path.split('.');
  if (others.length === 0) return (context) => (Object.hasOwn(context, first) ? context[first] : undefined);
  const parts = [first, ...others];
  return (context) => {
    let value: unknown = context;
    for (const part of parts) {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, part)) {
        return undefined;
      }
      value = (value as Record<string, unknown>)[part];
    }
    return value;
  };
}

function not(inner: Predicate): Predicate {
  return (context) => !inner(context);
}

function every(predicates: readonly Predicate[]): Predicate {
  const [first, second] = predicates;
  if (first === undefined) return always;
  if (second === undefined) return first;
  if (predicates.length === 2) return (context) => first(context) && second(context);
  return (context) => {
    for (const predicate of predicates) if (!predicate(context)) return false;
    return true;
  };
}

function some(predicates: readonly Predicate[]): Predicate {
  const [first] = predicates;
  if (first !== undefined && predicates.length === 1) return first;
  return (context) => {
    for (const predicate of predicates) if (predicate(context)) return true;
    return false;
  };
}
