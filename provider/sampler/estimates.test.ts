/** The weights are right: what they estimate is what there was, on the average of many populations. */
import { beforeEach, describe, expect, it } from 'vitest';
import { bucketOf, BUCKETS, hasher } from '../engine/index.js';
import { ContextSampler, type GuidonProvider, type SampledRow, type SamplerLimits } from '../index.js';
import { prioritiesOf } from './priority.js';
import { halves, ruled, sampledFlags } from './testing/sampled-flags.js';

const [A, B, C] = ['web.a.one', 'web.b.one', 'web.c.one'];

/** Standard errors that a mean may be off: beyond it by chance once in 30,000 tests, and the seeds are fixed. */
const TOLERATED = 4;

let provider: GuidonProvider;
beforeEach(
  async () => void ({ provider } = await sampledFlags({ ...halves(A, B, C), ...ruled('web.d.one', '{ x: 1 }') })),
);

/** An evaluation: a flag and the number of a user. */
type Call = readonly [flagKey: string, user: number];

/** The rows of a process that evaluates for users of one population. */
async function sampled(
  population: string,
  calls: Iterable<Call>,
  limits: SamplerLimits,
  context: (user: number) => object = () => ({}),
): Promise<readonly SampledRow[]> {
  const rows: SampledRow[] = [];
  const sampler = new ContextSampler({
    provider,
    keys: 'plain',
    onBatch: (batch) => void rows.push(...batch),
    limits,
    attributes: ['note'],
  });
  await sampler.flush();
  for (const [flagKey, user] of calls)
    sampler.sample(flagKey, { targetingKey: `${population}/${user}`, ...context(user) });
  await sampler.close();
  return rows;
}

/** As files are merged: the smallest weight of each targeting key. */
function merged(...samples: (readonly SampledRow[])[]): readonly SampledRow[] {
  const rows = new Map<unknown, SampledRow>();
  for (const row of samples.flat()) {
    const known = rows.get(row.targetingKey);
    if (known === undefined || row.$weight < known.$weight) rows.set(row.targetingKey, row);
  }
  return [...rows.values()];
}

const total = (rows: readonly SampledRow[]): number => rows.reduce((sum, row) => sum + row.$weight, 0);

/** The numbers from `first` to below `end`, in an order of their own, as calls of a flag. */
function* audience(flagKey: string, first: number, end: number): Generator<Call> {
  const count = end - first;
  // 7,919 is a prime, and no count here is a multiple of it.
  for (let i = 0; i < count; i++) yield [flagKey, first + ((i * 7_919) % count)];
}

/** The mean of the estimates of many populations, and how far from the truth it is, in standard errors. */
async function errorsOff(
  truth: number,
  populations: number,
  estimate: (population: string) => Promise<number>,
): Promise<{ readonly off: number; readonly relativeError: number }> {
  const estimates: number[] = [];
  for (let seed = 0; seed < populations; seed++) estimates.push(await estimate(`population-${seed}`));
  const mean = estimates.reduce((sum, one) => sum + one, 0) / populations;
  const variance = estimates.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (populations - 1);
  const standardError = Math.sqrt(variance / populations);
  return { off: (mean - truth) / standardError, relativeError: standardError / truth };
}

describe('the sum of the weights is the number of users, without bias', () => {
  const limits = { usersPerFlag: 20, flags: 3 };

  it('of one flag, whatever the number of calls', async () => {
    const { off, relativeError } = await errorsOff(1_000, 400, async (population) => {
      const calls = [...audience(A, 0, 1_000), ...audience(A, 0, 300), ...audience(A, 0, 10)];
      const rows = await sampled(population, calls, limits);
      expect(rows).toHaveLength(20);
      return total(rows);
    });
    expect(Math.abs(off)).toBeLessThan(TOLERATED);
    expect(relativeError).toBeLessThan(0.02);
  });

  it('of the union of three flags with other audiences', async () => {
    // 0–2,000 and 1,500–1,900 and 1,950–2,200: one large, one within it, one that overlaps and is small.
    const { off, relativeError } = await errorsOff(2_200, 400, async (population) => {
      const calls = [...audience(A, 0, 2_000), ...audience(B, 1_500, 1_900), ...audience(C, 1_950, 2_200)];
      const rows = await sampled(population, calls, limits);
      expect(rows.length).toBeGreaterThan(40);
      expect(rows.length).toBeLessThanOrEqual(60);
      return total(rows);
    });
    expect(Math.abs(off)).toBeLessThan(TOLERATED);
    expect(relativeError).toBeLessThan(0.02);
  });

  it('of a part of the union, told by an attribute', async () => {
    const { off } = await errorsOff(220, 400, async (population) => {
      const calls = [...audience(A, 0, 2_000), ...audience(B, 1_500, 1_900), ...audience(C, 1_950, 2_200)];
      const note = (user: number): object => ({ note: user % 10 });
      const rows = await sampled(population, calls, limits, note);
      return total(rows.filter((row) => row.note === 3));
    });
    expect(Math.abs(off)).toBeLessThan(TOLERATED);
  });

  it('of processes and windows that are merged', async () => {
    const { off, relativeError } = await errorsOff(1_500, 400, async (population) => {
      const one = await sampled(population, [...audience(A, 0, 900), ...audience(B, 100, 300)], limits);
      const other = await sampled(population, audience(A, 600, 1_300), limits);
      const later = await sampled(population, [...audience(C, 1_250, 1_500), ...audience(A, 0, 50)], limits);
      return total(merged(one, other, later));
    });
    expect(Math.abs(off)).toBeLessThan(TOLERATED);
    expect(relativeError).toBeLessThan(0.02);
  });

  it('and not where the rows of processes are merged by any other weight', async () => {
    const { off } = await errorsOff(1_300, 400, async (population) => {
      const one = await sampled(population, audience(A, 0, 900), limits);
      const other = await sampled(population, audience(A, 800, 1_300), limits);
      return total(one) + total(other);
    });
    // The hundred users that both have seen count twice.
    expect(off).toBeGreaterThan(TOLERATED);
  });

  it('where contexts come to too much, and every flag has to hold fewer', async () => {
    const small = { usersPerFlag: 100, flags: 25, bytes: 65_536 };
    const { off, relativeError } = await errorsOff(1_300, 400, async (population) => {
      const calls = [...audience(A, 0, 1_000), ...audience(B, 700, 1_300)];
      const note = (user: number): object => ({ note: 'x'.repeat(500 + (user % 7) * 80) });
      const rows = await sampled(population, calls, small, note);
      expect(rows.length).toBeGreaterThan(40);
      expect(rows.length).toBeLessThan(100);
      return total(rows);
    });
    expect(Math.abs(off)).toBeLessThan(TOLERATED);
    expect(relativeError).toBeLessThan(0.02);
  });
});

