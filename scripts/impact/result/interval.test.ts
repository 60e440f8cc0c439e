import { describe, expect, it } from 'vitest';
import { effectiveSize, shareOf, wilson } from './interval.js';
import { addContext, newSums, sumsAt, type Sums } from '../replay/sums.js';

/** A share by counts alone. */
const unweighted = (contexts: number): Sums => ({ contexts, weight: contexts, squares: contexts });

describe('an interval of a share', () => {
  // By the closed form, in a calculator of arbitrary precision.
  it.each([
    [0, 10, 0, 0.27753279986288],
    [10, 10, 0.72246720013712, 1],
    [1, 10, 0.01787621, 0.40415003],
    [5, 10, 0.23659309, 0.76340691],
    [50, 1_000, 0.03813026, 0.06531382],
    [1, 1_000_000, 0.00000018, 0.00000566],
  ])('%i of %i', (count, size, low, high) => {
    const interval = wilson(count / size, size);
    expect(interval.low).toBeCloseTo(low, 7);
    expect(interval.high).toBeCloseTo(high, 7);
    expect(shareOf(unweighted(count), unweighted(size), { users: undefined, isCensus: false })).toEqual({
      contexts: count,
      share: count / size,
      ...interval,
      users: undefined,
    });
  });

  it('is everything where there are no contexts', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it('is in users where it is known how many there are, rounded away from the middle', () => {
    expect(shareOf(unweighted(1), unweighted(10), { users: 1_234, isCensus: false }).users).toEqual({
      count: 123,
      low: 22,
      high: 499,
    });
  });

  it('is the share itself where everybody was replayed', () => {
    expect(shareOf(unweighted(3), unweighted(7), { users: 7, isCensus: true })).toEqual({
      contexts: 3,
      share: 3 / 7,
      low: 3 / 7,
      high: 3 / 7,
      users: { count: 3, low: 3, high: 3 },
    });
  });

  it('does not depend on the unit of the weights', () => {
    const [small, large] = [1, 1_000].map((unit) => ({
      part: { contexts: 2, weight: 3 * unit, squares: 5 * unit * unit },
      whole: { contexts: 9, weight: 20 * unit, squares: 60 * unit * unit },
    }));
    const universe = { users: undefined, isCensus: false };
    const [one, other] = [small, large].map((sums) => shareOf(sums!.part, sums!.whole, universe));
    expect(one?.low).toBeCloseTo(other?.low as number, 12);
    expect(one?.high).toBeCloseTo(other?.high as number, 12);
  });

  it('is wider the less even the weights are', () => {
    expect(effectiveSize(unweighted(100))).toBe(100);
    expect(effectiveSize({ contexts: 100, weight: 199, squares: 99 + 100 * 100 })).toBeCloseTo(3.92, 2);
  });
});

/** Numbers from 0 to 1, the same in every run (`mulberry32`, by T. Ettinger). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A user of a population: how many such users a row stands for, and whether they change. */
interface Kind {
  /** The share of rows that are such. */
  readonly rows: number;
  readonly weight: number;
  /** The share of such users that change. */
  readonly changes: number;
}

const SAMPLES = 4_000;

/** How often the interval of a sample's share holds the population's. */
function coverage(kinds: readonly Kind[], size: number, seed: number): number {
  const random = randomFrom(seed);
  const weight = kinds.reduce((sum, kind) => sum + kind.rows * kind.weight, 0);
  const truth = kinds.reduce((sum, kind) => sum + kind.rows * kind.weight * kind.changes, 0) / weight;
  let held = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const sums = newSums(2);
    for (let row = 0; row < size; row++) {
      let at = random();
      const kind = kinds.find(({ rows }) => (at -= rows) < 0) ?? kinds[0]!;
      addContext(sums, 0, kind.weight);
      if (random() < kind.changes) addContext(sums, 1, kind.weight);
    }
    const { low, high } = shareOf(sumsAt(sums, 1), sumsAt(sums, 0), { users: undefined, isCensus: false });
    if (low <= truth && truth <= high) held++;
  }
  return held / SAMPLES;
}

describe('over repeated samples of a population, the interval holds the truth about 95 times in 100', () => {
  const even = (changes: number): readonly Kind[] => [{ rows: 1, weight: 1, changes }];
  it.each([
    ['half of them change', even(0.5), 400],
    ['a tenth', even(0.1), 400],
    ['one in a hundred', even(0.01), 2_000],
    ['one in five hundred', even(0.002), 3_000],
    ['nearly all', even(0.97), 500],
    [
      'weights that have nothing to do with who changes',
      [
        { rows: 0.5, weight: 1, changes: 0.2 },
        { rows: 0.5, weight: 3, changes: 0.2 },
      ],
      600,
    ],
    [
      'heavy rows change more often',
      [
        { rows: 0.7, weight: 1, changes: 0.05 },
        { rows: 0.2, weight: 4, changes: 0.2 },
        { rows: 0.1, weight: 10, changes: 0.4 },
      ],
      1_000,
    ],
    [
      'light rows change more often',
      [
        { rows: 0.5, weight: 1, changes: 0.5 },
        { rows: 0.4, weight: 5, changes: 0.1 },
        { rows: 0.1, weight: 20, changes: 0.05 },
      ],
      1_000,
    ],
    [
      'few change, and the heavy ones less',
      [
        { rows: 0.6, weight: 1, changes: 0.03 },
        { rows: 0.4, weight: 8, changes: 0.01 },
      ],
      2_000,
    ],
    [
      'a sample so small that the heavy rows that change may be missing in it',
      [
        { rows: 0.95, weight: 1, changes: 0.05 },
        { rows: 0.05, weight: 20, changes: 0.1 },
      ],
      200,
    ],
    [
      'hardly any change, whatever their weights',
      [
        { rows: 0.5, weight: 1, changes: 0.005 },
        { rows: 0.4, weight: 4, changes: 0.005 },
        { rows: 0.1, weight: 20, changes: 0.005 },
      ],
      1_000,
    ],
    [
      'hardly any change, and the heavy ones less',
      [
        { rows: 0.9, weight: 1, changes: 0.01 },
        { rows: 0.1, weight: 50, changes: 0.001 },
      ],
      2_000,
    ],
  ] as const)('%s', (_what, kinds, size) => {
    const share = coverage(kinds, size, 5);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.985);
  });
});
