import { describe, expect, it } from 'vitest';
import type { ConditionDocument, EnvironmentDocument, PlanDocument, RuleDocument } from './documents.js';
import { Directions } from './reduction.js';
import { inProduction, rulesetOf, type FlagSketch, type RepositorySketch } from './testing/documents.js';

type Segments = NonNullable<RepositorySketch['segments']>;

/** A side of a row: the flag in production, what else its file says, the flag that it may need, segments. */
interface Sketch extends Partial<EnvironmentDocument> {
  readonly file?: FlagSketch;
  readonly needed?: FlagSketch;
  readonly segments?: Segments;
}

type Row = readonly [what: string, base: Sketch, head: Sketch, expected: string];

const FLAG = 'team.domain.flag';
const NEEDED = 'team.domain.needed';
const ABC = { default: 'a', variants: { a: 1, b: 2, c: 3 } } as const satisfies FlagSketch;

function repositoryOf({ file = {}, needed, segments = {}, ...environment }: Sketch): RepositorySketch {
  const flag: FlagSketch = { environments: { production: { enabled: true, ...environment } }, ...file };
  return { flags: { [FLAG]: flag, ...(needed === undefined ? {} : { [NEEDED]: needed }) }, segments };
}

function directionsOf(base: RepositorySketch, head: RepositorySketch): Directions {
  return new Directions(rulesetOf(base), rulesetOf(head));
}

const rule = (name: string, when: ConditionDocument, rest: Partial<RuleDocument> = { serve: true }): RuleDocument => ({
  name,
  when,
  ...rest,
});
const one = (when: ConditionDocument, rest?: Partial<RuleDocument>): Sketch => ({ rules: [rule('r', when, rest)] });
const plan = (stage: string, rest: Partial<PlanDocument> = {}): Sketch => ({
  rollout: {
    stage,
    stages: [
      { name: 'staff', segment: 'staff' },
      { name: 'canary', percent: 5, hold: '1h' },
      { name: 'friends', segment: 'friends' },
      { name: 'half', percent: 50 },
      { name: 'all', percent: 100 },
    ],
    ...rest,
  },
  segments: { staff: { email: { endsWith: '@acme.com' } }, friends: { friend: true } },
});
const needing = (needed: FlagSketch, variant: string, rest: Sketch = {}): Sketch => ({
  rollout: 100,
  ...rest,
  needed,
  file: { ...rest.file, prerequisites: { [NEEDED]: variant } },
});

function expectRow(base: Sketch, head: Sketch, expected: string): void {
  expect(directionsOf(repositoryOf(base), repositoryOf(head)).of(FLAG, 'production')).toBe(expected);
}

describe('state and rollout', () => {
  it.each<Row>([
    ['nothing', { rollout: 5 }, { rollout: 5 }, 'same'],
    ['a kill', { rollout: 5 }, { rollout: 5, enabled: false }, 'reducing'],
    ['a kill of what serves the default anyway', { rollout: 0 }, { rollout: 0, enabled: false }, 'same'],
    [
      'a kill of a flag whose default is on',
      { rollout: 100, file: { default: true } },
      { enabled: false, file: { default: true } },
      'reducing',
    ],
    ['enabling', { rollout: 5, enabled: false }, { rollout: 5 }, 'other'],
    ['enabling at 0 %', { rollout: 0, enabled: false }, { rollout: 0 }, 'same'],
    ['removing the environment', { rollout: 5 }, { file: { environments: {} } }, 'reducing'],
    ['removing a disabled environment', { rollout: 5, enabled: false }, { file: { environments: {} } }, 'same'],
    ['adding an enabled environment', { file: { environments: {} } }, { rollout: 5 }, 'other'],
    ['a lower number', { rollout: 25 }, { rollout: 5 }, 'reducing'],
    ['100 % to 99.999 %', { rollout: 100 }, { rollout: 99.999 }, 'reducing'],
    ['99.999 % to 100 %', { rollout: 99.999 }, { rollout: 100 }, 'other'],
    ['a thousandth of a percent more', { rollout: 5 }, { rollout: 5.001 }, 'other'],
    ['to 0 %', { rollout: 5 }, { rollout: 0 }, 'reducing'],
    ['the rollout removed', { rollout: 5 }, {}, 'reducing'],
    ['the number as a map', { rollout: 5 }, { rollout: { true: 5 } }, 'same'],
    ['the number as a plan', { rollout: 5 }, { rollout: { stage: 'p', stages: [{ name: 'p', percent: 5 }] } }, 'same'],
    ['the description', { rollout: 5 }, { file: inProduction({ rollout: 5 }, { description: 'Other.' }) }, 'same'],
  ])('%s', (_what, base, head, expected) => {
    expectRow(base, head, expected);
  });
});

