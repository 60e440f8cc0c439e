import { describe, expect, it } from 'vitest';
import {
  documentsOf,
  inProduction,
  type FlagSketch,
  type RepositorySketch,
} from '../../../provider/engine/testing/documents.js';
import type { AttributeKind, ObservedAttribute } from '../findings/observed.js';
import { BlindSpots } from './blind-spots.js';

const KEY = 'team.domain.flag';
const OTHER = 'team.domain.other';
const CONTEXTS = 100;

const NONE: Readonly<Record<AttributeKind, number>> = {
  string: 0,
  number: 0,
  boolean: 0,
  date: 0,
  list: 0,
  object: 0,
  null: 0,
  missing: 0,
};

/** All contexts have a country, a plan and a targeting key; of `gone` one in ten has null, and the others nothing. */
const attributes: readonly ObservedAttribute[] = [
  { path: 'country', kinds: { ...NONE, string: CONTEXTS }, hashed: 0 },
  { path: 'plan', kinds: { ...NONE, number: CONTEXTS }, hashed: 0 },
  { path: 'email', kinds: { ...NONE, string: CONTEXTS }, hashed: CONTEXTS },
  { path: 'gone', kinds: { ...NONE, null: 10, missing: 90 }, hashed: 0 },
  { path: 'targetingKey', kinds: { ...NONE, string: CONTEXTS }, hashed: 0 },
];

type Keys = 'plain' | 'hashed' | 'synthetic' | 'missing';

function spotsOf(before: RepositorySketch, after: RepositorySketch, kind: Keys = 'plain'): readonly string[] {
  const keys = { plain: 0, hashed: 0, synthetic: 0, missing: 0, [kind]: CONTEXTS };
  const byPath = new Map(attributes.map((attribute) => [attribute.path, attribute]));
  const sides = { base: documentsOf(before), result: documentsOf(after) };
  const sight = { population: { contexts: CONTEXTS, keys }, attributeOf: (path: string) => byPath.get(path) };
  return new BlindSpots(sides, sight).of(KEY, 'production').map(({ path, why }) => `${path} ${why}`);
}

const of = (flag: FlagSketch): RepositorySketch => ({ flags: { [KEY]: flag } });
const rule = (when: object, serve: unknown = true, name = 'some') => ({ name, when, serve });
const withRules = (...rules: readonly object[]): FlagSketch => inProduction({ rules, rollout: 10 } as never);

const plain = withRules();

describe('a rule that is new', () => {
  it.each([
    ['reads what all have', { country: 'DE' }, []],
    ['reads what none has', { gone: { exists: true } }, ['gone absent']],
    ['reads what nobody looked for', { appVersion: { semver: '>=1' } }, ['appVersion absent']],
    ['reads it in a negation', { not: { appVersion: { exists: false } } }, ['appVersion absent']],
    ['reads it in a group', { any: [{ country: 'DE' }, { gone: 'x' }] }, ['gone absent']],
    ['compares with a type that none has', { plan: 'pro' }, ['plan absent']],
    ['compares with the type that all have', { plan: { gt: 3 } }, []],
    ['reads what is hashed', { email: { endsWith: '@acme.example' } }, ['email hashed']],
    ['asks whether there is what is hashed', { email: { exists: true } }, []],
  ])('and %s', (_, when, spots) => {
    expect(spotsOf(of(plain), of(withRules(rule(when))))).toEqual(spots);
  });

  it('and goes, too', () => {
    expect(spotsOf(of(withRules(rule({ gone: 'x' }))), of(plain))).toEqual(['gone absent']);
  });
});

