/** What the schema can't say of one flag's file by itself. What it refers to in other files is `references.ts`'s. */
import {
  defaultVariantOf,
  kindOf,
  variantsOf,
  type EnvironmentDocument,
  type FlagDocument,
  type RuleDocument,
  type ValueKind,
} from '../../engine/index.js';
import { backticked } from '../excerpt.js';
import type { Pointer } from '../problem.js';
import { checkCondition, type Finding } from './condition.js';
import { checkRollout, checkVariant, type VariantNames } from './rollout.js';

/** Checks a flag that the schema has admitted. */
export function checkFlag(flag: FlagDocument): readonly Finding[] {
  const variants = { names: [...variantsOf(flag).keys()], defaultVariant: defaultVariantOf(flag) };
  const findings = [...checkVariantNames(variants), ...checkKinds(flag), ...checkDefault(variants)];
  for (const [name, environment] of Object.entries(flag.environments ?? {})) {
    findings.push(...checkEnvironment(environment, ['environments', name], variants));
  }
  return findings;
}

/** The order of the variants decides who gets which, and no JavaScript object keeps the order of such names. */
function checkVariantNames({ names }: VariantNames): readonly Finding[] {
  return names
    .filter((name) => /^(0|[1-9][0-9]*)$/.test(name))
    .map((name) => ({
      code: 'invalid-name' as const,
      pointer: ['variants', name],
      at: 'key' as const,
      message: 'a whole number is no name of a variant',
      found: `\`${name}\``,
      expected: 'a name with something besides digits',
      fix: `call it \`v${name}\`, say`,
    }));
}

function checkKinds({ variants }: FlagDocument): readonly Finding[] {
  if (variants === undefined) return [];
  const kind = kindOf({ variants });
  return Object.entries(variants).flatMap(([name, value]) => {
    const own = kindOf({ variants: { [name]: value } });
    if (own === kind) return [];
    return [
      {
        code: 'variant-kind' as const,
        pointer: ['variants', name],
        message: `all variants of a flag are of one kind, and ${backticked(name)} is not of the first one’s`,
        found: kindNames[own],
        expected: kindNames[kind],
        fix: 'give all variants the same kind; a number in quotes is a string',
      },
    ];
  });
}

const kindNames: Readonly<Record<ValueKind, string>> = {
  boolean: 'true or false',
  string: 'a string',
  number: 'a number',
  object: 'a map or a list',
};

function checkDefault({ names, defaultVariant }: VariantNames): readonly Finding[] {
  if (defaultVariant !== null) return checkVariant(defaultVariant, ['default'], names);
  return [
    {
      code: 'default-null',
      severity: 'warning',
      pointer: ['default'],
      message: 'what is served when this flag is off is written in every caller, out of the reviewer’s sight',
      found: 'null',
      expected: 'the name of a variant',
      fix: 'name the variant that the system can run on indefinitely',
    },
  ];
}

function checkEnvironment(
  environment: EnvironmentDocument,
  pointer: Pointer,
  variants: VariantNames,
): readonly Finding[] {
  const { rules = [], rollout } = environment;
  const findings: Finding[] = [];
  for (const [index, rule] of rules.entries()) {
    findings.push(...checkRule(rule, [...pointer, 'rules', index], variants));
  }
  findings.push(...checkRuleNames(rules, pointer), ...checkReachable(environment, pointer));
  if (rollout !== undefined) findings.push(...checkRollout(rollout, [...pointer, 'rollout'], variants));
  return findings;
}

function checkRule(
  { when, serve, rollout }: RuleDocument,
  pointer: Pointer,
  variants: VariantNames,
): readonly Finding[] {
  const findings = [...checkCondition(when, [...pointer, 'when'])];
  if (serve !== undefined) findings.push(...checkVariant(String(serve), [...pointer, 'serve'], variants.names));
  if (rollout !== undefined) findings.push(...checkRollout(rollout, [...pointer, 'rollout'], variants));
  return findings;
}

function checkRuleNames(rules: readonly RuleDocument[], pointer: Pointer): readonly Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const [index, { name }] of rules.entries()) {
    if (seen.has(name)) findings.push(duplicateRule(name, [...pointer, 'rules', index, 'name']));
    seen.add(name);
  }
  return findings;
}

const duplicateRule = (name: string, pointer: Pointer): Finding => ({
  code: 'duplicate-rule',
  pointer,
  message: `there are two rules \`${name}\` in this environment`,
  found: `\`${name}\` again`,
  expected: 'a name of its own for each rule',
  fix: 'rename one of them',
});

/** A rule whose condition is empty ends every decision, so nothing may stand behind it. */
function checkReachable({ rules = [], rollout }: EnvironmentDocument, pointer: Pointer): readonly Finding[] {
  const last = rules.findIndex(({ when }) => Object.keys(when).length === 0);
  const [catchAll, next] = [rules[last], rules[last + 1]];
  if (catchAll === undefined || (next === undefined && rollout === undefined)) return [];
  const isRollout = next === undefined;
  return [
    {
      code: 'unreachable',
      pointer: isRollout ? [...pointer, 'rollout'] : [...pointer, 'rules', last + 1, 'name'],
      at: isRollout ? 'key' : 'value',
      message: isRollout ? 'this rollout is never reached' : 'this rule, and what follows it, is never reached',
      found: `\`when: {}\`, which matches every context, in the rule \`${catchAll.name}\` before it`,
      expected: 'a rule with an empty condition in the last place, and no rollout after it',
      fix: `remove what is behind \`${catchAll.name}\`, or give that rule a condition`,
    },
  ];
}
