import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exposure } from '../../change/change.js';
import { changeOf, exposureOf, flagFile, KEY, planAt, wideningOf, type FlagFiles } from '../testing/change.js';
import type { PastExposure } from './history.js';
import { cumulativeWidening } from './widening.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const DAY_MS = 86_400_000;
const reach = (rest: number, openRules: Readonly<Record<string, number>> = {}): Exposure => ({
  rest,
  openRules: new Map(Object.entries(openRules)),
});
const number = (rollout: number): FlagFiles =>
  flagFile({ riskTier: 'low', production: `{ enabled: true, rollout: ${rollout} }` });
const open = (shares: Readonly<Record<string, number>>, rollout = 0): FlagFiles => {
  const list = Object.entries(shares).map(
    ([name, share]) => `{ name: ${name}, when: { targetingKey: { exists: true } }, rollout: ${share} }`,
  );
  return flagFile({
    riskTier: 'low',
    production: `{ enabled: true, rules: [${list.join(', ')}], rollout: ${rollout} }`,
  });
};

async function cumulativeOf(before: FlagFiles, after: FlagFiles, past: PastExposure) {
  const { flags, base } = await changeOf(before, after);
  const asked: Date[] = [];
  const history = {
    exposureAt: (_key: string, environment: string, instant: Date): PastExposure => {
      asked.push(instant);
      return environment === 'production' ? past : reach(0);
    },
  };
  return { ...cumulativeWidening({ flags, policy: base.policy, history, wideningOf, base, now: NOW }), asked };
}

describe('cumulative widening over 7d, high from 20%', () => {
  it.each<[string, FlagFiles, FlagFiles, PastExposure, number | undefined]>([
    ['one small step', number(5), number(10), reach(5), undefined],
    ['one step of just less', number(5), number(24.999), reach(5), undefined],
    ['one step of just as much', number(5), number(25), reach(5), 20],
    ['one large step', number(0), number(100), reach(0), 100],
    ['attack 30: the last of ten small steps', number(18), number(20), reach(0), 20],
    ['attack 30: the ninth of ten small steps', number(16), number(18), reach(0), undefined],
    ['a difference that floating point falls short of', number(30), number(32.3), reach(12.3), 20],
    ['a step after all was long ago', number(50), number(55), reach(50), undefined],
    ['down and up again', number(10), number(50), reach(50), undefined],
    ['down, up and further', number(10), number(70), reach(50), 20],
    ['down by this change', number(70), number(60), reach(0), undefined],
    [
      'killed by this change',
      number(70),
      flagFile({ riskTier: 'low', production: '{ enabled: false }' }),
      reach(0),
      undefined,
    ],
    [
      'on again where it was',
      flagFile({ riskTier: 'low', production: '{ enabled: false }' }),
      number(50),
      reach(50),
      undefined,
    ],
    [
      'on again where it never was',
      flagFile({ riskTier: 'low', production: '{ enabled: false }' }),
      number(50),
      reach(0),
      50,
    ],
    ['a new flag', {}, number(30), undefined, 30],
    ['a new flag of less', {}, number(10), undefined, undefined],
    ['an open rule', open({ pilot: 10 }), open({ pilot: 30 }), reach(0, { pilot: 10 }), 20],
    ['an open rule in small steps', open({ pilot: 25 }), open({ pilot: 30 }), reach(0, { pilot: 10 }), 20],
    ['an open rule of another name', open({ pilot: 10 }), open({ probe: 30 }), reach(0, { pilot: 10 }), 30],
    [
      'two open rules, each less',
      open({ one: 10, two: 10 }),
      open({ one: 25, two: 25 }),
      reach(0, { one: 10, two: 10 }),
      undefined,
    ],
    ['the rest, not the rule', open({ pilot: 10 }, 20), open({ pilot: 10 }, 25), reach(5, { pilot: 10 }), 20],
    [
      'a plan’s stage',
      flagFile({ production: planAt('canary') }),
      flagFile({ production: planAt('quarter') }),
      reach(5),
      20,
    ],
    [
      'a plan’s stage back',
      flagFile({ production: planAt('all') }),
      flagFile({ production: planAt('quarter') }),
      reach(0),
      undefined,
    ],
    [
      'only a description',
      number(50),
      { ...number(50), ...flagFile({ riskTier: 'low', runbook: null, production: '{ enabled: true, rollout: 50 }' }) },
      reach(0),
      undefined,
    ],
  ])('%s', async (_what, before, after, past, points) => {
    const { raised, findings, asked } = await cumulativeOf(before, after, past);
    const since = new Date(NOW.getTime() - 7 * DAY_MS);
    expect(raised).toMatchObject(points === undefined ? [] : [{ key: KEY, environment: 'production', points, since }]);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual(
      points === undefined ? [] : [['widening-cumulative', 'notice']],
    );
    for (const instant of asked) expect(instant).toEqual(since);
  });

  it('says how much, since when, and what follows', async () => {
    const { findings } = await cumulativeOf(number(18), number(21.5), reach(0.5));
    expect(findings).toMatchObject([{ key: KEY, environment: 'production' }]);
    expect(findings[0]?.message).toBe(
      `flag ${KEY} widened by 21 percentage points in production since 2026-11-21 12:00 UTC, this change included; ` +
        'from 20% within 7d on, a change needs what the tier `high` needs',
    );
  });

  it('counts from nothing where the past is unknown', async () => {
    const { raised, findings } = await cumulativeOf(number(18), number(21), 'unknown');
    expect(raised).toMatchObject([{ points: 21 }]);
    expect(findings).toMatchObject([{ code: 'widening-unknown', severity: 'warning' }]);
  });

  it('looks at each environment by itself, and at nothing where the policy is silent', async () => {
    const state = (rollout: number) => `{ enabled: true, rollout: ${rollout} }`;
    const { flags, base } = await changeOf(
      flagFile({ production: state(0), staging: state(0) }),
      flagFile({ production: state(15), staging: state(30) }),
    );
    const history = { exposureAt: () => reach(0) };
    const input = { flags, policy: base.policy, history, wideningOf, base, now: NOW };
    expect(cumulativeWidening(input).raised.map(({ environment }) => environment)).toEqual(['staging']);
    const { widening: _widening, ...silent } = base.policy;
    expect(cumulativeWidening({ ...input, policy: silent })).toEqual({ raised: [], findings: [] });
  });
});