describe('maps and buckets', () => {
  const map = (b: number, c: number, file: FlagSketch = {}): Sketch => ({
    rollout: { b, c },
    file: { ...ABC, ...file },
  });
  it.each<Row>([
    ['lower in proportion', map(20, 10), map(10, 5), 'reducing'],
    ['lower in proportion, by thousandths', map(33.333, 66.666), map(0.001, 0.002), 'reducing'],
    ['lower, not quite in proportion', map(20, 10), map(10, 4.999), 'other'],
    ['one share lower', map(20, 10), map(20, 5), 'other'],
    ['one share to nothing moves people', map(20, 10), map(20, 0), 'other'],
    ['all of one variant to half', map(100, 0), map(50, 0), 'reducing'],
    ['higher in proportion', map(10, 5), map(20, 10), 'other'],
    ['shares turned round', map(20, 10), map(10, 20), 'other'],
    ['all to one variant at the same total', map(20, 10), map(0, 30), 'other'],
    ['a full map to one full variant', map(60, 40), map(100, 0), 'other'],
    ['another order of the map', map(20, 10), { rollout: { c: 5, b: 10 }, file: ABC }, 'reducing'],
    ['another order of variants', map(20, 10), map(10, 5, { variants: { a: 1, c: 3, b: 2 } }), 'other'],
    ['another order, one share', map(20, 0), map(10, 0, { variants: { c: 3, b: 2, a: 1 } }), 'reducing'],
    ['another salt', { rollout: 25 }, { rollout: 5, file: { salt: 'other' } }, 'other'],
    ['the salt that is meant anyway', { rollout: 25 }, { rollout: 5, file: { salt: FLAG } }, 'reducing'],
    ['another bucketBy', { rollout: 25 }, { rollout: 5, file: { bucketBy: 'company' } }, 'other'],
    [
      'another salt at 100 %, where nothing is hashed',
      { rollout: 100 },
      { rollout: 100, file: { salt: 'other' } },
      'same',
    ],
    ['another salt from 100 %', { rollout: 100 }, { rollout: 5, file: { salt: 'other' } }, 'reducing'],
    ['another salt, killed', { rollout: 25 }, { rollout: 25, enabled: false, file: { salt: 'other' } }, 'reducing'],
    ['another salt at the same percentage', { rollout: 25 }, { rollout: 25, file: { salt: 'other' } }, 'other'],
    [
      'shares of two variants of one value',
      { rollout: { b: 10, c: 10 }, file: { default: 'a', variants: { a: 1, b: 2, c: 2 } } },
      { rollout: { b: 15, c: 5 }, file: { default: 'a', variants: { a: 1, b: 2, c: 2 } } },
      'same',
    ],
    [
      'a share of the default’s value is no share',
      { rollout: { b: 10 }, file: { default: 'a', variants: { a: 1, b: 2, c: 1 } } },
      { rollout: { b: 0, c: 50 }, file: { default: 'a', variants: { a: 1, b: 2, c: 1 } } },
      'reducing',
    ],
  ])('%s', (_what, base, head, expected) => {
    expectRow(base, head, expected);
  });
});

describe('staged plans', () => {
  it.each<Row>([
    ['a stage back', plan('half'), plan('canary'), 'reducing'],
    ['back over a segment', plan('friends'), plan('canary'), 'reducing'],
    ['off', plan('all'), plan('off'), 'reducing'],
    ['off from the first', plan('staff'), plan('off'), 'reducing'],
    ['a stage on', plan('canary'), plan('friends'), 'other'],
    ['killed', plan('half'), { ...plan('half'), enabled: false }, 'reducing'],
    ['a number instead, no higher', plan('half'), { rollout: 5 }, 'reducing'],
    ['a number instead, higher', plan('canary'), { rollout: 6 }, 'other'],
    [
      'a lower number than the plan’s, but a segment more',
      { rollout: 50, segments: plan('off').segments ?? {} },
      plan('canary'),
      'other',
    ],
    ['guardrails and holds serve nobody', plan('half'), plan('half', { guardrails: ['errors'] }), 'same'],
    [
      'back to another variant',
      { ...plan('half', { to: 'b' }), file: ABC },
      { ...plan('canary', { to: 'c' }), file: ABC },
      'other',
    ],
    [
      'back, at the same variant',
      { ...plan('half', { to: 'b' }), file: ABC },
      { ...plan('canary', { to: 'b' }), file: ABC },
      'reducing',
    ],
    [
      'back, with a wider segment',
      plan('half'),
      { ...plan('canary'), segments: { staff: { email: { endsWith: '.com' } }, friends: { friend: true } } },
      'other',
    ],
  ])('%s', (_what, base, head, expected) => {
    expectRow(base, head, expected);
  });
});

