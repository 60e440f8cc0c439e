/** Random repositories that hold together, and contexts that reach every corner of them. */
import fc from 'fast-check';
import type {
  ConditionDocument,
  EnvironmentDocument,
  PlanDocument,
  RolloutDocument,
  RuleDocument,
  StageDocument,
} from '../documents.js';
import type { EvaluationContext } from '../types.js';
import type { FlagSketch, RepositorySketch } from './documents.js';

const SEGMENTS = ['s0', 's1', 's2'] as const;
const FLAGS = 5;
const letter = fc.constantFrom('x', 'y', 'z');

/** A context of few attributes with few values, so that conditions hold about as often as they don't. */
export const context: fc.Arbitrary<EvaluationContext> = fc.record(
  {
    targetingKey: fc.oneof(
      { weight: 8, arbitrary: fc.nat({ max: 500 }).map((key) => `u-${key}`) },
      fc.integer(),
      fc.constant(''),
    ),
    a: fc.oneof(letter, fc.constant(null)),
    b: fc.integer({ min: 0, max: 9 }),
    c: fc.record({ d: letter }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

/** A repository with all forms of rules, rollouts, prerequisites and segments. */
export const repository: fc.Arbitrary<RepositorySketch> = fc
  .record({
    segments: fc.tuple(condition([]), condition(['s0']), condition(['s0', 's1'])),
    flags: fc.tuple(...Array.from({ length: FLAGS }, (_, index) => flag(index))),
  })
  .map(({ segments, flags }) => ({
    segments: Object.fromEntries(segments.map((when, index) => [`s${index}`, when])),
    flags: Object.fromEntries(flags.map((sketch, index) => [keyOf(index), sketch])),
  }));

/** Two repositories that are mostly the same. */
export const edited: fc.Arbitrary<readonly [RepositorySketch, RepositorySketch]> = fc
  .tuple(
    repository,
    repository,
    fc.uniqueArray(fc.nat({ max: FLAGS - 1 }), { maxLength: 2 }),
    fc.option(fc.constantFrom(...SEGMENTS)),
  )
  .map(([before, other, indices, segment]) => {
    const flags = Object.fromEntries(indices.map((index) => [keyOf(index), other.flags[keyOf(index)] as FlagSketch]));
    const segments = segment === null ? {} : { [segment]: other.segments?.[segment] as ConditionDocument };
    return [before, { flags: { ...before.flags, ...flags }, segments: { ...before.segments, ...segments } }];
  });

const keyOf = (index: number): string => `team.domain.f${index}`;

function condition(segments: readonly string[], depth = 2): fc.Arbitrary<ConditionDocument> {
  const leaves: fc.Arbitrary<ConditionDocument>[] = [
    letter.map((a) => ({ a })),
    fc.uniqueArray(letter, { minLength: 1 }).map((a) => ({ a: { notIn: a } })),
    fc.integer({ min: 0, max: 9 }).map((b) => ({ b: { gte: b } })),
    letter.map((d) => ({ 'c.d': [d, 'x'] })),
    fc.boolean().map((exists) => ({ a: { exists } })),
  ];
  if (segments.length > 0) leaves.push(fc.subarray([...segments], { minLength: 1 }).map((segment) => ({ segment })));
  if (depth === 0) return fc.oneof(...leaves);
  const inner = condition(segments, depth - 1);
  const pair = fc.array(inner, { minLength: 1, maxLength: 2 });
  return fc.oneof(
    ...leaves,
    pair.map((any) => ({ any })),
    pair.map((all) => ({ all })),
    inner.map((not) => ({ not })),
  );
}

function flag(index: number): fc.Arbitrary<FlagSketch> {
  const variants = fc.constantFrom<FlagSketch>(
    {},
    { default: true },
    { default: 'a', variants: { a: 1, b: 2, c: 3 } },
    { default: null, variants: { b: { k: 1 }, c: { k: 2 } } },
  );
  const needs = fc.option(
    fc.tuple(fc.nat({ max: Math.max(0, index - 1) }), fc.constantFrom('true', 'false', 'a', 'b')),
  );
  const environment = variants.chain((named) => fc.tuple(fc.constant(named), environmentOf(named)));
  const facts = fc.record({ owner: fc.constantFrom('team', 'other'), description: letter });
  return fc
    .tuple(environment, needs, facts, fc.constantFrom('shared', undefined))
    .map(([[named, production], need, rest, salt]) => ({
      ...rest,
      ...named,
      ...(salt === undefined ? {} : { salt }),
      ...(index === 0 || need === null ? {} : { prerequisites: { [keyOf(need[0])]: need[1] } }),
      environments: { production },
    }));
}

function environmentOf({
  default: fallback = false,
  variants = { true: true, false: false },
}: FlagSketch): fc.Arbitrary<EnvironmentDocument> {
  const live = Object.keys(variants).filter((name) => name !== String(fallback));
  const weights = fc.array(fc.integer({ min: 0, max: 100_000 / live.length }), {
    minLength: live.length,
    maxLength: live.length,
  });
  const map = fc
    .oneof(weights, fc.constant(live.map((_, index) => (index === 0 ? 100_000 : 0))))
    .map((all) => Object.fromEntries(live.map((name, index) => [name, (all[index] as number) / 1_000])));
  const shares = live.length === 1 ? fc.oneof(map, fc.constantFrom(0, 5, 50, 99.999, 100)) : map;
  const rule = fc.tuple(
    condition(SEGMENTS),
    fc.oneof(
      fc.constantFrom(...Object.keys(variants)).map((serve) => ({ serve })),
      shares.map((rollout) => ({ rollout })),
    ),
  );
  return fc
    .record({
      enabled: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constant(false)),
      rules: fc.array(rule, { maxLength: 3 }),
      rollout: fc.option<RolloutDocument>(fc.oneof(shares, planOf(live))),
    })
    .map(({ enabled, rules, rollout }) => ({
      enabled,
      rules: rules.map(([when, rest], index): RuleDocument => ({ name: `rule-${index}`, when, ...rest })),
      ...(rollout === null ? {} : { rollout }),
    }));
}

function planOf(live: readonly string[]): fc.Arbitrary<PlanDocument> {
  const slots = fc.uniqueArray(
    fc.constantFrom<StageDocument>(
      { name: 'staff', segment: 's0' },
      { name: 'canary', percent: 10, hold: '1h' },
      { name: 'friends', segment: 's1' },
      { name: 'half', percent: 50 },
      { name: 'all', percent: 100 },
    ),
    { minLength: 1, selector: ({ name }) => name },
  );
  return fc.tuple(slots, fc.constantFrom(...live), fc.nat({ max: 5 })).map(([stages, to, at]) => {
    const rising = [...stages].sort((one, other) => (one.percent ?? 0) - (other.percent ?? 0));
    return { stage: rising[at]?.name ?? 'off', to, stages: rising };
  });
}
