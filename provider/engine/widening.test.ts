import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StageDocument } from './documents.js';
import { inProduction, productionOf, rulesetOf, variantOf, type FlagSketch } from './testing/documents.js';
import { keysOf } from './testing/statistics.js';
import type { EvaluationContext } from './types.js';

const KEYS = keysOf('user-', 300);
const salt = fc.string({ maxLength: 12 });
const abc = { default: 'a', variants: { a: 1, b: 2, c: 3, d: 4 } } as const;

/** Who is in gets the same after widening; so, read backwards, narrowing lets nobody in and moves nobody who stays. */
function expectOnlyWidened(
  narrow: FlagSketch,
  wide: FlagSketch,
  outside: string,
  keys: readonly (string | number)[] = KEYS,
): void {
  const [before, after] = [variantOf(narrow), variantOf(wide)];
  for (const key of keys) {
    const served = before(key);
    if (served !== outside) expect(after(key), String(key)).toBe(served);
  }
}

describe('widening moves nobody who is in', () => {
  it('of a percentage', () => {
    const thousandths = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(
        salt,
        thousandths,
        thousandths,
        fc.array(fc.maxSafeInteger(), { maxLength: 20 }),
        (own, one, other, numbers) => {
          const [narrow, wide] = [Math.min(one, other) / 1_000, Math.max(one, other) / 1_000];
          const at = (rollout: number): FlagSketch => inProduction({ rollout }, { salt: own });
          expectOnlyWidened(at(narrow), at(wide), 'false', [...KEYS, ...numbers]);
        },
      ),
    );
  });

  it('of a percentage, by its smallest steps', () => {
    for (let step = 0; step < 100; step++) {
      expectOnlyWidened(
        inProduction({ rollout: step / 1_000 }),
        inProduction({ rollout: (step + 1) / 1_000 }),
        'false',
        keysOf('k', 3_000),
      );
    }
  });

  it('of a map whose relative shares stay, also where it is the rollout of a rule', () => {
    const shares = fc
      .array(fc.integer({ min: 0, max: 40 }), { minLength: 3, maxLength: 3 })
      .filter((all) => all.some((share) => share > 0));
    fc.assert(
      fc.property(
        salt,
        shares,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (own, all, one, other, isInRule) => {
          const [b = 0, c = 0, d = 0] = all;
          const most = Math.floor(100_000 / (b + c + d));
          const at = (factor: number): FlagSketch => {
            const scale = (share: number): number => (share * Math.floor(factor * most)) / 1_000;
            const rollout = { d: scale(d), b: scale(b), c: scale(c) };
            const environment = isInRule
              ? { rules: [{ name: 'r', when: { targetingKey: { exists: true } }, rollout }] }
              : { rollout };
            return inProduction(environment, { ...abc, salt: own });
          };
          expectOnlyWidened(at(Math.min(one, other)), at(Math.max(one, other)), 'a');
        },
      ),
    );
  });

  it('and changed shares are a move', () => {
    const [before, after] = [
      inProduction({ rollout: { b: 20, c: 10 } }, abc),
      inProduction({ rollout: { b: 20, c: 30 } }, abc),
    ];
    expect(() => expectOnlyWidened(before, after, 'a')).toThrow();
  });

  it('of a staged plan, through every stage', () => {
    const context = fc.record(
      {
        targetingKey: fc.oneof(fc.string(), fc.maxSafeInteger(), fc.constant(null), fc.double()),
        group: fc.constantFrom('s0', 's1', 's2', 'none'),
        other: fc.constantFrom('s0', 's1', 's2', 'none'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(salt, stages(), fc.array(context, { minLength: 20, maxLength: 40 }), (own, plan, contexts) => {
        const journeys = contexts.map((one) => journey(own, plan, one));
        for (const variants of journeys) {
          const entry = variants.indexOf('true');
          if (entry >= 0) expect(variants.slice(entry)).toEqual(variants.slice(entry).map(() => 'true'));
          expect(variants[0]).toBe('false');
        }
        if (plan.at(-1)?.percent === 100) expect(journeys.every((variants) => variants.at(-1) === 'true')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** Segments and rising percentages in any order. */
function stages(): fc.Arbitrary<readonly StageDocument[]> {
  const percents = fc
    .uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 4 })
    .map((all) => all.sort((a, b) => a - b));
  const slots = fc.array(fc.constantFrom('s0', 's1', 's2', 'percent', 'percent'), { minLength: 1, maxLength: 7 });
  return fc
    .tuple(slots, percents)
    .map(([all, rising]) => {
      const rest = [...rising];
      return all.flatMap((slot, index): StageDocument[] => {
        const name = `stage-${index}`;
        if (slot !== 'percent') return [{ name, segment: slot }];
        const percent = rest.shift();
        return percent === undefined ? [] : [{ name, percent }];
      });
    })
    .filter((all) => all.length > 0);
}

/** What one context gets at `off` and at each stage. */
function journey(
  own: string,
  plan: readonly StageDocument[],
  context: EvaluationContext,
): readonly (string | undefined)[] {
  const flags = Object.fromEntries(
    ['off', ...plan.map(({ name }) => name)].map((stage, index) => [
      `team.plan.at-${index}`,
      inProduction({ rollout: { stage, stages: plan } }, { salt: own }),
    ]),
  );
  const member = (name: string) => ({ any: [{ group: name }, { other: name }] });
  const snapshot = productionOf({ flags, segments: { s0: member('s0'), s1: member('s1'), s2: member('s2') } });
  return snapshot.keys.map((key) => snapshot.evaluate(key, context).variant);
}

describe('stability', () => {
  const sketch = inProduction(
    { rules: [{ name: 'first', when: { beta: true }, serve: 'd' }], rollout: { b: 30, c: 30 } },
    abc,
  );
  const served = (flag: FlagSketch): readonly unknown[] => KEYS.map(variantOf(flag));
  const original = served(sketch);

  it('commit, salt and context alone decide', () => {
    expect(new Set(original)).toEqual(new Set(['a', 'b', 'c']));
    expect(served(structuredClone(sketch))).toEqual(original);
  });

  const rules = sketch.environments?.['production']?.rules ?? [];
  it.each<[string, FlagSketch]>([
    ['description', { description: 'Another.' }],
    ['owner, type and tier', { owner: 'other', type: 'experiment', riskTier: 'high' }],
    ['expiry and runbook', { expiresAt: 'never', runbook: 'https://runbooks.example.com' }],
    [
      'the name of a rule',
      inProduction({ rules: rules.map((rule) => ({ ...rule, name: 'renamed' })), rollout: { b: 30, c: 30 } }),
    ],
    ['the order of the map', inProduction({ rules, rollout: { c: 30, b: 30 } })],
    ['the values of variants', { variants: { a: 'w', b: 'x', c: 'y', d: 'z' } }],
    ['a variant that is appended', { variants: { ...abc.variants, e: 5 } }],
    ['the salt and bucketBy that are meant anyway', { salt: 'team.domain.flag', bucketBy: 'targetingKey' }],
  ])('%s doesn’t matter', (_what, edit) => {
    expect(served({ ...sketch, ...edit })).toEqual(original);
  });

  it.each<[string, FlagSketch]>([
    ['the salt', { salt: 'another' }],
    ['the order of variants', { variants: { a: 1, c: 3, b: 2, d: 4 } }],
  ])('%s does', (_what, edit) => {
    expect(served({ ...sketch, ...edit })).not.toEqual(original);
  });

  it('other flags, other environments and the revision don’t matter', () => {
    const alone = rulesetOf({ flags: { 'team.domain.flag': sketch } }).snapshot('production');
    const flags = {
      'a.a.a': inProduction({ rollout: 7 }),
      'team.domain.flag': { ...sketch, environments: { staging: { enabled: true }, ...sketch.environments } },
      'z.z.z': {},
    };
    const crowded = rulesetOf({ flags }).snapshot('production');
    for (const targetingKey of KEYS) {
      crowded.evaluateAll({ targetingKey: `${targetingKey}-other` });
      expect(crowded.evaluate('team.domain.flag', { targetingKey })).toEqual(
        alone.evaluate('team.domain.flag', { targetingKey }),
      );
    }
  });
});