describe('rules', () => {
  const two = (first: RuleDocument[], rest: Sketch = {}): Sketch => ({ rules: first, ...rest });
  const [de, fr, beta] = [{ country: 'DE' }, { country: 'FR' }, { beta: true }];
  it.each<Row>([
    ['removed', one(de), {}, 'reducing'],
    ['removed, before a rollout of the same variant', { ...one(de), rollout: 5 }, { rollout: 5 }, 'reducing'],
    [
      'removed, before a rollout of another',
      { ...one(de, { serve: 'b' }), rollout: { c: 5 }, file: ABC },
      { rollout: { c: 5 }, file: ABC },
      'other',
    ],
    [
      'removed, before a rule of another that can meet it',
      two([rule('r', de, { serve: 'b' }), rule('s', beta, { serve: 'c' })], { file: ABC }),
      two([rule('s', beta, { serve: 'c' })], { file: ABC }),
      'other',
    ],
    [
      'removed, before a rule of another that can’t',
      two([rule('r', de, { serve: 'b' }), rule('s', fr, { serve: 'c' })], { file: ABC }),
      two([rule('s', fr, { serve: 'c' })], { file: ABC }),
      'reducing',
    ],
    ['one that serves the default removed', { ...one(de, { serve: false }), rollout: 5 }, { rollout: 5 }, 'other'],
    ['one that serves the default removed, nothing behind', one(de, { serve: false }), {}, 'same'],
    ['one at 0 % removed', { ...one(de, { rollout: 0 }), rollout: 5 }, { rollout: 5 }, 'other'],
    ['one at 5 % removed before 100 %', { ...one(de, { rollout: 5 }), rollout: 100 }, { rollout: 100 }, 'other'],
    ['added', {}, one(de), 'other'],
    ['the default instead', one(de), one(de, { serve: false }), 'reducing'],
    [
      'another variant instead',
      { ...one(de, { serve: 'b' }), file: ABC },
      { ...one(de, { serve: 'c' }), file: ABC },
      'other',
    ],
    ['its rollout lower', one(de, { rollout: 50 }), one(de, { rollout: 5 }), 'reducing'],
    ['a rollout instead of a variant', one(de), one(de, { rollout: 50 }), 'reducing'],
    ['a variant instead of a rollout', one(de, { rollout: 50 }), one(de), 'other'],
    ['one that serves the default in front', { rollout: 5 }, { ...one(de, { serve: false }), rollout: 5 }, 'reducing'],
    ['one at 0 % in front', one(beta), two([rule('zero', de, { rollout: 0 }), rule('r', beta)]), 'reducing'],
    [
      'one that serves the default behind all',
      one(beta),
      two([rule('r', beta), rule('zero', de, { rollout: 0 })]),
      'same',
    ],
    ['one at 5 % in front of 100 %', { rollout: 100 }, { ...one(de, { rollout: 5 }), rollout: 100 }, 'reducing'],
    ['one at 5 % in front of 1 %', { rollout: 1 }, { ...one(de, { rollout: 5 }), rollout: 1 }, 'other'],
    ['renamed', one(de), { rules: [rule('renamed', de)] }, 'same'],
    ['reordered, of one variant', two([rule('r', de), rule('s', beta)]), two([rule('s', beta), rule('r', de)]), 'same'],
    [
      'reordered, apart',
      two([rule('r', de, { serve: 'b' }), rule('s', fr, { serve: 'c' })], { file: ABC }),
      two([rule('s', fr, { serve: 'c' }), rule('r', de, { serve: 'b' })], { file: ABC }),
      'same',
    ],
    [
      'reordered, that meet',
      two([rule('r', de, { serve: 'b' }), rule('s', beta, { serve: 'c' })], { file: ABC }),
      two([rule('s', beta, { serve: 'c' }), rule('r', de, { serve: 'b' })], { file: ABC }),
      'other',
    ],
    [
      'reordered, the default first',
      two([rule('r', de), rule('s', beta, { serve: false })]),
      two([rule('s', beta, { serve: false }), rule('r', de)]),
      'reducing',
    ],
    [
      'reordered, the default last',
      two([rule('s', beta, { serve: false }), rule('r', de)]),
      two([rule('r', de), rule('s', beta, { serve: false })]),
      'other',
    ],
    ['split in two', one({ country: ['DE', 'FR'] }), two([rule('r', de), rule('s', fr)]), 'same'],
    ['two merged', two([rule('r', de), rule('s', fr)]), one({ any: [de, fr] }), 'same'],
    [
      'narrower, and behind it a rollout',
      { ...one({ country: ['DE', 'FR'] }), rollout: 5 },
      { ...one(de), rollout: 5 },
      'reducing',
    ],
    [
      'narrower, and behind it another variant',
      { ...one({ country: ['DE', 'FR'] }, { serve: 'b' }), rollout: { c: 5 }, file: ABC },
      { ...one(de, { serve: 'b' }), rollout: { c: 5 }, file: ABC },
      'other',
    ],
    [
      'narrower, one that serves the default',
      { ...one({ country: ['DE', 'FR'] }, { serve: false }), rollout: 5 },
      { ...one(de, { serve: false }), rollout: 5 },
      'other',
    ],
    [
      'wider, one that serves the default',
      { ...one(de, { serve: false }), rollout: 5 },
      { ...one({ country: ['DE', 'FR'] }, { serve: false }), rollout: 5 },
      'reducing',
    ],
    [
      'narrower, but the rollout behind is raised',
      { ...one({ country: ['DE', 'FR'] }), rollout: 5 },
      { ...one(de), rollout: 6 },
      'other',
    ],
  ])('%s', (_what, base, head, expected) => {
    expectRow(base, head, expected);
  });
});

