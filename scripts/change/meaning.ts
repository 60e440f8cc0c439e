/** When two parts of a flag file mean the same. */
import { canonical, type ConditionDocument, type JsonValue } from '../../provider/engine/index.js';

/** Operators that hold for any, or none, of a list, in whichever order it is written. */
export const LIST_OPERATORS: ReadonlySet<string> = new Set(['in', 'notIn', 'startsWith', 'endsWith', 'contains']);

/** An attribute's operators, by name; a scalar and a list are `in`, and a list operator's operand is a list. */
export type Operators = ReadonlyMap<string, JsonValue>;

/** The operators that an attribute's operand stands for. */
export function operatorsOf(operand: JsonValue): Operators {
  if (Array.isArray(operand)) return new Map([['in', operand as JsonValue]]);
  if (typeof operand !== 'object' || operand === null) return new Map([['in', [operand]]]);
  const entries = Object.entries(operand).map(([name, value]): [string, JsonValue] =>
    LIST_OPERATORS.has(name) && !Array.isArray(value) ? [name, [value]] : [name, value],
  );
  const operators = new Map(entries);
  const equals = operators.get('equals');
  if (equals === undefined || operators.has('in')) return operators;
  operators.delete('equals');
  return operators.set('in', [equals]);
}

/** The members of a list, told apart by kind and value. */
export function membersOf(list: JsonValue): ReadonlyMap<string, JsonValue> {
  return new Map((list as readonly JsonValue[]).map((member) => [JSON.stringify(member), member]));
}

/** A text that is the same for two conditions whose entries are the same, however they are written. */
export function conditionMeaning(when: ConditionDocument): string {
  return canonical(entryMeanings(when));
}

function entryMeanings(when: ConditionDocument): JsonValue {
  return Object.entries(when)
    .map(([key, operand]): readonly [string, JsonValue] => [key, entryMeaning(key, operand as JsonValue)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A text that is the same for two operands of one key that mean the same. */
export function operandMeaning(key: string, operand: JsonValue): string {
  return canonical(entryMeaning(key, operand));
}

function entryMeaning(key: string, operand: JsonValue): JsonValue {
  if (key === 'not') return entryMeanings(operand as ConditionDocument);
  if (key === 'any' || key === 'all') {
    return sorted((operand as unknown as readonly ConditionDocument[]).map((part) => conditionMeaning(part)));
  }
  if (key === 'segment') return sorted([operand].flat() as readonly string[]);
  return [...operatorsOf(operand)]
    .map(([name, value]): [string, JsonValue] => [
      name,
      LIST_OPERATORS.has(name) ? sorted([...membersOf(value).keys()]) : value,
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
