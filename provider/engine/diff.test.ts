import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedFlags } from './diff.js';
import type { ConditionDocument, EnvironmentDocument, Stored, RolloutDocument, StageDocument } from './documents.js';
import { Ruleset } from './ruleset.js';
import { context, edited } from './testing/arbitraries.js';
import { documentsOf, inProduction, rulesetOf, type FlagSketch, type RepositorySketch } from './testing/documents.js';
import type { Evaluation } from './types.js';

const stages: readonly StageDocument[] = [
  { name: 'internal', segment: 'outer', hold: '1h' },
  { name: 'canary', percent: 5, hold: '30m' },
  { name: 'quarter', percent: 25 },
];
const plan = (edit: object = {}): RolloutDocument => ({ stage: 'canary', guardrails: ['errors'], stages, ...edit });
const abc = { default: 'a', variants: { a: { k: 1, l: 2 }, b: { k: 3 }, c: { k: 4 } } } as const;

const base = {
  segments: {
    inner: { country: 'DE', city: 'Kiel' },
    outer: { any: [{ segment: 'inner' }, { beta: true }] },
    apart: { country: 'FR' },
  } as Record<string, ConditionDocument>,
  flags: {
    'a.bare.flag': inProduction({}),
    'a.ruled.flag': inProduction({
      rules: [{ name: 'r', when: { a: { gt: 1, lt: 9 }, b: 'x' }, serve: true }],
      rollout: 10,
    }),
    'a.mapped.flag': inProduction({ rollout: { b: 10, c: 20 } }, abc),
    'a.segmented.flag': inProduction({ rules: [{ name: 'r', when: { segment: 'outer' }, serve: true }] }),
    'a.staged.flag': inProduction({ rollout: plan() }),
    'a.killed.flag': {
      prerequisites: { 'a.ruled.flag': true },
      environments: {
        production: { enabled: false, rules: [{ name: 'r', when: { segment: 'outer' }, serve: true }], rollout: 10 },
      },
    },
    'b.needs.ruled': inProduction({ rollout: 100 }, { prerequisites: { 'a.ruled.flag': true } }),
    'c.needs.b': inProduction({ rollout: 100 }, { prerequisites: { 'b.needs.ruled': true } }),
    'b.needs.mapped': inProduction({ rollout: 100 }, { prerequisites: { 'a.mapped.flag': 'b' } }),
    'b.needs.killed': inProduction({ rollout: 100 }, { prerequisites: { 'a.killed.flag': false } }),
  } as Record<string, FlagSketch>,
};

type Key = keyof typeof base.flags;
const withFlag = (key: Key, edit: FlagSketch): RepositorySketch => ({
  ...base,
  flags: { ...base.flags, [key]: { ...base.flags[key], ...edit } },
});
const withEnvironment = (key: Key, edit: Partial<EnvironmentDocument>, name = 'production'): RepositorySketch => {
  const { environments = {} } = base.flags[key] as FlagSketch;
  return withFlag(key, {
    environments: { ...environments, [name]: { enabled: true, ...environments[name], ...edit } },
  });
};
const withSegment = (name: string, when: ConditionDocument): RepositorySketch => ({
  ...base,
  segments: { ...base.segments, [name]: when },
});
const without = (key: Key): RepositorySketch => ({
  ...base,
  flags: Object.fromEntries(Object.entries(base.flags).filter(([name]) => name !== key)),
});
const reversed = <T extends object>(mapping: T): T => Object.fromEntries(Object.entries(mapping).toReversed()) as T;

const ruled = ['a.ruled.flag', 'b.needs.ruled', 'c.needs.b'];
const mapped = ['a.mapped.flag', 'b.needs.mapped'];
const rule = { name: 'r', when: { a: { gt: 1, lt: 9 }, b: 'x' }, serve: true };

