/** A condition in JsonLogic. */
import type { ConditionDocument, JsonValue, OperatorsDocument } from '../../provider/engine/index.js';
import { attribute, pathProblem } from './attribute.js';
import { and, not, or, type Logic } from './logic.js';
import { compileOperator } from './operators.js';

/** What a condition finds around it. */
export interface ConditionScope {
  segment(name: string): Logic;
  /** Notes why flagd can't express something; what is compiled in its place is never used. */
  refuse(reason: string): void;
}

/** Compiles a condition; one that flagd can't express is refused, and `false` stands in its place. */
export function compileCondition(condition: ConditionDocument, scope: ConditionScope): Logic {
  return and(Object.entries(condition).flatMap(([key, operand]) => compileEntry(key, operand, scope)));
}

function compileEntry(key: string, operand: ConditionDocument[string], scope: ConditionScope): readonly Logic[] {
  const nested = (): Logic[] =>
    (operand as readonly ConditionDocument[]).map((condition) => compileCondition(condition, scope));
  switch (key) {
    case 'segment':
      return [or([operand].flat().map((name) => scope.segment(name as string)))];
    case 'any':
      return [or(nested())];
    case 'all':
      return [and(nested())];
    case 'not':
      return [not(compileCondition(operand as ConditionDocument, scope))];
    default:
      return compileAttribute(key, operand as JsonValue | OperatorsDocument, scope);
  }
}

function compileAttribute(path: string, operand: JsonValue | OperatorsDocument, scope: ConditionScope) {
  const problem = pathProblem(path);
  if (problem !== undefined) scope.refuse(`the attribute \`${path}\`: ${problem}`);
  return Object.entries(operatorsOf(operand)).flatMap(([name, value]): readonly Logic[] => {
    const compiled = compileOperator(attribute(path), name, value);
    if (!('problem' in compiled)) return compiled;
    scope.refuse(`\`${name}\` on \`${path}\`: ${compiled.problem}`);
    return [false];
  });
}

function operatorsOf(operand: JsonValue | OperatorsDocument): object {
  if (Array.isArray(operand)) return { in: operand };
  return typeof operand === 'object' && operand !== null ? operand : { equals: operand };
}