describe('a sequence of edits', () => {
  const state = fc
    .record({ rest: fc.nat(100), one: fc.nat(100), two: fc.nat(100) })
    .map(({ rest, one, two }) => reach(rest, { one, two }));
  const policy = {
    bucketing: 'flagd-v2',
    environments: ['production'],
    teams: {},
    widening: { window: '7d', high: '20%' },
  } as const;

  const pointsOf = (past: Exposure, before: Exposure, after: Exposure): number => {
    const effects = [{ environment: 'production', direction: 'other' as const, exposure: { before, after } }];
    const flags = [
      { key: KEY, status: 'changed' as const, before: undefined, after: undefined, items: [], effects, via: [] },
    ];
    const history = { exposureAt: () => past };
    const { raised } = cumulativeWidening({ flags, policy, history, wideningOf, base: { flags: new Map() }, now: NOW });
    return raised[0]?.points ?? 0;
  };

  it('within the window is never judged more weakly than the one edit that ends where it ends', () => {
    fc.assert(
      fc.property(state, fc.array(state, { minLength: 1, maxLength: 8 }), state, (past, steps, end) => {
        const all = [past, ...steps, end];
        const strongest = Math.max(
          ...all.slice(1).map((after, index) => pointsOf(past, all[index] as Exposure, after)),
        );
        expect(strongest).toBeGreaterThanOrEqual(pointsOf(past, past, end));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the exposure of the tests', () => {
  it('is that of an enabled environment', () => {
    expect(exposureOf(undefined, 'production')).toEqual(reach(0));
  });
});
