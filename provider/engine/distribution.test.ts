import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, hasher } from './bucket.js';
import { inProduction, variantOf } from './testing/documents.js';
import { CHI_SQUARE_AT_ONE_IN_A_MILLION as LIMIT, chiSquare, keysOf, tally } from './testing/statistics.js';

// Keys, salts and so every figure are the same in every run. A fair hash fails one of these limits once in a million
// choices of keys; that these keys don't is seen once and for all.
const COUNT = 100_000;
const keyShapes = {
  'user-': keysOf('user-', COUNT),
  numbers: keysOf('', COUNT),
  'non-ASCII': keysOf('käufer-日本-', COUNT),
  'long keys': keysOf('tenant:eu-central-1/organisation:0123456789abcdef/user:', COUNT),
  'spread numbers': Array.from({ length: COUNT }, (_, index) => String(index * 7_919 + 1_000_000_007)),
};

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

describe('uniformity', () => {
  describe.each(Object.entries(keyShapes))('%s', (_name, keys) => {
    it.each(['payments.checkout.new-flow', 'a', '', 'growth.signup.one-page:variant:'])(
      'over 100 buckets with the salt %j',
      (salt) => {
        const hash = hasher(salt);
        const counts = zeros(100);
        for (const key of keys) counts[Math.floor((bucketOf(hash(key), BUCKETS) * 100) / BUCKETS)]! += 1;
        expect(counts.reduce((sum, count) => sum + count)).toBe(COUNT);
        expect(
          chiSquare(
            counts,
            counts.map(() => COUNT / 100),
          ),
        ).toBeLessThan(LIMIT[99]);
      },
    );
  });

  it('would notice a hash that is not', () => {
    const counts = zeros(100);
    for (const key of keyShapes['user-']) counts[Number(key.slice(5)) % 97]! += 1;
    expect(
      chiSquare(
        counts,
        counts.map(() => COUNT / 100),
      ),
    ).toBeGreaterThan(LIMIT[99]);
  });
});

describe('shares', () => {
  const keys = keyShapes['user-'];

  it.each([0.1, 1, 5, 12.345, 50, 99, 99.9])('%d %% is that many', (rollout) => {
    const counts = tally(keys, variantOf(inProduction({ rollout })));
    const expected = [(COUNT * rollout) / 100, (COUNT * (100 - rollout)) / 100];
    expect(chiSquare([counts.get('true') ?? 0, counts.get('false') ?? 0], expected)).toBeLessThan(LIMIT[1]);
  });

  it.each([
    { b: 10, c: 20 },
    { b: 50, c: 50 },
    { b: 1, c: 98 },
    { c: 33.333, b: 66.667 },
    { b: 0.5, c: 0.25 },
  ])('%j are those of its variants', (rollout) => {
    const variants = { a: 'x', b: 'y', c: 'z' };
    const counts = tally(keys, variantOf(inProduction({ rollout }, { default: 'a', variants })));
    const rest = 100 - rollout.b - rollout.c;
    const shares = { b: rollout.b, c: rollout.c, ...(rest > 0.0001 ? { a: rest } : {}) };
    const observed = Object.keys(shares).map((name) => counts.get(name) ?? 0);
    expect(observed.reduce((sum, count) => sum + count)).toBe(COUNT);
    const expected = Object.values(shares).map((share) => (COUNT * share) / 100);
    expect(chiSquare(observed, expected)).toBeLessThan(LIMIT[expected.length === 3 ? 2 : 1]);
  });

  it('a hundred variants of one percent each are even', () => {
    const names = Array.from({ length: 101 }, (_, index) => `v${index}`);
    const variants = Object.fromEntries(names.map((name, index) => [name, index]));
    const rollout = Object.fromEntries(names.slice(1).map((name) => [name, 1]));
    const counts = tally(keys, variantOf(inProduction({ rollout }, { default: 'v0', variants })));
    const observed = names.slice(1).map((name) => counts.get(name) ?? 0);
    expect(
      chiSquare(
        observed,
        observed.map(() => COUNT / 100),
      ),
    ).toBeLessThan(LIMIT[99]);
  });
});

describe('independence', () => {
  const keys = keyShapes['user-'];
  const quarter = (key: string, salt: string): number =>
    Math.floor((bucketOf(hasher(salt)(key), BUCKETS) * 4) / BUCKETS);

  it.each([
    ['payments.checkout.new-flow', 'payments.checkout.new-flow-2'],
    ['a', 'b'],
    ['growth.signup.one-page', 'growth.signup.one-page:variant:'],
  ])('of the buckets with the salts %j and %j', (one, other) => {
    const counts = zeros(16);
    for (const key of keys) counts[quarter(key, one) * 4 + quarter(key, other)]! += 1;
    const row = (index: number): number => counts.slice(index * 4, index * 4 + 4).reduce((sum, count) => sum + count);
    const column = (index: number): number =>
      [0, 1, 2, 3].reduce((sum, at) => sum + (counts[at * 4 + index] as number), 0);
    const product = counts.map((_, index) => (row(Math.floor(index / 4)) * column(index % 4)) / COUNT);
    expect(chiSquare(counts, product)).toBeLessThan(LIMIT[9]);
  });

  it('of who is in from which variant: the shares are the same at every width', () => {
    const variants = { a: 'x', b: 'y', c: 'z' };
    for (const percent of [1, 10, 50]) {
      const counts = tally(
        keys,
        variantOf(inProduction({ rollout: { b: percent, c: percent } }, { default: 'a', variants })),
      );
      const [b, c] = [counts.get('b') ?? 0, counts.get('c') ?? 0];
      expect(chiSquare([b, c], [(b + c) / 2, (b + c) / 2])).toBeLessThan(LIMIT[1]);
    }
  });

  it('ends where two flags share a salt: they share their buckets', () => {
    const one = variantOf(inProduction({ rollout: 20 }, { salt: 'shared' }));
    const two = variantOf(inProduction({ rollout: 35 }, { salt: 'shared', description: 'Another.' }));
    expect(keys.filter((key) => one(key) === 'true' && two(key) !== 'true')).toEqual([]);
    const apart = variantOf(inProduction({ rollout: 35 }, { salt: 'another' }));
    expect(keys.filter((key) => one(key) === 'true' && apart(key) !== 'true').length).toBeGreaterThan(0);
  });
});
