/** What the schema can't say of a condition: attribute names, and operands that must compile. */
import { compilePattern, parseInstant, parseRange, type ConditionDocument } from '../../engine/index.js';
import type { Pointer, UnplacedProblem } from '../problem.js';

/** From this many entries on a list is better off as a segment by attribute. */
const LARGE_LIST = 1_000;

/** A problem but for its file. */
export type Finding = Omit<UnplacedProblem, 'file'>;

/** Checks a condition and all within it. */
export function checkCondition(when: ConditionDocument, pointer: Pointer): readonly Finding[] {
  return Object.entries(when).flatMap(([key, operand]) => {
    const at = [...pointer, key];
    if (key === 'segment') return [];
    if (key === 'not') return checkCondition(operand as ConditionDocument, at);
    if (key === 'any' || key === 'all') {
      return (operand as readonly ConditionDocument[]).flatMap((inner, index) => checkCondition(inner, [...at, index]));
    }
    return [...checkAttributePath(key, at, 'key'), ...checkOperand(operand, at)];
  });
}

/** Checks an attribute's path: dots separate its parts, none of which may be empty. */
export function checkAttributePath(path: string, pointer: Pointer, at: 'key' | 'value'): readonly Finding[] {
  if (path.split('.').every((part) => part !== '' && part !== '__proto__')) return [];
  return [
    {
      code: 'attribute-invalid',
      pointer,
      at,
      message: `\`${path}\` is not the name of an attribute`,
      found: path === '' ? 'an empty name' : 'an empty or forbidden part',
      expected: 'parts separated by single dots, none of them empty or `__proto__`',
      fix: 'write the path as the application sends it, such as `user.plan`',
    },
  ];
}

/** The names of the segments that a condition refers to, and where it does. */
export function segmentReferences(
  when: ConditionDocument,
  pointer: Pointer,
): readonly { readonly name: string; readonly pointer: Pointer }[] {
  return Object.entries(when).flatMap(([key, operand]) => {
    const at = [...pointer, key];
    if (key === 'not') return segmentReferences(operand as ConditionDocument, at);
    if (key === 'any' || key === 'all') {
      return (operand as readonly ConditionDocument[]).flatMap((inner, index) => segmentReferences(inner, [...at, index]));
    }
    if (key !== 'segment') return [];
    if (typeof operand === 'string') return [{ name: operand, pointer: at }];
    return (operand as readonly string[]).map((name, index) => ({ name, pointer: [...at, index] }));
  });
}

function checkOperand(operand: unknown, pointer: Pointer): readonly Finding[] {
  if (Array.isArray(operand)) return checkList(operand, pointer);
  if (typeof operand !== 'object' || operand === null) return [];
  return Object.entries(operand).flatMap(([name, value]) => {
    const at = [...pointer, name];
    if (Array.isArray(value)) return checkList(value, at);
    return operandChecks.get(name)?.(value as string, at) ?? [];
  });
}

function checkList(list: readonly unknown[], pointer: Pointer): readonly Finding[] {
  if (list.length < LARGE_LIST) return [];
  return [
    {
      code: 'list-large',
      severity: 'warning',
      pointer,
      message: `a list of ${list.length} entries is hard to review`,
      found: `${list.length} entries`,
      expected: `fewer than ${LARGE_LIST}`,
      fix: 'let the application send an attribute that says it, and compare with that',
    },
  ];
}

type OperandCheck = (operand: string, pointer: Pointer) => readonly Finding[];

const operandChecks: ReadonlyMap<string, OperandCheck> = new Map<string, OperandCheck>([
  ['matches', checkPattern],
  ['semver', checkRange],
  ['before', checkInstant],
  ['after', checkInstant],
]);

/** Checks that a pattern is one that the linear-time engine takes. */
export function checkPattern(pattern: string, pointer: Pointer): readonly Finding[] {
  try {
    compilePattern(pattern);
    return [];
  } catch (error) {
    return [
      {
        code: 'pattern-invalid',
        pointer,
        message: 'this is no regular expression in RE2 syntax',
        found: error instanceof Error ? error.message : String(error),
        expected: 'RE2 syntax: no look-around, no back-references',
        fix: 'rewrite the pattern, or use startsWith, endsWith, contains or a list',
      },
    ];
  }
}

function checkRange(range: string, pointer: Pointer): readonly Finding[] {
  if (parseRange(range) !== undefined) return [];
  return [
    {
      code: 'semver-invalid',
      pointer,
      message: 'this is no range of versions',
      found: range,
      expected: 'comparators (= != < <= > >= ^ ~ and a version) separated by spaces; alternatives separated by ||',
      fix: 'write for example ">=4.2.0 <5.0.0", without a space after the comparator',
    },
  ];
}

function checkInstant(text: string, pointer: Pointer): readonly Finding[] {
  if (!Number.isNaN(parseInstant(text))) return [];
  return [
    {
      code: 'instant-invalid',
      pointer,
      message: 'this is no date or date-time',
      found: text,
      expected: 'RFC 3339: 2027-03-01 (midnight UTC) or 2027-03-01T09:00:00Z',
      fix: 'write the date-time with its offset',
    },
  ];
}