describe('a rule removed before one of another variant: reducing only where nobody meets both', () => {
  it.each<readonly [removed: ConditionDocument, behind: ConditionDocument, expected: string]>([
    [{ a: { gte: 5 } }, { a: { lt: 5 } }, 'reducing'],
    [{ a: { gt: 5 } }, { a: { lte: 5 } }, 'reducing'],
    [{ a: { gte: 5 } }, { a: { lte: 5 } }, 'other'],
    [{ a: { after: '2026-01-01' } }, { a: { before: '2026-01-01' } }, 'reducing'],
    [{ a: { after: '2026-01-01' } }, { a: { before: '2026-01-02' } }, 'other'],
    [{ a: { semver: '>=4.0.0' } }, { a: { semver: '<4.0.0' } }, 'reducing'],
    [{ a: { semver: '>4.0.0' } }, { a: { semver: '<=4.0.0' } }, 'reducing'],
    [{ a: { semver: '>=4.0.0' } }, { a: { semver: '<=4.0.0' } }, 'other'],
    [{ a: { semver: '=4.0.0' } }, { a: { semver: '^4.0.0' } }, 'other'],
    [{ a: { endsWith: '@a.com' } }, { a: { endsWith: ['@b.com', '@c.com'] } }, 'reducing'],
    [{ a: { endsWith: 'a.com' } }, { a: { endsWith: '@a.com' } }, 'other'],
    [{ a: { startsWith: 'a' } }, { a: { endsWith: 'b' } }, 'other'],
    [{ a: { gt: 5 } }, { a: { startsWith: '6' } }, 'reducing'],
    [{ a: { contains: 5 } }, { a: { matches: '5' } }, 'other'],
    [{ a: ['x', 'y'] }, { a: ['z', 1] }, 'reducing'],
    [{ a: { exists: true } }, { a: { notIn: ['x'] } }, 'other'],
    [{ a: { exists: false } }, { a: 'x' }, 'reducing'],
  ])('%j, %j', (removed, behind, expected) => {
    const last = rule('behind', behind, { serve: 'c' });
    expectRow({ rules: [rule('r', removed, { serve: 'b' }), last], file: ABC }, { rules: [last], file: ABC }, expected);
  });
});

type Conditions = readonly [narrow: ConditionDocument, wide: ConditionDocument];

