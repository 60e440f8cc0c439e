import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, type ExplainedCondition, type ExplainedStep } from './explain.js';
import { context, repository } from './testing/arbitraries.js';
import { inProduction, rulesetOf, type RepositorySketch } from './testing/documents.js';
import type { Evaluation, EvaluationContext, Reason } from './types.js';

describe('the steps lead to the evaluation', () => {
  it('for any repository and context', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(repository, fc.array(context, { minLength: 5, maxLength: 10 }), (sketch, contexts) => {
        const ruleset = rulesetOf(sketch);
        const snapshot = ruleset.snapshot('production');
        for (const key of snapshot.keys) {
          for (const one of contexts) {
            const { evaluation, steps } = explain(ruleset, 'production', key, one);
            expect(evaluation).toBe(snapshot.evaluate(key, one));
            expectAgreement(evaluation, steps);
            const kind = steps.at(-1)?.kind ?? 'none';
            seen.set(kind, (seen.get(kind) ?? 0) + 1);
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(new Set(seen.keys())).toEqual(new Set(['environment', 'prerequisite', 'rule', 'stage', 'rollout']));
  });
});

/** The reasons to which a step of each kind can lead. */
const REASONS: Readonly<Record<ExplainedStep['kind'], readonly Reason[]>> = {
  environment: ['DISABLED'],
  prerequisite: ['PREREQUISITE_FAILED'],
  rule: ['TARGETING_MATCH', 'SPLIT', 'DEFAULT'],
  stage: ['TARGETING_MATCH', 'SPLIT', 'STATIC', 'DEFAULT'],
  rollout: ['SPLIT', 'STATIC', 'DEFAULT'],
};

function expectAgreement(evaluation: Evaluation, steps: readonly ExplainedStep[]): void {
  const last = steps.at(-1) as ExplainedStep;
  expect(steps.filter(({ decided }) => decided)).toEqual([last]);
  expect(REASONS[last.kind]).toContain(evaluation.reason);
  expect(evaluation.flagMetadata['rule']).toBe(last.kind === 'rule' ? last.name : undefined);
  expect(evaluation.flagMetadata['stage']).toBe(last.kind === 'stage' ? last.name : undefined);
  for (const { kind, holds, conditions } of steps) {
    if (kind === 'rule') expect(holds).toBe(conditions.every((condition) => condition.holds));
    for (const condition of conditions) expectConsistent(condition);
  }
  for (const { kind, holds } of steps.slice(0, -1)) expect(holds).toBe(kind === 'prerequisite');
  const isSplit = evaluation.reason === 'SPLIT';
  expect(last.bucketPercent === undefined).toBe(!isSplit);
}

function expectConsistent({ key, holds, expected, inner }: ExplainedCondition): void {
  for (const one of inner) expectConsistent(one);
  const values = inner.map((one) => one.holds);
  if (key === 'not') expect(holds).toBe(!values.every(Boolean));
  else if (key === 'all') expect(holds).toBe(values.every(Boolean));
  else if (key === 'any')
    expect(holds).toBe((expected as object[]).every((one) => Object.keys(one).length === 1) && values.some(Boolean));
}

const sketch: RepositorySketch = {
  segments: { employees: { email: { endsWith: '@example.com' } }, partners: { org: 'partner' } },
  flags: {
    'a.needed.flag': inProduction({ rules: [{ name: 'r', when: { a: 'x' }, serve: true }] }),
    'a.killed.flag': { environments: { production: { enabled: false } } },
    'a.born.flag': {},
    'a.needing.flag': inProduction({ rollout: 100 }, { prerequisites: { 'a.needed.flag': true } }),
    'a.ruled.flag': inProduction(
      {
        rules: [
          { name: 'staff', when: { segment: ['employees', 'partners'], 'user.age': { gte: 18 } }, serve: true },
          { name: 'pilot', when: { any: [{ country: ['DE'] }, { not: { country: { exists: true } } }] }, rollout: 30 },
        ],
        rollout: 50,
      },
      { salt: 'shared' },
    ),
    'a.mapped.flag': inProduction(
      { rollout: { b: 10, c: 20 } },
      { salt: 'shared', default: 'a', variants: { a: 1, b: 2, c: 3 } },
    ),
    'a.staged.flag': inProduction(
      {
        rollout: {
          stage: 'friends',
          stages: [
            { name: 'internal', segment: 'employees' },
            { name: 'little', percent: 1 },
            { name: 'canary', percent: 5 },
            { name: 'friends', segment: 'partners' },
            { name: 'all', percent: 100 },
          ],
        },
      },
      { salt: 'shared' },
    ),
    'a.waiting.flag': inProduction({ rollout: { stage: 'off', stages: [{ name: 'all', percent: 100 }] } }),
    'a.static.flag': inProduction({}),
  },
};
const ruleset = rulesetOf(sketch);
const stepsOf = (key: string, one: EvaluationContext): readonly ExplainedStep[] =>
  explain(ruleset, 'production', key, one).steps;

// With the salt `shared`: u-2 4.341 %, u-5 10.845 %, u-4 33.003 %.
describe('the facts of each step', () => {
  it.each(['a.killed.flag', 'a.born.flag'])('the environment, of %s', (key) => {
    expect(stepsOf(key, {})).toEqual([{ kind: 'environment', holds: false, decided: true, conditions: [] }]);
  });

  it('a prerequisite that is unmet', () => {
    const detail = { needs: 'true', serves: 'false' };
    expect(stepsOf('a.needing.flag', {})).toEqual([
      { kind: 'prerequisite', name: 'a.needed.flag', holds: false, decided: true, conditions: [], detail },
    ]);
  });

  it('a prerequisite that is met', () => {
    expect(stepsOf('a.needing.flag', { a: 'x' })).toEqual([
      {
        kind: 'prerequisite',
        name: 'a.needed.flag',
        holds: true,
        decided: false,
        conditions: [],
        detail: { needs: 'true', serves: 'true' },
      },
      { kind: 'rollout', holds: true, decided: true, conditions: [], detail: 100 },
    ]);
  });

  it('a rule that matched, entry by entry, with what was found and what is inside', () => {
    expect(stepsOf('a.ruled.flag', { email: 'ann@example.com', user: { age: 30 } })).toEqual([
      {
        kind: 'rule',
        name: 'staff',
        holds: true,
        decided: true,
        detail: true,
        conditions: [
          {
            key: 'segment',
            holds: true,
            expected: ['employees', 'partners'],
            found: undefined,
            inner: [
              {
                key: 'email',
                holds: true,
                expected: { endsWith: '@example.com' },
                found: 'ann@example.com',
                inner: [],
              },
              { key: 'org', holds: false, expected: 'partner', found: undefined, inner: [] },
            ],
          },
          { key: 'user.age', holds: true, expected: { gte: 18 }, found: 30, inner: [] },
        ],
      },
    ]);
  });

  it('a rule that did not, and one whose rollout decided by hash', () => {
    const [staff, pilot, ...others] = stepsOf('a.ruled.flag', {
      org: 'partner',
      user: { age: '30' },
      targetingKey: 'u-5',
    });
    expect(others).toEqual([]);
    expect(staff).toMatchObject({ name: 'staff', holds: false, decided: false });
    expect(staff?.conditions.map(({ key, holds, found }) => [key, holds, found])).toEqual([
      ['segment', true, undefined],
      ['user.age', false, '30'],
    ]);
    expect(pilot).toMatchObject({ name: 'pilot', holds: true, decided: true, detail: 30, bucketPercent: 10.845 });
    expect(pilot?.conditions).toMatchObject([
      {
        key: 'any',
        holds: true,
        inner: [
          { key: 'country', holds: false },
          { key: 'not', holds: true, inner: [{ key: 'country', holds: false }] },
        ],
      },
    ]);
  });

  it('a rollout by hash, and one that could not', () => {
    const rollout = (one: EvaluationContext): unknown => stepsOf('a.ruled.flag', { country: 'FR', ...one }).at(-1);
    const step = { kind: 'rollout', holds: true, decided: true, conditions: [], detail: 50 };
    expect(rollout({ targetingKey: 'u-4' })).toEqual({ ...step, bucketPercent: 33.003 });
    expect(rollout({})).toEqual(step);
    expect(stepsOf('a.mapped.flag', { targetingKey: 'u-5' })).toEqual([
      { ...step, detail: { b: 10, c: 20 }, bucketPercent: 10.845 },
    ]);
    expect(stepsOf('a.static.flag', {})).toEqual([{ ...step, detail: 0 }]);
  });

  it.each<[string, EvaluationContext, readonly [string, boolean, unknown][]]>([
    ['the first segment', { email: 'ann@example.com', org: 'partner' }, [['internal', true, { segment: 'employees' }]]],
    [
      'a later segment',
      { org: 'partner', targetingKey: 'u-2' },
      [
        ['internal', false, { segment: 'employees' }],
        ['friends', true, { segment: 'partners' }],
      ],
    ],
    [
      'the last percentage, after every segment',
      { targetingKey: 'u-5' },
      [
        ['internal', false, { segment: 'employees' }],
        ['friends', false, { segment: 'partners' }],
        ['canary', true, { percent: 5 }],
      ],
    ],
  ])('stages: %s', (_what, one, wanted) => {
    const steps = stepsOf('a.staged.flag', one);
    expect(steps.map(({ name, decided, detail }) => [name, decided, detail])).toEqual(wanted);
    expect(steps.at(-1)?.bucketPercent).toBe(wanted.at(-1)?.[0] === 'canary' ? 10.845 : undefined);
    expect(steps[0]?.conditions[0]).toMatchObject({ key: 'segment', inner: [{ key: 'email' }] });
  });

  it('a plan that no stage of decided', () => {
    const step = { kind: 'rollout', holds: false, decided: true, conditions: [] };
    expect(stepsOf('a.waiting.flag', {})).toEqual([{ ...step, detail: { stage: 'off' } }]);
    expect(stepsOf('a.staged.flag', {}).map(({ kind, decided }) => [kind, decided])).toEqual([
      ['stage', false],
      ['stage', false],
      ['stage', false],
      ['rollout', true],
    ]);
  });

  it('nothing, where the evaluation failed', () => {
    const unreadable = {
      get a(): string {
        throw new Error('no');
      },
    };
    expect(explain(ruleset, 'production', 'no.such.flag', {})).toMatchObject({
      evaluation: { errorCode: 'FLAG_NOT_FOUND' },
      steps: [],
    });
    expect(explain(ruleset, 'production', 'a.needed.flag', unreadable)).toMatchObject({
      evaluation: { errorCode: 'GENERAL' },
      steps: [],
    });
    expect(() => explain(ruleset, 'prod', 'a.needed.flag', {})).toThrow(RangeError);
  });
});