const rows: readonly [string, RepositorySketch, readonly string[]][] = [
  ['nothing, or a comment', structuredClone(base), []],
  ['a flag added', { ...base, flags: { ...base.flags, 'z.new.flag': {} } }, ['z.new.flag']],
  ['a flag removed', without('a.bare.flag'), ['a.bare.flag']],
  ['a flag switched off', withEnvironment('a.ruled.flag', { enabled: false }), ruled],
  ['a flag switched off that gave the same', withEnvironment('a.bare.flag', { enabled: false }), ['a.bare.flag']],
  ['a flag switched on', withEnvironment('a.killed.flag', { enabled: true }), ['a.killed.flag', 'b.needs.killed']],
  [
    'a rule’s condition',
    withEnvironment('a.ruled.flag', { rules: [{ ...rule, when: { a: { gt: 2, lt: 9 }, b: 'x' } }] }),
    ruled,
  ],
  ['a rule’s variant', withEnvironment('a.ruled.flag', { rules: [{ ...rule, serve: false }] }), ruled],
  ['a rule added', withEnvironment('a.ruled.flag', { rules: [rule, { ...rule, name: 's' }] }), ruled],
  [
    'a rule’s name, which results carry',
    withEnvironment('a.ruled.flag', { rules: [{ ...rule, name: 's' }] }),
    ['a.ruled.flag'],
  ],
  ['a percentage', withEnvironment('a.ruled.flag', { rollout: 11 }), ruled],
  ['a percentage left out', withEnvironment('a.bare.flag', { rollout: 0 }), []],
  [
    'the order of a condition’s entries',
    withEnvironment('a.ruled.flag', { rules: [{ ...rule, when: { b: 'x', a: { lt: 9, gt: 1 } } }] }),
    [],
  ],
  [
    'the order of a mapping',
    { ...base, flags: Object.fromEntries(Object.entries(base.flags).map(([key, flag]) => [key, reversed(flag)])) },
    [],
  ],
  ['the order of rollout’s map', withEnvironment('a.mapped.flag', { rollout: { c: 20, b: 10 } }), []],
  ['the order of flags and segments', { flags: reversed(base.flags), segments: reversed(base.segments) }, []],
  ['the order of variants', withFlag('a.mapped.flag', { variants: reversed(abc.variants) }), mapped],
  ['the order of keys in a value', withFlag('a.mapped.flag', { variants: { ...abc.variants, a: { l: 2, k: 1 } } }), []],
  ['a value', withFlag('a.mapped.flag', { variants: { ...abc.variants, b: { k: 5 } } }), ['a.mapped.flag']],
  ['the default', withFlag('a.mapped.flag', { default: 'c' }), mapped],
  ['the salt', withFlag('a.ruled.flag', { salt: 'other' }), ruled],
  ['the salt that is meant anyway', withFlag('a.ruled.flag', { salt: 'a.ruled.flag', bucketBy: 'targetingKey' }), []],
  ['bucketBy', withFlag('a.ruled.flag', { bucketBy: 'org.id' }), ruled],
  [
    'description, expiry and runbook',
    withFlag('a.ruled.flag', { description: 'Other.', expiresAt: 'never', runbook: 'https://x.example' }),
    [],
  ],
  [
    'the owner, which does not reach those who need the flag',
    withFlag('a.ruled.flag', { owner: 'other' }),
    ['a.ruled.flag'],
  ],
  ['the type', withFlag('a.ruled.flag', { type: 'ops' }), ['a.ruled.flag']],
  ['the tier', withFlag('a.ruled.flag', { riskTier: 'high' }), ['a.ruled.flag']],
  ['the owner of a disabled flag', withFlag('a.killed.flag', { owner: 'other' }), ['a.killed.flag']],
  ['another environment', withEnvironment('a.ruled.flag', { rollout: 99 }, 'staging'), []],
  ['an environment of the policy', { ...base, environments: ['production', 'staging', 'new'] }, []],
  ['a segment that nobody uses', withSegment('apart', { country: 'IT' }), []],
  [
    'a segment in a segment',
    withSegment('inner', { country: 'AT', city: 'Wien' }),
    ['a.segmented.flag', 'a.staged.flag'],
  ],
  ['the order in a segment', withSegment('inner', { city: 'Kiel', country: 'DE' }), []],
  ['a segment', withSegment('outer', { beta: true }), ['a.segmented.flag', 'a.staged.flag']],
  [
    'a segment made of another',
    withSegment('outer', { any: [{ segment: 'apart' }, { beta: true }] }),
    ['a.segmented.flag', 'a.staged.flag'],
  ],
  [
    'a prerequisite',
    withFlag('b.needs.ruled', { prerequisites: { 'a.bare.flag': true } }),
    ['b.needs.ruled', 'c.needs.b'],
  ],
  [
    'a prerequisite’s variant',
    withFlag('b.needs.ruled', { prerequisites: { 'a.ruled.flag': false } }),
    ['b.needs.ruled', 'c.needs.b'],
  ],
  [
    'a prerequisite added',
    withFlag('c.needs.b', { prerequisites: { 'b.needs.ruled': true, 'a.bare.flag': false } }),
    ['c.needs.b'],
  ],
  ['guardrails', withEnvironment('a.staged.flag', { rollout: plan({ guardrails: [] }) }), []],
  [
    'holds',
    withEnvironment('a.staged.flag', { rollout: plan({ stages: stages.map(({ hold: _hold, ...stage }) => stage) }) }),
    [],
  ],
  [
    'a later stage',
    withEnvironment('a.staged.flag', {
      rollout: plan({ stages: [...stages.slice(0, 2), { name: 'half', percent: 50 }] }),
    }),
    [],
  ],
  ['the stage', withEnvironment('a.staged.flag', { rollout: plan({ stage: 'quarter' }) }), ['a.staged.flag']],
  ['the stage, to off', withEnvironment('a.staged.flag', { rollout: plan({ stage: 'off' }) }), ['a.staged.flag']],
  [
    'a reached stage’s percentage',
    withEnvironment('a.staged.flag', { rollout: plan({ stages: [stages[0], { name: 'canary', percent: 6 }] }) }),
    ['a.staged.flag'],
  ],
  [
    'a reached stage’s segment',
    withEnvironment('a.staged.flag', {
      rollout: plan({ stages: [{ name: 'internal', segment: 'inner' }, stages[1]] }),
    }),
    ['a.staged.flag'],
  ],
  [
    'a reached stage’s name',
    withEnvironment('a.staged.flag', { rollout: plan({ stages: [{ ...stages[0], name: 'staff' }, stages[1]] }) }),
    ['a.staged.flag'],
  ],
  ['the rules of a disabled flag', withEnvironment('a.killed.flag', { rules: [], rollout: 50 }), []],
  [
    'the prerequisites of a disabled flag',
    withFlag('a.killed.flag', { prerequisites: { 'a.bare.flag': true, 'a.ruled.flag': false } }),
    [],
  ],
  ['the default of a disabled flag', withFlag('a.killed.flag', { default: true }), ['a.killed.flag', 'b.needs.killed']],
  [
    'the value of a disabled flag’s other variant',
    withFlag('a.killed.flag', { variants: { true: true, false: false, third: true }, default: false }),
    [],
  ],
];