describe('conditions: from the wide one to the narrow one is reducing, back is not', () => {
  it.each<Conditions>([
    [{ a: 'x' }, { a: ['x', 'y'] }],
    [{ a: { in: ['x'] } }, { a: { in: ['x', 1, true] } }],
    [{ a: { equals: 'x' } }, { a: { exists: true } }],
    [{ a: { notIn: ['x', 'y'] } }, { a: { notIn: ['x'] } }],
    [{ a: 'y' }, { a: { notIn: ['x'] } }],
    [{ a: 'x', b: 1 }, { a: 'x' }],
    [{ all: [{ a: 'x' }, { b: 1 }] }, { b: 1 }],
    [{ a: 'x' }, { any: [{ a: 'x' }, { b: 1 }] }],
    [{ any: [{ a: 'x' }, { a: 'y' }] }, { a: ['x', 'y', 'z'] }],
    [{ any: [{ a: 'x', b: 1 }, { a: 'y' }] }, { any: [{ a: 'x' }, { a: 'y' }] }],
    [{ not: { a: ['x', 'y'] } }, { not: { a: 'x' } }],
    [{ not: { any: [{ a: 'x' }, { b: 1 }] } }, { not: { a: 'x' } }],
    [{ not: { a: 'x' } }, { not: { a: 'x', b: 1 } }],
    [{ not: { not: { a: 'x' } } }, { not: { not: { a: ['x', 'y'] } } }],
    [{ a: { gte: 18 } }, { not: { a: { lt: 18 } } }],
    [{ a: { gt: 2 } }, { a: { gt: 1 } }],
    [{ a: { gt: 1 } }, { a: { gte: 1 } }],
    [{ a: { gte: 1.5 } }, { a: { gt: 1 } }],
    [{ a: { lt: 1 } }, { a: { lt: 2 } }],
    [{ a: { lt: 1 } }, { a: { lte: 1 } }],
    [{ a: { lte: 1 } }, { a: { lt: 2 } }],
    [{ a: { gte: 18, lt: 30 } }, { a: { gte: 18, lt: 65 } }],
    [{ a: [2, 3] }, { a: { gte: 2 } }],
    [{ a: { before: '2026-01-01' } }, { a: { before: '2026-01-01T00:00:01Z' } }],
    [{ a: { after: '2026-01-01T01:00:01+01:00' } }, { a: { after: '2026-01-01' } }],
    [{ a: { startsWith: 'xy' } }, { a: { startsWith: 'x' } }],
    [{ a: { startsWith: ['xy', 'z'] } }, { a: { startsWith: ['x', 'z'] } }],
    [{ a: { endsWith: '@eu.acme.com' } }, { a: { endsWith: ['acme.com', '.de'] } }],
    [{ a: { contains: 'x' } }, { a: { contains: ['x', 'y'] } }],
    [{ a: { matches: 'x', startsWith: 'y' } }, { a: { matches: 'x' } }],
    [{ a: ['ax', 'x'] }, { a: { matches: 'x$' } }],
    [{ a: { semver: '>=4.3.0' } }, { a: { semver: '>=4.2' } }],
    [{ a: { semver: '>4.2.0 <5.0.0' } }, { a: { semver: '>=4.2.0' } }],
    [{ a: { semver: '^4.3.0' } }, { a: { semver: '^4.2.0 || ^5.0.0' } }],
    [{ a: { semver: '~4.2.1' } }, { a: { semver: '^4.2.0' } }],
    [{ a: { semver: '<4.0.0' } }, { a: { semver: '<=4.0.0' } }],
    [{ a: { semver: '=4.2.0' } }, { a: { semver: '<=4.2 !=4.1.0' } }],
    [{ a: { semver: '>4.2.0' } }, { a: { semver: '>=4.2.0 !=4.2.0' } }],
    [{ a: { semver: '>=4.2.0-rc.2' } }, { a: { semver: '>=4.2.0-rc.1' } }],
    [{ a: ['4.2.0', '4.3'] }, { a: { semver: '^4.2.0' } }],
    [{ a: { exists: false } }, { not: { a: 'x' } }],
    [{ a: { exists: false }, b: 1 }, { a: { exists: false } }],
    [{ segment: 'eu' }, { segment: ['eu', 'us'] }],
    [{ segment: 'eu', a: 'x' }, { segment: 'eu' }],
    [{ country: 'DE' }, { segment: 'eu' }],
    [{ not: { segment: ['eu', 'us'] } }, { not: { segment: 'eu' } }],
    [{ a: 'x' }, {}],
  ])('%j, %j', (narrow, wide) => {
    const segments = { eu: { country: ['DE', 'FR'] }, us: { country: 'US' } };
    const [small, large]: [Sketch, Sketch] = [
      { ...one(narrow), segments },
      { ...one(wide), segments },
    ];
    expectRow(large, small, 'reducing');
    expectRow(small, large, 'other');
  });

  it.each<Conditions>([
    [{ a: { contains: 'xy' } }, { a: { contains: 'x' } }],
    [{ a: { contains: '1' } }, { a: { contains: 1 } }],
    [{ not: { a: { lt: 18 } } }, { a: { gte: 18 } }],
    [{ not: { a: { before: '2026-01-01' } } }, { a: { after: '2025-12-31' } }],
    [{ a: { notIn: ['x'] } }, { a: { exists: true } }],
    [{ not: { a: { semver: '<4.0.0' } } }, { a: { semver: '>=4.0.0' } }],
    [{ a: '5' }, { a: 5 }],
    [{ a: 1 }, { a: true }],
    [{ a: 'X' }, { a: 'x' }],
    [{ 'a.b': 'x' }, { a: 'x' }],
    [{ a: { matches: '^xy' } }, { a: { matches: '^x' } }],
    [{ a: { semver: '^4.2.0' } }, { a: { semver: '^5.0.0' } }],
    [{ a: { semver: '>=4.2.0' } }, { a: { semver: '>=4.2.0 <9.0.0' } }],
    [{ a: { semver: '!=4.2.0' } }, { a: { semver: '>4.2.0' } }],
    [{ a: { semver: '>=4.2.0' } }, { a: { semver: '>4.2.0' } }],
    [{ a: { semver: '>=4.2.0' } }, { a: { semver: '<=9.0.0' } }],
    [{ a: { startsWith: '' } }, { a: { exists: true, notIn: ['x'] } }],
    [{ any: [{ a: 'x' }, { b: 1 }] }, { a: 'x', b: 1 }],
    [{ any: [{ a: 'x' }, { b: 1 }] }, { a: 'x' }],
  ])('traps: %j is within neither %j', (narrow, wide) => {
    expectRow(one(wide), one(narrow), 'other');
  });
});

