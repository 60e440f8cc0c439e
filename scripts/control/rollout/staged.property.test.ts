import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvironmentDocument, FlagDocument, PlanDocument, StageDocument } from '../../../provider/engine/index.js';
import { documentsOf, inProduction, type FlagSketch } from '../../../provider/engine/testing/documents.js';
import { Ruleset } from '../../../provider/engine/index.js';
import type { Direction, FlagChange } from '../../change/change.js';
import { checkStaged } from './staged.js';

const KEY = 'team.domain.flag';
const NOW = new Date('2026-11-28T12:00:00Z');
const policy = {
  bucketing: 'flagd-v2',
  environments: ['production'],
  teams: {},
  tiers: { high: { staged: true } },
} as const;
const member = (name: string) => ({ group: name });
const segments = { s0: member('s0'), s1: member('s1'), s2: { any: [{ segment: 's0' }, { country: 'DE' }] } };

const rulesetOf = (sketch: FlagSketch): Ruleset =>
  new Ruleset(
    { id: '1', repository: 'flags' },
    documentsOf({ flags: { [KEY]: sketch }, segments, environments: ['production'] }),
  );

const contexts = Array.from({ length: 120 }, (_, index) => ({
  targetingKey: `user-${index}`,
  group: `s${index % 4}`,
  country: ['DE', 'FR', 'AT'][(index * 7) % 3],
}));

const servedTo = (sketch: FlagSketch): readonly (string | undefined)[] => {
  const snapshot = rulesetOf(sketch).snapshot('production');
  return contexts.map((context) => snapshot.evaluate(KEY, context).variant);
};

function findingsOf(before: FlagSketch, after: FlagSketch, direction: Direction = 'other') {
  const [base, result] = [before, after].map((sketch) => rulesetOf(sketch).documents) as [
    Ruleset['documents'],
    Ruleset['documents'],
  ];
  const [old, now] = [base, result].map(({ flags }) => flags.get(KEY)?.read() as FlagDocument);
  const exposure = { before: { rest: 0, openRules: new Map() }, after: { rest: 0, openRules: new Map() } };
  const effects = [{ environment: 'production', direction, exposure }];
  const flags: FlagChange[] = [{ key: KEY, status: 'changed', before: old, after: now, items: [], effects, via: [] }];
  const history = { lastServed: () => 'never' as const };
  return checkStaged({ flags, base, result, policy, tierOf: () => 'high', history, now: NOW }).filter(
    ({ severity }) => severity === 'error',
  );
}

/** Rising percentages and segments, in any order. */
const stages: fc.Arbitrary<readonly StageDocument[]> = fc
  .tuple(
    fc.array(fc.constantFrom('s0', 's1', 's2', 'percent', 'percent'), { minLength: 1, maxLength: 6 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 6, maxLength: 6 }),
  )
  .map(([slots, percents]) => {
    const rising = [...percents].sort((a, b) => a - b);
    return slots.map((slot, index): StageDocument => {
      const name = `stage-${index}`;
      return slot === 'percent' ? { name, percent: rising.shift() ?? 100 } : { name, segment: slot };
    });
  });

const nameAt = (all: readonly StageDocument[], index: number): string => all[index]?.name ?? 'off';

describe('a plan', () => {
  it('is walked stage by stage, and back to anywhere; any skip is refused', () => {
    fc.assert(
      fc.property(stages, fc.nat(6), fc.nat(6), (plan, one, other) => {
        const [from, to] = [one, other].map((index) => (index % (plan.length + 1)) - 1) as [number, number];
        const at = (index: number): FlagSketch =>
          inProduction({ rollout: { stage: nameAt(plan, index), stages: plan } });
        const codes = findingsOf(at(from), at(to)).map(({ code }) => code);
        expect(codes).toEqual(to <= from + 1 ? [] : ['staged-skip']);
      }),
      { numRuns: 500 },
    );
  });
});

const variantsOfThree = { default: 'a', variants: { a: 1, b: 2, c: 3 } } as const;
const percent = fc.integer({ min: 0, max: 20 }).map((step) => step * 5);
const when = fc.constantFrom(
  { country: 'DE' },
  { country: ['DE', 'FR'] },
  { segment: 's0' },
  { segment: 's2' },
  { group: 's1' },
);
const rule = fc.oneof(
  fc.record({ when, serve: fc.constantFrom('a', 'b', 'c') }),
  fc.record({
    when,
    rollout: fc.oneof(
      percent.map((b) => ({ b })),
      fc.constant({ b: 20, c: 20 }),
      fc.constant({ b: 10, c: 10 }),
    ),
  }),
);
const rollout = fc.oneof(
  fc.record({ b: percent }),
  fc.constantFrom({ b: 30, c: 30 }, { b: 15, c: 15 }, { b: 10, c: 40 }),
  {
    weight: 4,
    arbitrary: fc
      .tuple(stages, fc.nat(6), fc.constantFrom('b', 'c'))
      .map(([all, index, to]) => ({ to, stage: nameAt(all, (index % (all.length + 1)) - 1), stages: all })),
  },
);
const environment: fc.Arbitrary<EnvironmentDocument> = fc
  .record({ enabled: fc.constant(true), rules: fc.array(rule, { maxLength: 3 }), rollout })
  .map(({ rules, ...rest }) => ({ ...rest, rules: rules.map((one, index) => ({ name: `r${index}`, ...one })) }));