describe('a rule about targeting keys', () => {
  const many = Array.from({ length: 101 }, (_one, index) => `user-${index}`);

  it.each([
    ['a beginning', { targetingKey: { startsWith: 'u' } }, ['targetingKey hashed']],
    ['few keys', { targetingKey: ['u-1', 'u-2'] }, []],
    ['few keys and more', { targetingKey: { equals: 'u-1', startsWith: 'u' }, country: 'DE' }, []],
    ['all but few keys', { not: { targetingKey: ['u-1'] } }, ['targetingKey hashed']],
    ['all but few in a list', { targetingKey: { notIn: ['u-1'] } }, ['targetingKey hashed']],
    ['few or others', { any: [{ targetingKey: 'u-1' }, { country: 'DE' }] }, ['targetingKey hashed']],
    ['many keys', { targetingKey: many }, ['targetingKey hashed']],
    ['that there is one', { targetingKey: { exists: true } }, []],
  ])('that names %s', (_, when, spots) => {
    const sides = [of(plain), of(withRules(rule(when)))] as const;
    expect(spotsOf(...sides)).toEqual([]);
    expect(spotsOf(...sides, 'hashed')).toEqual(spots);
    expect(spotsOf(...sides, 'synthetic')).toEqual(spots);
  });

  it('that names a segment of few keys', () => {
    const segments = { testers: { targetingKey: ['u-1'] } };
    const after = { ...of(withRules(rule({ segment: 'testers' }))), segments };
    expect(spotsOf({ ...of(plain), segments }, after, 'hashed')).toEqual([]);
  });
});

describe('what is as it was', () => {
  const unseen = rule({ gone: 'x' }, true, 'unseen');
  const seen = rule({ country: 'DE' }, false, 'seen');

  it.each([
    ['before the first difference does not matter', withRules(unseen), withRules(unseen, seen), []],
    ['by another name does not matter', withRules(unseen), withRules({ ...unseen, name: 'other' }, seen), []],
    ['behind it does', withRules(seen, unseen), withRules(unseen), ['gone absent']],
    [
      'and is enabled now does',
      { environments: { production: { enabled: false, rules: [unseen] } } } as FlagSketch,
      { environments: { production: { enabled: true, rules: [unseen] } } } as FlagSketch,
      ['gone absent'],
    ],
    ['but serves another value does', withRules(unseen), withRules({ ...unseen, serve: false }), ['gone absent']],
  ])('%s', (_, before, after, spots) => {
    expect(spotsOf(of(before), of(after))).toEqual(spots);
  });

  it('but for a segment that reads what none has matters', () => {
    const flags = of(withRules(rule({ segment: 'group' })));
    const segments = (when: object) => ({ segments: { group: when, outer: { segment: 'group' } } });
    const [before, after] = [segments({ country: 'DE' }), segments({ gone: { exists: true } })];
    expect(spotsOf({ ...flags, ...before } as never, { ...flags, ...after } as never)).toEqual(['gone absent']);
    const outer = of(withRules(rule({ segment: 'outer' })));
    expect(spotsOf({ ...outer, ...before } as never, { ...outer, ...after } as never)).toEqual(['gone absent']);
  });

  it('but for a prerequisite that reads what none has matters', () => {
    const needing: FlagSketch = { ...withRules(), prerequisites: { [OTHER]: true } };
    const both = (other: FlagSketch): RepositorySketch => ({ flags: { [KEY]: needing, [OTHER]: other } });
    expect(spotsOf(both(plain), both(withRules(unseen)))).toEqual(['gone absent']);
    expect(spotsOf(both(withRules(unseen)), both(withRules(unseen)))).toEqual([]);
  });
});

describe('a rollout', () => {
  it.each([
    ['by what none has', { bucketBy: 'gone' }, 'plain', ['gone absent']],
    ['by what is hashed, which is right on the whole', { bucketBy: 'email' }, 'plain', []],
    ['by hashed targeting keys', {}, 'hashed', []],
    ['by targeting keys where none has one', {}, 'missing', ['targetingKey absent']],
  ] as const)('%s', (_, more, kind, spots) => {
    const [before, after] = [10, 20].map((rollout) => of({ ...inProduction({ rollout }), ...more }));
    expect(spotsOf(before as RepositorySketch, after as RepositorySketch, kind)).toEqual(spots);
  });

  it('of everybody hashes nothing', () => {
    const [before, after] = [0, 100].map((rollout) => of({ ...inProduction({ rollout }), bucketBy: 'gone' }));
    expect(spotsOf(before as RepositorySketch, after as RepositorySketch)).toEqual([]);
  });
});