describe('segments', () => {
  const using = (when: ConditionDocument, segments: Segments, rest: Sketch = {}): Sketch => ({
    ...one(when),
    ...rest,
    segments,
  });
  const [wide, narrow] = [{ s: { country: ['DE', 'FR'] } }, { s: { country: 'DE' } }];
  const stagedFor = (endsWith: string): Sketch => ({
    ...plan('staff'),
    segments: { ...plan('staff').segments, staff: { email: { endsWith } } },
  });
  const nested = (s: ConditionDocument): Segments => ({ s, outer: { any: [{ segment: 's' }, { beta: true }] } });
  it.each<Row>([
    ['narrowed', using({ segment: 's' }, wide), using({ segment: 's' }, narrow), 'reducing'],
    [
      'narrowed, used through another',
      using({ segment: 'outer' }, nested(wide.s)),
      using({ segment: 'outer' }, nested(narrow.s)),
      'reducing',
    ],
    [
      'narrowed, used negatively',
      using({ not: { segment: 's' } }, wide),
      using({ not: { segment: 's' } }, narrow),
      'other',
    ],
    [
      'widened, used negatively',
      using({ not: { segment: 's' } }, narrow),
      using({ not: { segment: 's' } }, wide),
      'reducing',
    ],
    [
      'narrowed, used both ways',
      { rules: [rule('r', { segment: 's' }), rule('q', { not: { segment: 's' }, beta: true })], segments: wide },
      { rules: [rule('r', { segment: 's' }), rule('q', { not: { segment: 's' }, beta: true })], segments: narrow },
      'reducing',
    ],
    [
      'narrowed, of a rule that holds others back',
      { ...one({ segment: 's' }, { serve: false }), rollout: 5, segments: wide },
      { ...one({ segment: 's' }, { serve: false }), rollout: 5, segments: narrow },
      'other',
    ],
    ['narrowed, in a reached stage', plan('staff'), stagedFor('ann@acme.com'), 'reducing'],
    ['another, in a reached stage: not a longer suffix', plan('staff'), stagedFor('@eu.acme.com'), 'other'],
    [
      'widened, in a stage that is not reached',
      plan('canary'),
      { ...plan('canary'), segments: { ...plan('canary').segments, friends: { any: [{ friend: true }, { a: 1 }] } } },
      'same',
    ],
    ['written out', using({ segment: 's' }, wide), one({ country: ['FR', 'DE'] }), 'same'],
  ])('%s', (_what, base, head, expected) => {
    expectRow(base, head, expected);
  });
});

describe('prerequisites', () => {
  const at = (rollout: number, rest: FlagSketch = {}): FlagSketch => inProduction({ rollout }, rest);
  const killed: FlagSketch = { environments: { production: { enabled: false, rollout: 50 } } };
  const many = (rollout: Record<string, number>): FlagSketch => inProduction({ rollout }, ABC);
  it.each<Row>([
    ['added', { rollout: 100, needed: at(50) }, needing(at(50), 'true'), 'reducing'],
    ['added to what serves nobody', { rollout: 0, needed: at(50) }, needing(at(50), 'true', { rollout: 0 }), 'same'],
    ['removed', needing(at(50), 'true'), { rollout: 100, needed: at(50) }, 'other'],
    ['another variant of it', needing(at(50), 'true'), needing(at(50), 'false'), 'other'],
    ['reduced', needing(at(50), 'true'), needing(at(5), 'true'), 'reducing'],
    ['killed', needing(at(50), 'true'), needing(killed, 'true'), 'reducing'],
    ['killed where its default is needed', needing(at(50), 'false'), needing(killed, 'false'), 'other'],
    ['widened', needing(at(5), 'true'), needing(at(50), 'true'), 'other'],
    [
      'widened where its default is needed: not proved by a rollout',
      needing(at(5), 'false'),
      needing(at(50), 'false'),
      'other',
    ],
    ['reduced by another salt', needing(at(50), 'true'), needing(at(5, { salt: 'x' }), 'true'), 'other'],
    ['its description', needing(at(50), 'true'), needing(at(50, { description: 'Other.' }), 'true'), 'same'],
    [
      'reduced, and the flag raised',
      needing(at(50), 'true', { rollout: 5 }),
      needing(killed, 'true', { rollout: 6 }),
      'other',
    ],
    [
      'reduced, and the flag too',
      needing(at(50), 'true', { rollout: 50 }),
      needing(at(5), 'true', { rollout: 5 }),
      'reducing',
    ],
    [
      'its values, not its variants',
      needing(inProduction({ rollout: { b: 50 } }, ABC), 'b'),
      needing(inProduction({ rollout: { b: 50 } }, { ...ABC, variants: { a: 1, b: 9, c: 3 } }), 'b'),
      'same',
    ],
    [
      'its other variant reduced in proportion',
      needing(many({ b: 20, c: 20 }), 'c'),
      needing(many({ b: 10, c: 10 }), 'c'),
      'reducing',
    ],
    ['its shares moved', needing(many({ b: 20, c: 20 }), 'c'), needing(many({ b: 10, c: 20 }), 'c'), 'other'],
    [
      'its default another',
      needing(many({ b: 20 }), 'b'),
      needing(inProduction({ rollout: { a: 10 } }, { ...ABC, default: 'b' }), 'b'),
      'other',
    ],
  ])('%s', (_what, base, head, expected) => {
    expectRow(base, head, expected);
  });
});

