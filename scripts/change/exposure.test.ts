import { describe, expect, it, test } from 'vitest';
import type { ConditionDocument, EnvironmentDocument, SegmentDocument } from '../../provider/engine/index.js';
import { flagDocument, type FlagSketch } from '../../provider/engine/testing/documents.js';
import type { Segments } from './audience.js';
import { namesAudience } from './audience.js';
import type { Exposure } from './change.js';
import { exposureOf, wideningOf, widestOf } from './exposure.js';

const segments = segmentsOf({
  employees: { email: { endsWith: '@example.com' } },
  nested: { segment: 'employees' },
  everybody: { id: { exists: true } },
  circle: { segment: 'circle' },
});

function segmentsOf(conditions: Readonly<Record<string, ConditionDocument>>): Segments {
  return new Map(
    Object.entries(conditions).map(([name, when]) => [
      name,
      { read: (): SegmentDocument => ({ owner: 'team', description: 'A segment.', when }) },
    ]),
  );
}

describe('a condition', () => {
  const closed: readonly ConditionDocument[] = [
    { country: 'DE' },
    { country: ['DE', 'AT'] },
    { country: { equals: 'DE' } },
    { country: { in: ['DE'] } },
    { country: 'DE', age: { gt: 3 } },
    { version: { semver: '>=4' }, country: { exists: true, in: ['DE'] } },
    { email: { endsWith: '@example.com' } },
    { email: { startsWith: ['ab', 'cd'] } },
    { email: { contains: 'ab' } },
    { segment: 'employees' },
    { segment: ['employees', 'nested'] },
    { any: [{ country: 'DE' }, { segment: 'nested' }] },
    { all: [{ age: { gt: 3 } }, { country: 'DE' }] },
    { not: { country: 'DE' }, plan: 'pro' },
  ];
  const open: readonly ConditionDocument[] = [
    {},
    { country: { notIn: ['DE'] } },
    { country: { exists: true } },
    { age: { gt: 3 } },
    { age: { gte: 3, lt: 9 } },
    { at: { after: '2026-01-01' } },
    { version: { semver: '>=4' } },
    { email: { matches: '^ann@example' } },
    { email: { endsWith: 'm' } },
    { email: { startsWith: ['ab', 'c'] } },
    { email: { contains: 'a' } },
    { list: { contains: 12 } },
    { segment: 'everybody' },
    { segment: ['employees', 'everybody'] },
    { segment: 'unknown' },
    { segment: 'circle' },
    { any: [{ country: 'DE' }, { age: { gt: 3 } }] },
    { all: [{ age: { gt: 3 } }, { age: { lt: 9 } }] },
    { not: { country: 'DE' } },
  ];

  test.each(closed.map((when) => [when]))('%j names an audience', (when) => {
    expect(namesAudience(when, segments)).toBe(true);
  });
  test.each(open.map((when) => [when]))('%j may hold for anybody', (when) => {
    expect(namesAudience(when, segments)).toBe(false);
  });
});

describe('an exposure', () => {
  const several: FlagSketch = { variants: { nil: 0, same: 0, one: 1, two: 2 }, default: 'nil' };
  const openRule = { name: 'r', when: { age: { gt: 3 } } };
  const stages = [
    { name: 'internal', segment: 'employees' },
    { name: 'adults', segment: 'everybody' },
    { name: 'canary', percent: 5 },
    { name: 'all', percent: 100 },
  ];
  type Row = readonly [string, Partial<EnvironmentDocument> | undefined, FlagSketch, Exposure | number];
  const rows: readonly Row[] = [
    ['an absent environment', undefined, {}, 0],
    ['a disabled one', { enabled: false, rollout: 50, rules: [{ ...openRule, serve: true }] }, {}, 0],
    ['no rollout', {}, {}, 0],
    ['a number', { rollout: 12.5 }, {}, 12.5],
    ['a number under another default', { rollout: 12.5 }, { default: true }, 12.5],
    ['a map', { rollout: { one: 0.1, two: 0.2 } }, several, 0.3],
    ['a variant of the same value as the default', { rollout: { one: 10, same: 20 } }, several, 10],
    ['a variant of any value under no default', { rollout: { nil: 5, one: 10 } }, { ...several, default: null }, 15],
    ['a plan at off', { rollout: { stage: 'off', stages } }, {}, 0],
    ['a plan at a segment that is closed', { rollout: { stage: 'internal', stages } }, {}, 0],
    ['a plan at a segment that is open', { rollout: { stage: 'adults', stages } }, {}, exposure(0, { adults: 100 })],
    ['a plan at a percentage', { rollout: { stage: 'canary', stages } }, {}, exposure(5, { adults: 100 })],
    ['a plan to the value of the default', { rollout: { stage: 'all', to: 'same', stages } }, several, 0],
    ['an open rule that serves', { rules: [{ ...openRule, serve: true }] }, {}, exposure(0, { r: 100 })],
    ['an open rule that serves the default', { rules: [{ ...openRule, serve: false }] }, {}, 0],
    ["an open rule that serves the default's value", { rules: [{ ...openRule, serve: 'same' }] }, several, 0],
    ['an open rule that splits', { rollout: 1, rules: [{ ...openRule, rollout: 20 }] }, {}, exposure(1, { r: 20 })],
    ['an open rule that splits among nobody', { rules: [{ ...openRule, rollout: 0 }] }, {}, 0],
    ['a closed rule', { rules: [{ name: 'r', when: { a: 1 }, serve: true }] }, {}, 0],
    [
      'a rule and a stage of one name',
      { rollout: { stage: 'adults', stages }, rules: [{ ...openRule, name: 'adults', rollout: 5 }] },
      {},
      exposure(0, { adults: 100 }),
    ],
  ];

  test.each(rows)('of %s', (_name, environment, sketch, expected) => {
    const environments = environment === undefined ? {} : { production: { enabled: true, ...environment } };
    const flag = flagDocument('team.domain.flag', { ...sketch, environments });
    expect(exposureOf(flag, 'production', segments)).toMatchObject(
      typeof expected === 'number' ? exposure(expected) : expected,
    );
  });

  it('is none of a flag that is not there', () => {
    expect(exposureOf(undefined, 'production', segments)).toEqual(exposure(0));
  });
});

test.each([
  [exposure(5), exposure(25), 20, 25],
  [exposure(25), exposure(5), 0, 5],
  [exposure(0.1), exposure(0.3), 0.2, 0.3],
  [exposure(50), exposure(50, { r: 30 }), 30, 50],
  [exposure(0, { r: 20 }), exposure(10, { r: 35 }), 15, 35],
  [exposure(0, { r: 20 }), exposure(0), 0, 0],
  [exposure(0, { r: 20 }), exposure(0, { other: 20 }), 20, 20],
])('%j → %j widens by %d', (before, after, widening, widest) => {
  expect(wideningOf(before, after)).toBe(widening);
  expect(widestOf(after)).toBe(widest);
});

function exposure(rest: number, openRules: Readonly<Record<string, number>> = {}): Exposure {
  return { rest, openRules: new Map(Object.entries(openRules)) };
}