/** Edits as people and attackers make them: small ones, of one part at a time or of several. */
const edit: fc.Arbitrary<(environment: EnvironmentDocument) => EnvironmentDocument> = fc.oneof(
  fc.nat(6).map((index) => (old: EnvironmentDocument) => moved(old, (all) => (index % (all.length + 1)) - 1)),
  fc.constant((old: EnvironmentDocument) => moved(old, (_all, at) => at + 1)),
  fc.tuple(fc.nat(3), rule).map(
    ([at, one]) =>
      (old: EnvironmentDocument) =>
        withRules(old, (rules) => rules.toSpliced(at, 0, { name: 'new', ...one })),
  ),
  fc.nat(2).map((at) => (old: EnvironmentDocument) => withRules(old, (rules) => rules.toSpliced(at, 1))),
  fc.constant((old: EnvironmentDocument) => withRules(old, (rules) => rules.toReversed())),
  fc.tuple(fc.nat(2), percent).map(
    ([at, b]) =>
      (old: EnvironmentDocument) =>
        withRules(old, (rules) =>
          rules.map((one, index) => (index === at ? { name: one.name, when: one.when, rollout: { b } } : one)),
        ),
  ),
  rollout.map((next) => (old: EnvironmentDocument) => ({ ...old, rollout: next })),
  percent.map((p) => (old: EnvironmentDocument) => withStages(old, p)),
);

function moved(
  old: EnvironmentDocument,
  to: (all: readonly StageDocument[], at: number) => number,
): EnvironmentDocument {
  const plan = old.rollout as { stage?: string; stages?: readonly StageDocument[] };
  if (!Array.isArray(plan.stages)) return old;
  const all = plan.stages as readonly StageDocument[];
  const index = Math.min(
    all.length - 1,
    to(
      all,
      all.findIndex(({ name }) => name === plan.stage),
    ),
  );
  return {
    ...old,
    rollout: { ...(plan as object), stage: nameAt(all, index) } as NonNullable<EnvironmentDocument['rollout']>,
  };
}

function withRules(
  old: EnvironmentDocument,
  change: (rules: NonNullable<EnvironmentDocument['rules']>) => NonNullable<EnvironmentDocument['rules']>,
): EnvironmentDocument {
  return { ...old, rules: change(old.rules ?? []) };
}

function withStages(old: EnvironmentDocument, p: number): EnvironmentDocument {
  const plan = old.rollout as { stages?: readonly StageDocument[] };
  if (!Array.isArray(plan.stages)) return { ...old, rollout: { b: p } };
  const all = (plan.stages as readonly StageDocument[]).map((stage) =>
    stage.percent === undefined ? stage : { ...stage, percent: Math.min(100, stage.percent + p) },
  );
  return { ...old, rollout: { ...(plan as PlanDocument), stages: all } };
}

describe('what serves nobody', () => {
  it('is never refused, also where it was not proved to reduce', () => {
    const after = { enabled: true, rules: [{ name: 'all', when: { segment: 's0' }, serve: 'a' }] };
    const sketch = (production: EnvironmentDocument): FlagSketch => ({
      ...variantsOfThree,
      environments: { production },
    });
    fc.assert(
      fc.property(environment, fc.boolean(), (before, enabled) => {
        expect(findingsOf(sketch({ ...before, enabled }), sketch(after))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('whatever is edited', () => {
  it('nobody gets what neither he had, nor the default is, nor the base’s next stage gives, unless it is refused', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(environment, fc.array(edit, { minLength: 1, maxLength: 3 }), (before, edits) => {
        const after = edits.reduce((state, one) => one(state), before);
        const sketch = (state: EnvironmentDocument): FlagSketch => ({
          ...variantsOfThree,
          environments: { production: state },
        });
        const [was, is, next] = [before, after, moved(before, (_all, at) => at + 1)].map((state) =>
          servedTo(sketch(state)),
        ) as [readonly unknown[], readonly unknown[], readonly unknown[]];
        const wider = is.filter(
          (variant, index) => variant !== 'a' && variant !== was[index] && variant !== next[index],
        );
        const isRefused = findingsOf(sketch(before), sketch(after)).length > 0;
        seen[isRefused ? 'refused' : 'accepted']++;
        if (!isRefused) expect(wider).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    expect(seen.accepted).toBeGreaterThan(200);
    expect(seen.refused).toBeGreaterThan(200);
  });
});