describe('values and defaults', () => {
  const NULL = { default: null, variants: { b: 2, c: 3 } } as const;
  it.each<Row>([
    [
      'a variant renamed',
      { rollout: { b: 5 }, file: ABC },
      { rollout: { d: 5 }, file: { default: 'a', variants: { a: 1, d: 2 } } },
      'same',
    ],
    [
      'the default renamed',
      { rollout: { b: 5 }, file: ABC },
      { rollout: { b: 5 }, file: { default: 'z', variants: { z: 1, b: 2, c: 3 } } },
      'same',
    ],
    [
      'the value that is served',
      { rollout: { b: 5 }, file: ABC },
      { rollout: { b: 5 }, file: { ...ABC, variants: { a: 1, b: 9, c: 3 } } },
      'other',
    ],
    [
      'a value that nobody gets',
      { rollout: { b: 5 }, file: ABC },
      { rollout: { b: 5 }, file: { ...ABC, variants: { a: 1, b: 2, c: 9 } } },
      'same',
    ],
    [
      'a value that nobody gets, along with a kill',
      { rollout: { b: 5 }, file: ABC },
      { enabled: false, file: { ...ABC, variants: { a: 1, b: 2, c: 9 } } },
      'other',
    ],
    [
      'a value to the default’s',
      { rollout: { b: 5 }, file: ABC },
      { rollout: { b: 5 }, file: { ...ABC, variants: { a: 1, b: 1, c: 3 } } },
      'other',
    ],
    [
      'the default’s value',
      { rollout: { b: 5 }, file: ABC },
      { enabled: false, file: { ...ABC, variants: { a: 7, b: 2, c: 3 } } },
      'other',
    ],
    ['the default', { rollout: { b: 5 }, file: ABC }, { enabled: false, file: { ...ABC, default: 'c' } }, 'other'],
    ['the default to what everybody gets', { rollout: 100 }, { file: { default: true } }, 'other'],
    ['a kill under `default: null`', { rollout: { b: 5 }, file: NULL }, { enabled: false, file: NULL }, 'other'],
    [
      'nothing under `default: null`',
      { rollout: { b: 5 }, file: NULL },
      { rollout: { b: 5 }, file: { ...NULL, description: 'Other.' } },
      'same',
    ],
    [
      'to `default: null`',
      { rollout: { b: 5 }, file: { default: 'c', variants: { b: 2, c: 3 } } },
      { enabled: false, file: NULL },
      'other',
    ],
    [
      'from `default: null`',
      { enabled: false, file: NULL },
      { enabled: false, file: { default: 'b', variants: { b: 2, c: 3 } } },
      'other',
    ],
    [
      'the kind of values, where all get the caller’s default',
      { enabled: false, file: NULL },
      { enabled: false, file: { default: null, variants: { b: '2', c: '3' } } },
      'other',
    ],
    [
      'the kind of values',
      { rollout: 0, file: { default: 'a', variants: { a: 1, b: 2 } } },
      { rollout: 0, file: { default: 'a', variants: { a: '1', b: '2' } } },
      'other',
    ],
    [
      'an object’s keys in another order',
      { rollout: 5, file: { default: 'a', variants: { a: { x: 1, y: [2] }, b: { x: 2 } } } },
      { rollout: 5, file: { default: 'a', variants: { a: { y: [2], x: 1 }, b: { x: 2 } } } },
      'same',
    ],
    [
      'a list in another order',
      { rollout: 5, file: { default: 'a', variants: { a: [1, 2], b: [3] } } },
      { rollout: 5, file: { default: 'a', variants: { a: [2, 1], b: [3] } } },
      'other',
    ],
    [
      'served by name, the same by value',
      { ...one({ x: 1 }, { serve: 'b' }), file: { default: 'a', variants: { a: 1, b: 2, c: 2 } } },
      { ...one({ x: 1 }, { serve: 'c' }), file: { default: 'a', variants: { a: 1, b: 2, c: 2 } } },
      'same',
    ],
  ])('%s', (_what, base, head, expected) => {
    expectRow(base, head, expected);
  });
});

describe('latent: as if enabled', () => {
  const off = (rest: Sketch): Sketch => ({ ...rest, enabled: false });
  const at = (rollout: number, isEnabled = true): FlagSketch => ({
    environments: { production: { enabled: isEnabled, rollout } },
  });
  it.each<readonly [...Row, latent: string]>([
    ['a kill', { rollout: 5 }, off({ rollout: 5 }), 'reducing', 'same'],
    ['a kill that lowers too', { rollout: 5 }, off({ rollout: 1 }), 'reducing', 'reducing'],
    ['a kill that raises the rollout', { rollout: 5 }, off({ rollout: 50 }), 'reducing', 'other'],
    ['a kill that adds a rule', { rollout: 5 }, off({ ...one({ x: 1 }), rollout: 5 }), 'reducing', 'other'],
    ['a kill that moves the stage', plan('canary'), off(plan('all')), 'reducing', 'other'],
    ['a kill that changes the salt', { rollout: 5 }, off({ rollout: 5, file: { salt: 'x' } }), 'reducing', 'other'],
    [
      'a kill that widens a segment',
      { ...one({ segment: 's' }), segments: { s: { x: 1 } } },
      off({ ...one({ segment: 's' }), segments: { s: { x: [1, 2] } } }),
      'reducing',
      'other',
    ],
    ['an environment removed', { rollout: 5 }, { file: { environments: {} } }, 'reducing', 'reducing'],
    ['a raise while disabled', off({ rollout: 5 }), off({ rollout: 50 }), 'same', 'other'],
    [
      'a need killed, and the flag raised behind it',
      needing(at(50), 'true', { rollout: 5 }),
      needing(at(50, false), 'true', { rollout: 50 }),
      'other',
      'other',
    ],
    [
      'a need killed',
      needing(at(50), 'true', { rollout: 5 }),
      needing(at(50, false), 'true', { rollout: 5 }),
      'reducing',
      'same',
    ],
    [
      'a need killed that is raised along',
      needing(at(50), 'true', { rollout: 5 }),
      needing(at(60, false), 'true', { rollout: 5 }),
      'reducing',
      'other',
    ],
  ])('%s', (_what, base, head, visible, latent) => {
    const directions = directionsOf(repositoryOf(base), repositoryOf(head));
    expect([directions.of(FLAG, 'production'), directions.latentOf(FLAG, 'production')]).toEqual([visible, latent]);
  });
});

