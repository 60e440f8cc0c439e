/** What the schema can't say of a rollout: names of variants and stages, sums, precision, order. */
import {
  isPlan,
  rolledOutVariant,
  type PlanDocument,
  type RolloutDocument,
  type WeightsDocument,
} from '../../engine/index.js';
import type { Pointer } from '../problem.js';
import type { Finding } from './condition.js';
import { unknownName } from './unknown-name.js';

/** What of a flag its rollouts are checked against. */
export interface VariantNames {
  readonly names: readonly string[];
  readonly defaultVariant: string | null;
}

/** Checks a rollout. */
export function checkRollout(rollout: RolloutDocument, pointer: Pointer, variants: VariantNames): readonly Finding[] {
  if (isPlan(rollout)) return checkPlan(rollout, pointer, variants);
  if (typeof rollout === 'object') return checkWeights(rollout, pointer, variants);
  return [...checkTarget('a number', pointer, variants), ...checkPercentage(rollout, pointer)];
}

/** Checks the name of a variant. */
export function checkVariant(
  name: string,
  pointer: Pointer,
  names: readonly string[],
  at: 'key' | 'value' = 'value',
): readonly Finding[] {
  if (names.includes(name)) return [];
  return [{ code: 'unknown-variant', pointer, at, ...unknownName('variant', name, names) }];
}

function checkTarget(form: string, pointer: Pointer, { names, defaultVariant }: VariantNames): readonly Finding[] {
  const isDefaultWrong = defaultVariant !== null && !names.includes(defaultVariant);
  if (isDefaultWrong || rolledOutVariant(names, defaultVariant) !== undefined) return [];
  const others = names.filter((name) => name !== defaultVariant);
  return [
    {
      code: 'rollout-ambiguous',
      pointer,
      message: `${form} does not say which variant is rolled out`,
      found: defaultVariant === null ? '`default: null`' : `${others.length} variants besides the default`,
      expected: 'exactly one variant besides the default',
      fix: form === 'a number' ? 'write a map of variants to percentages' : 'add `to:` with the variant',
    },
  ];
}

function checkPercentage(percentage: number, pointer: Pointer): readonly Finding[] {
  if (/^[0-9]+(\.[0-9]{1,3})?$/.test(String(percentage))) return [];
  return [
    {
      code: 'weight-too-precise',
      pointer,
      message: 'a percentage has at most three decimals',
      found: String(percentage),
      expected: 'a multiple of 0.001',
      fix: `round it, for example to ${Math.round(percentage * 1_000) / 1_000}`,
    },
  ];
}

function checkWeights(weights: WeightsDocument, pointer: Pointer, variants: VariantNames): readonly Finding[] {
  const entries = Object.entries(weights);
  const findings: Finding[] = entries.flatMap(([name, weight]) => [
    ...checkWeightedVariant(name, [...pointer, name], variants),
    ...checkPercentage(weight, [...pointer, name]),
  ]);
  const sum = entries.reduce((total, [, weight]) => total + Math.round(weight * 1_000), 0) / 1_000;
  if (sum > 100) {
    const fix = 'lower the percentages; the default takes what is left';
    const message = 'the percentages come to more than 100';
    findings.push({
      code: 'weights-over-100',
      pointer,
      message,
      found: `${sum}`,
      expected: 'a sum of at most 100',
      fix,
    });
  }
  return findings;
}

function checkWeightedVariant(
  name: string,
  pointer: Pointer,
  { names, defaultVariant }: VariantNames,
): readonly Finding[] {
  if (name !== defaultVariant) return checkVariant(name, pointer, names, 'key');
  return [
    {
      code: 'rollout-default',
      pointer,
      at: 'key',
      message: `\`${name}\` is the default, which takes the rest by itself`,
      found: `\`${name}\``,
      expected: 'variants other than the default',
      fix: 'remove the entry',
    },
  ];
}

function checkPlan(plan: PlanDocument, pointer: Pointer, variants: VariantNames): readonly Finding[] {
  const target =
    plan.to === undefined
      ? checkTarget('a plan without `to`', pointer, variants)
      : checkWeightedVariant(String(plan.to), [...pointer, 'to'], variants).map((one) => ({
          ...one,
          at: 'value' as const,
        }));
  return [...target, ...checkStageName(plan, pointer), ...checkStages(plan, [...pointer, 'stages'])];
}

function checkStageName({ stage, stages }: PlanDocument, pointer: Pointer): readonly Finding[] {
  const names = ['off', ...stages.map(({ name }) => name)];
  if (names.includes(stage)) return [];
  return [{ code: 'unknown-stage', pointer: [...pointer, 'stage'], ...unknownName('stage', stage, names) }];
}

function checkStages({ stages }: PlanDocument, pointer: Pointer): readonly Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  let reached: number | undefined;
  for (const [index, { name, percent }] of stages.entries()) {
    if (seen.has(name)) findings.push(duplicateStage(name, [...pointer, index, 'name']));
    seen.add(name);
    if (percent === undefined) continue;
    findings.push(...checkPercentage(percent, [...pointer, index, 'percent']));
    if (reached !== undefined && percent <= reached)
      findings.push(fallingStage(percent, reached, [...pointer, index, 'percent']));
    reached = percent;
  }
  return findings;
}

const duplicateStage = (name: string, pointer: Pointer): Finding => ({
  code: 'duplicate-stage',
  pointer,
  message: `there are two stages \`${name}\``,
  found: `\`${name}\` again`,
  expected: 'a name of its own for each stage of the plan',
  fix: 'rename one of them',
});

const fallingStage = (percent: number, before: number, pointer: Pointer): Finding => ({
  code: 'stage-order',
  pointer,
  message: 'the percentages of a plan must rise from stage to stage',
  found: `${percent} after ${before}`,
  expected: `more than ${before}`,
  fix: 'put the stages in order, or remove one',
});
