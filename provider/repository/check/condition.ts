/** What the schema can't say of a condition: operands that must compile. */
import { compilePattern, parseRange, type ConditionDocument } from '../../engine/index.js';
import { excerpt } from '../excerpt.js';
import type { Pointer, UnplacedProblem } from '../problem.js';

/** A problem but for its file. */
export type Finding = Omit<UnplacedProblem, 'file'>;

/** Checks a condition and all within it. */
export function checkCondition(when: ConditionDocument, pointer: Pointer): readonly Finding[] {
  const findings: Finding[] = [];
  for (const key of Object.keys(when)) {
    const operand = when[key];
    // Most operands are one value, or a list of them, and need no pointer.
    if (key === 'segment' || typeof operand !== 'object' || operand === null) continue;
    if (key === 'not') findings.push(...checkCondition(operand as ConditionDocument, [...pointer, key]));
    else if (key === 'any' || key === 'all') {
      for (const [index, inner] of (operand as readonly ConditionDocument[]).entries()) {
        findings.push(...checkCondition(inner, [...pointer, key, index]));
      }
    } else if (!Array.isArray(operand)) findings.push(...checkOperators(operand, [...pointer, key]));
  }
  return findings;
}

function checkOperators(operators: object, pointer: Pointer): readonly Finding[] {
  return Object.entries(operators).flatMap(
    ([name, value]) => operandChecks.get(name)?.(value as string, [...pointer, name]) ?? [],
  );
}

type OperandCheck = (operand: string, pointer: Pointer) => readonly Finding[];

const operandChecks: ReadonlyMap<string, OperandCheck> = new Map<string, OperandCheck>([
  ['matches', (pattern, pointer) => checkPattern(pattern, pointer)],
  ['semver', checkRange],
]);

/** Checks that a pattern is one that the linear-time engine takes. */
export function checkPattern(
  pattern: string,
  pointer: Pointer,
  fix = 'rewrite the pattern, or use startsWith, endsWith, contains or a list',
): readonly Finding[] {
  try {
    compilePattern(pattern);
    return [];
  } catch (error) {
    return [
      {
        code: 'pattern-invalid',
        pointer,
        message: 'this is no regular expression in RE2 syntax',
        found: error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error),
        expected: 'RE2 syntax: no look-around, no back-references',
        fix,
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
      found: excerpt(range),
      expected: 'comparators (= != < <= > >= ^ ~ and a version) separated by spaces; alternatives separated by ||',
      fix: 'write for example ">=4.2.0 <5.0.0", without a space after the comparator',
    },
  ];
}
