import { describe, expect, it } from 'vitest';
import { effectiveSize, intervalOfSum, shareOf, wilson, type Universe } from './interval.js';
import { addContext, newSums, sumsAt, type Sums } from '../replay/sums.js';

/** A share by counts alone. */
const unweighted = (contexts: number): Sums => ({ contexts, weight: contexts, squares: contexts });

/** All users, of whom a plain sample is drawn. */
const universe = (users: number | undefined, more: Partial<Universe> = {}): Universe => ({
  users,
  isCensus: false,
  isEstimated: false,
  isRehashed: false,
  ...more,
});

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
    expect(shareOf(unweighted(count), unweighted(size), universe(undefined))).toEqual({
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
    expect(shareOf(unweighted(1), unweighted(10), universe(1_234)).users).toEqual({
      count: 123,
      low: 22,
      high: 499,
    });
  });

  it('is the share itself where everybody was replayed', () => {
    expect(shareOf(unweighted(3), unweighted(7), universe(7, { isCensus: true }))).toEqual({
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
    const [one, other] = [small, large].map((sums) => shareOf(sums!.part, sums!.whole, universe(undefined)));
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

/** How often the interval of a sample's share holds the population's, and how often all of it is below that. */
function coverage(
  kinds: readonly Kind[],
  size: number,
  seed: number,
): { readonly held: number; readonly below: number } {
  const random = randomFrom(seed);
  const weight = kinds.reduce((sum, kind) => sum + kind.rows * kind.weight, 0);
  const truth = kinds.reduce((sum, kind) => sum + kind.rows * kind.weight * kind.changes, 0) / weight;
  let [held, below] = [0, 0];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const sums = newSums(2);
    for (let row = 0; row < size; row++) {
      let at = random();
      const kind = kinds.find(({ rows }) => (at -= rows) < 0) ?? kinds[0]!;
      addContext(sums, 0, kind.weight);
      if (random() < kind.changes) addContext(sums, 1, kind.weight);
    }
    const { low, high } = shareOf(sumsAt(sums, 1), sumsAt(sums, 0), universe(undefined));
    if (low <= truth && truth <= high) held++;
    if (high < truth) below++;
  }
  return { held: held / SAMPLES, below: below / SAMPLES };
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
    const { held, below } = coverage(kinds, size, 5);
    expect(held).toBeGreaterThan(0.93);
    expect(held).toBeLessThan(0.985);
    // What the policy compares is the upper end: 2.5 times in 100 it may be too low.
    expect(below).toBeLessThan(0.031);
  });
});

describe('an interval of a number of users', () => {
  // The limits of a Poisson mean by its score, in closed form.
  it.each([
    [100, 82.22, 121.63],
    [4, 1.56, 10.29],
  ])('of %i rows that stand for many each', (rows, low, high) => {
    const weight = 1_000_000;
    const interval = intervalOfSum({ contexts: rows, weight: rows * weight, squares: rows * weight * weight });
    expect(interval.low / weight).toBeCloseTo(low, 1);
    expect(interval.high / weight).toBeCloseTo(high, 1);
  });

  it('is one number where every row stands for one', () => {
    expect(intervalOfSum(unweighted(7))).toEqual({ low: 7, high: 7 });
    expect(intervalOfSum(unweighted(0))).toEqual({ low: 0, high: 0 });
  });

  it('of all of them is that of their number, which a sample only estimates', () => {
    const whole = { contexts: 200, weight: 200_000, squares: 200 * 1_000 * 1_000 };
    const known = shareOf(whole, whole, universe(200_000)).users;
    const estimated = shareOf(whole, whole, universe(200_000, { isEstimated: true })).users;
    expect(known).toMatchObject({ count: 200_000, high: 200_000 });
    expect(estimated?.low).toBe(174_148);
    expect(estimated?.high).toBe(229_690);
  });

  const kinds = [
    { users: 1_000, weight: 1 },
    { users: 20_000, weight: 25 },
    { users: 40_000, weight: 200 },
  ];
  it.each([
    ['all of them', [1, 1, 1]],
    ['half of them', [0.5, 0.5, 0.5]],
    ['mostly those who weigh much', [0, 0.05, 0.9]],
    ['mostly those who weigh little', [1, 0.4, 0.02]],
    ['very few', [0.003, 0.003, 0.003]],
  ])('holds the truth about 95 times in 100, where each is sampled by his odds: %s', (_what, changes) => {
    const random = randomFrom(11);
    const truth = kinds.reduce((sum, { users }, index) => sum + Math.round(users * (changes[index] as number)), 0);
    let held = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const sums = newSums(2);
      for (const [index, { users, weight }] of kinds.entries()) {
        const changing = Math.round(users * (changes[index] as number));
        const [changed, others] = [
          binomial(changing, 1 / weight, random),
          binomial(users - changing, 1 / weight, random),
        ];
        for (let row = 0; row < changed + others; row++) addContext(sums, 0, weight);
        for (let row = 0; row < changed; row++) addContext(sums, 1, weight);
      }
      const [all, part] = [sumsAt(sums, 0), sumsAt(sums, 1)];
      const { users } = shareOf(part, all, universe(all.weight, { isEstimated: true }));
      if (users !== undefined && users.low <= truth && truth <= users.high) held++;
    }
    expect(held / SAMPLES).toBeGreaterThan(0.94);
  });
});

it('is wider where keys are hashed: then who is in a rollout is drawn twice', () => {
  const random = randomFrom(7);
  let [held, heldWithout] = [0, 0];
  for (let draw = 0; draw < SAMPLES; draw++) {
    // Everybody is replayed, in another bucket than his own.
    const [truth, seen] = [binomial(500, 0.3, random), binomial(500, 0.3, random)];
    const holds = (isRehashed: boolean): boolean => {
      const { low, high } = shareOf(unweighted(seen), unweighted(500), universe(500, { isRehashed }));
      return low <= truth / 500 && truth / 500 <= high;
    };
    if (holds(true)) held++;
    if (holds(false)) heldWithout++;
  }
  expect(held / SAMPLES).toBeGreaterThan(0.94);
  expect(heldWithout / SAMPLES).toBeLessThan(0.88);
});

/** How many of some are drawn; by the normal distribution where there are very many of them. */
function binomial(count: number, odds: number, random: () => number): number {
  const [mean, variance] = [count * odds, count * odds * (1 - odds)];
  if (variance < 30) {
    // By the distances between those who are drawn.
    let [drawn, at] = [0, 0];
    if (odds >= 1) return count;
    if (odds <= 0) return 0;
    for (;;) {
      at += Math.floor(Math.log(1 - random()) / Math.log(1 - odds)) + 1;
      if (at > count) return drawn;
      drawn++;
    }
  }
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(count, Math.max(0, Math.round(mean + Math.sqrt(variance) * normal)));
}