it('counts exactly as long as everybody is held', async () => {
  const calls = [...audience(A, 0, 150), ...audience(B, 100, 200), ...audience(A, 0, 150)];
  const rows = await sampled('few', calls, {});
  expect(rows).toHaveLength(200);
  expect(rows.every((row) => row.$weight === 1)).toBe(true);
});

it('keeps whom one flag holds, whoever lets go of him', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const calls = [...audience(B, 0, 20), ...audience(A, 0, 1_000), ...audience(B, 0, 20)];
    const rows = await sampled(`kept-${seed}`, calls, { usersPerFlag: 20 });
    const counted = rows.filter((row) => row.$weight === 1).map((row) => String(row.targetingKey));
    expect(new Set(counted)).toEqual(new Set(Array.from({ length: 20 }, (_, user) => `kept-${seed}/${user}`)));
    expect(rows.length).toBeGreaterThan(30);
  }
});

it('holds the same users of one audience for all flags', async () => {
  const everybody = (flagKey: string): Iterable<Call> => audience(flagKey, 0, 5_000);
  const rows = await sampled('same', [...everybody(A), ...everybody(B), ...everybody(C)], {});
  expect(rows).toHaveLength(200);
  expect(new Set(rows.map((row) => row.$weight)).size).toBe(1);
});

it('counts a user once, whether the key is a number or its text', async () => {
  const rows: SampledRow[] = [];
  const sampler = new ContextSampler({ provider, keys: 'plain', onBatch: (batch) => void rows.push(...batch) });
  await sampler.flush();
  for (const targetingKey of [17, '17', 17]) sampler.sample(A, { targetingKey });
  await sampler.close();
  expect(rows).toEqual([{ targetingKey: 17, $weight: 1 }]);
});

it('is no other sample of a rollout: who is in is in at the same share', async () => {
  const hash = hasher(A);
  const { off } = await errorsOff(0.5, 300, async (population) => {
    const rows = await sampled(population, audience(A, 0, 2_000), {});
    return rows.filter((row) => bucketOf(hash(row.targetingKey), BUCKETS) < BUCKETS / 2).length / rows.length;
  });
  expect(Math.abs(off)).toBeLessThan(TOLERATED);
});

it('is not pushed aside by chosen keys, where there is a secret', async () => {
  const { high } = prioritiesOf(undefined);
  const chosen = Array.from({ length: 100_000 }, (_, index) => `guest-${index}`)
    .toSorted((a, b) => high(a) - high(b))
    .slice(0, 300);
  const everybody = [...Array.from({ length: 2_000 }, (_, index) => `user-${index}`), ...chosen];
  const totalOf = async (keys: 'plain' | { readonly hash: string }): Promise<number> => {
    const rows: SampledRow[] = [];
    const sampler = new ContextSampler({ provider, keys, onBatch: (batch) => void rows.push(...batch) });
    for (const targetingKey of everybody) sampler.sample(A, { targetingKey });
    await sampler.close();
    return total(rows);
  };
  const hashed = await totalOf({ hash: 'a secret of sixteen' });
  // Of 200 users; four standard errors of 7 % each.
  expect(Math.abs(hashed / 2_300 - 1)).toBeLessThan(0.28);
  expect(await totalOf('plain')).toBeGreaterThan(50_000);
});