describe('changedFlags', () => {
  it.each(rows)('%s', (_what, now, keys) => {
    const [before, after] = [rulesetOf(base), rulesetOf(now)];
    expect(changedFlags(before, after, 'production')).toEqual(keys);
    expect(changedFlags(after, before, 'production')).toEqual(keys);
  });

  it.each(rows)('%s, where unchanged documents are kept', (_what, now, keys) => {
    const before = rulesetOf(base);
    before.snapshot('production');
    const old = before.documents;
    const fresh = documentsOf(now);
    // What a loader does: a file of the same bytes is the same document.
    const flags = new Map([...fresh.flags].map(([key, flag]) => [key, same(old.flags.get(key), flag)]));
    const segments = new Map(
      [...fresh.segments].map(([name, segment]) => [name, same(old.segments.get(name), segment)]),
    );
    const after = new Ruleset({ id: '2', repository: 'acme/flags' }, { ...fresh, flags, segments }, before);
    expect(changedFlags(before, after, 'production')).toEqual(keys);
  });

  it('leaves no flag out whose result differs for any context', () => {
    const unversioned = ({ flagMetadata: { version: _version, ...metadata }, ...rest }: Evaluation) => ({
      ...rest,
      metadata,
    });
    let unchanged = 0;
    let different = 0;
    fc.assert(
      fc.property(edited, fc.array(context, { minLength: 10, maxLength: 20 }), ([one, other], contexts) => {
        const [before, after] = [rulesetOf(one), rulesetOf(other)];
        const changed = changedFlags(before, after, 'production');
        for (const key of after.snapshot('production').keys) {
          const results = [before, after].map((ruleset) =>
            contexts.map((some) => unversioned(ruleset.snapshot('production').evaluate(key, some))),
          );
          if (changed.includes(key)) different++;
          else {
            expect(results[1]).toEqual(results[0]);
            unchanged++;
          }
        }
      }),
      { numRuns: 500 },
    );
    expect([unchanged > 500, different > 250]).toEqual([true, true]);
  });

  it('of another environment', () => {
    const now = withEnvironment('a.ruled.flag', { rollout: 99 }, 'staging');
    expect(changedFlags(rulesetOf(base), rulesetOf(now), 'staging')).toEqual(['a.ruled.flag']);
  });

  it('are all flags at first, and where the environment is new', () => {
    const all = Object.keys(base.flags).sort();
    expect(changedFlags(undefined, rulesetOf(base), 'production')).toEqual(all);
    expect(changedFlags(rulesetOf({ ...base, environments: ['staging'] }), rulesetOf(base), 'production')).toEqual(all);
  });

  it('of an environment that the policy lost can’t be asked', () => {
    expect(() =>
      changedFlags(rulesetOf(base), rulesetOf({ ...base, environments: ['staging'] }), 'production'),
    ).toThrow(RangeError);
  });

  it('takes a moment where flags and segments are chained in many ways', () => {
    const name = (level: number, side: string): string => `level-${level}-${side}`;
    const levels = Array.from({ length: 60 }, (_, level) => level);
    const lattice = (country: string): RepositorySketch => ({
      flags: {
        'a.b.c': inProduction({
          rules: [{ name: 'r', when: { segment: [name(59, 'a'), name(59, 'b')] }, serve: true }],
        }),
      },
      segments: Object.fromEntries(
        levels.flatMap((level) =>
          ['a', 'b'].map((side) => [
            name(level, side),
            level === 0 ? { country } : { segment: [name(level - 1, 'a'), name(level - 1, 'b')] },
          ]),
        ),
      ),
    });
    expect(changedFlags(rulesetOf(lattice('DE')), rulesetOf(lattice('FR')), 'production')).toEqual(['a.b.c']);
    expect(changedFlags(rulesetOf(lattice('DE')), rulesetOf(lattice('DE')), 'production')).toEqual([]);
  });
});

function same<T extends Stored<unknown>>(old: T | undefined, now: T): T {
  return old !== undefined && JSON.stringify(old.read()) === JSON.stringify(now.read()) ? old : now;
}
