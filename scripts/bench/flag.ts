/** A flag of the benchmark in nobody's format: each side translates it into its own, so that all are asked the same. */

/** Whom a flag is evaluated for. */
export interface BenchContext {
  readonly targetingKey: string;
  readonly country: string;
  readonly plan: string;
  readonly email: string;
  readonly appVersion: string;
  readonly age: number;
}

/** One condition on one attribute. */
export type BenchCondition =
  | { readonly attribute: TextAttribute; readonly operator: 'equals' | 'endsWith'; readonly operand: string }
  | { readonly attribute: TextAttribute; readonly operator: 'in'; readonly operand: readonly string[] }
  /** The operand is a full version, and so is the attribute. */
  | { readonly attribute: 'appVersion'; readonly operator: 'versionAtLeast'; readonly operand: string }
  | { readonly attribute: 'age'; readonly operator: 'above'; readonly operand: number };

type TextAttribute = 'targetingKey' | 'country' | 'plan' | 'email';

/** Holds where all of its conditions do, which are to be looked at in their order. */
export type BenchRule = readonly BenchCondition[];

/** What a flag serves. */
export type BenchFlag = { readonly key: string } & (
  | { readonly serves: 'true' }
  /** True where a rule holds, which are to be looked at in their order; else false. */
  | { readonly serves: 'rules'; readonly rules: readonly BenchRule[] }
  /** True for half of the targeting keys, which half is each side's own affair; else false. */
  | { readonly serves: 'half' }
  | { readonly serves: 'object'; readonly value: BenchObject }
);

/** A value that is a mapping. */
export interface BenchObject {
  readonly [name: string]: string | number | readonly string[] | BenchObject;
}

/** What a flag must give, by a plain reading of it; undefined for `half`. */
export function expectedValue(flag: BenchFlag, context: BenchContext): unknown {
  switch (flag.serves) {
    case 'true':
      return true;
    case 'rules':
      return flag.rules.some((rule) => rule.every((condition) => holds(condition, context)));
    case 'object':
      return flag.value;
    case 'half':
      return undefined;
  }
}

function holds(condition: BenchCondition, context: BenchContext): boolean {
  switch (condition.operator) {
    case 'equals':
      return context[condition.attribute] === condition.operand;
    case 'endsWith':
      return context[condition.attribute].endsWith(condition.operand);
    case 'in':
      return condition.operand.includes(context[condition.attribute]);
    case 'versionAtLeast':
      return compareVersions(context.appVersion, condition.operand) >= 0;
    case 'above':
      return context.age > condition.operand;
  }
}

function compareVersions(left: string, right: string): number {
  const [leftParts, rightParts] = [left, right].map((version) => version.split('.').map(Number)) as [
    number[],
    number[],
  ];
  const differing = leftParts.findIndex((part, index) => part !== rightParts[index]);
  return differing < 0 ? 0 : Number(leftParts[differing]) - Number(rightParts[differing]);
}
