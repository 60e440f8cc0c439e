/** What the schema can't say of one flag's file by itself. What it refers to in other files is `references.ts`'s. */
import {
  defaultVariantOf,
  kindOf,
  variantsOf,
  type EnvironmentDocument,
  type FlagDocument,
  type JsonValue,
} from '../../engine/index.js';
import type { Pointer } from '../problem.js';
import { checkAttributePath, checkCondition, type Finding } from './condition.js';
import { checkRollout, checkVariant, type VariantNames } from './rollout.js';

/** Checks a flag that the schema has admitted. */
export function checkFlag(flag: FlagDocument): readonly Finding[] {
  const variants = { names: [...variantsOf(flag).keys()], defaultVariant: defaultVariantOf(flag) };
  return [
    ...checkKinds(flag),
    ...checkDefault(flag, variants),
    ...(flag.bucketBy === undefined ? [] : checkBucketBy(flag.bucketBy)),
    ...Object.entries(flag.environments ?? {}).flatMap(([name, environment]) =>
      checkEnvironment(environment, ['environments', name], variants),
    ),
  ];
}

function checkKinds(flag: FlagDocument): readonly Finding[] {
  const kind = kindOf(flag);
  return Object.entries(flag.variants ?? {}).flatMap(([name, value]) => {
    const own = kindName(value);
    if (own === kind) return [];
    return [
      {
        code: 'variant-kind' as const,
        pointer: ['variants', name],
        message: `the variants of a flag are all of one kind, but \`${name}\` is ${own} where the first is ${kind}`,
        found: own,
        expected: kind,
        fix: 'give all variants the same kind; a number in quotes is a string',
      },
    ];
  });
}

function kindName(value: JsonValue): string {
  return kindOf({ variants: { value } } as unknown as FlagDocument);
}

function checkDefault(flag: FlagDocument, { names, defaultVariant }: VariantNames): readonly Finding[] {
  if (flag.default === undefined && flag.variants !== undefined) {
    return [
      {
        code: 'default-missing',
        pointer: ['variants'],
        at: 'key',
        message: 'a flag with variants names the one to fall back on',
        found: 'no `default`',
        expected: `\`default\`, one of ${names.join(', ')}`,
        fix: 'add `default:` with the variant that the system can run on indefinitely',
      },
    ];
  }
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

function checkBucketBy(path: string): readonly Finding[] {
  return checkAttributePath(path, ['bucketBy'], 'value').map((finding) => ({ ...finding, code: 'bucket-by-invalid' as const }));
}

function checkEnvironment(environment: EnvironmentDocument, pointer: Pointer, variants: VariantNames): readonly Finding[] {
  const { rules = [], rollout } = environment;
  const findings = rules.flatMap((rule, index): readonly Finding[] => {
    const at = [...pointer, 'rules', index];
    return [
      ...checkCondition(rule.when, [...at, 'when']),
      ...(rule.serve === undefined ? [] : checkVariant(String(rule.serve), [...at, 'serve'], variants.names)),
      ...(rule.rollout === undefined ? [] : checkRollout(rule.rollout, [...at, 'rollout'], variants, false)),
    ];
  });
  const rolled = rollout === undefined ? [] : checkRollout(rollout, [...pointer, 'rollout'], variants, true);
  return [...findings, ...checkRuleNames(environment, pointer), ...checkReachable(environment, pointer), ...rolled];
}

function checkRuleNames({ rules = [] }: EnvironmentDocument, pointer: Pointer): readonly Finding[] {
  return rules.flatMap(({ name }, index) => {
    const first = rules.findIndex((rule) => rule.name === name);
    if (first === index) return [];
    return [
      {
        code: 'duplicate-rule' as const,
        pointer: [...pointer, 'rules', index, 'name'],
        message: `there are two rules \`${name}\` in this environment`,
        found: name,
        expected: 'a name of its own for each rule',
        fix: 'rename one of them',
      },
    ];
  });
}

/** A rule whose condition is empty ends every decision, so nothing may stand behind it. */
function checkReachable({ rules = [], rollout }: EnvironmentDocument, pointer: Pointer): readonly Finding[] {
  const last = rules.findIndex(({ when }) => Object.keys(when).length === 0);
  if (last < 0) return [];
  const behind = rules.slice(last + 1).map((rule, index) => ({
    what: `the rule \`${rule.name}\``,
    at: [...pointer, 'rules', last + 1 + index, 'name'],
  }));
  if (rollout !== undefined) behind.push({ what: 'the rollout', at: [...pointer, 'rollout'] });
  return behind.map(({ what, at }) => ({
    code: 'unreachable' as const,
    pointer: at,
    at: at.at(-1) === 'rollout' ? ('key' as const) : ('value' as const),
    message: `${what} is never reached: \`${rules[last]?.name}\` before it matches every context`,
    found: `\`when: {}\` in the rule \`${rules[last]?.name}\``,
    expected: 'a rule with an empty condition in the last place, and no rollout after it',
    fix: 'remove it, or give the earlier rule a condition',
  }));
}