describe('flags and environments that come and go', () => {
  const flag = inProduction({ rollout: 5 });
  const off: FlagSketch = { environments: { production: { enabled: false, rollout: 5 } } };
  it.each<readonly [what: string, base: RepositorySketch['flags'], head: RepositorySketch['flags'], string, string]>([
    ['a flag removed', { [FLAG]: flag }, {}, 'other', 'other'],
    ['a disabled flag removed', { [FLAG]: off }, {}, 'other', 'other'],
    ['a flag added', {}, { [FLAG]: flag }, 'other', 'other'],
    ['a flag added without environments', {}, { [FLAG]: {} }, 'same', 'same'],
    ['a flag added, disabled', {}, { [FLAG]: off }, 'same', 'other'],
    ['a flag added, at 0 %', {}, { [FLAG]: inProduction({ rollout: 0 }) }, 'other', 'other'],
    ['a flag added, on elsewhere', {}, { [FLAG]: { environments: { staging: { enabled: true } } } }, 'other', 'other'],
    ['no flag at all', {}, {}, 'other', 'other'],
    ['two rulesets of one flag', { [FLAG]: flag }, { [FLAG]: flag }, 'same', 'same'],
    [
      'another environment changed',
      { [FLAG]: flag },
      { [FLAG]: { environments: { ...flag.environments, staging: { enabled: true, rollout: 100 } } } },
      'same',
      'same',
    ],
  ])('%s', (_what, base, head, visible, latent) => {
    const directions = directionsOf({ flags: base }, { flags: head });
    expect([directions.of(FLAG, 'production'), directions.latentOf(FLAG, 'production')]).toEqual([visible, latent]);
  });

  it('an environment of one side only proves nothing', () => {
    const [both, base] = [{ flags: { [FLAG]: flag } }, { flags: { [FLAG]: flag }, environments: ['production'] }];
    expect(directionsOf(base, both).of(FLAG, 'staging')).toBe('other');
    expect(directionsOf(both, base).of(FLAG, 'staging')).toBe('other');
    expect(directionsOf(both, both).of(FLAG, 'nowhere')).toBe('other');
  });
});

describe('limits', () => {
  it('a proof that takes too long is none, and comes to an end', () => {
    // Each way to meet all of these is tried, were there no limit: 3 to the power of 40.
    const all = Array.from({ length: 40 }, (_, index) => ({
      any: [{ [`a${index}`]: { matches: 'x' } }, { [`b${index}`]: 'x' }, { [`c${index}`]: 'x' }],
    }));
    const pigeons = Array.from({ length: 9 }, (_, pigeon) => ({
      any: Array.from({ length: 8 }, (_, hole) => ({ [`p${pigeon}h${hole}`]: true })),
    }));
    const clashes = Array.from({ length: 8 }, (_, hole) =>
      Array.from({ length: 9 }, (_, one) =>
        Array.from({ length: one }, (_, other) => ({
          not: { [`p${one}h${hole}`]: true, [`p${other}h${hole}`]: true },
        })),
      ),
    ).flat(2);
    expectRow({}, one({ all: [...all, ...pigeons, ...clashes] as ConditionDocument[] }), 'other');
  });

  it('conditions nested deeper than is looked into prove nothing', () => {
    const deep = (leaf: ConditionDocument, levels: number): ConditionDocument =>
      levels === 0 ? leaf : { all: [deep(leaf, levels - 1), { [`b${levels}`]: 1 }] };
    expectRow(one(deep({ a: ['x', 'y'] }, 20)), one(deep({ a: 'x' }, 20)), 'reducing');
    expectRow(one(deep({ a: ['x', 'y'] }, 300)), one(deep({ a: 'x' }, 300)), 'other');
  });

  it('long lists are compared', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => `user-${index}`);
    expectRow(one({ id: list }), one({ id: list.slice(1) }), 'reducing');
    expectRow(one({ id: list.slice(1) }), one({ id: list }), 'other');
    const [suffixes, tested] = [one({ id: { endsWith: list } }), one({ id: list, country: 'DE' })];
    expectRow(suffixes, tested, 'other');
    expectRow(suffixes, { ...suffixes, enabled: false }, 'reducing');
  });
});
