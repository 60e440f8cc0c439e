import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { bytesPerCall, interleave, ratiosOf, spreadOf } from './measure.js';

describe('spreadOf', () => {
  it.each([
    [[3], 3, 3, 3],
    [[5, 1, 3], 3, 2, 4],
    [[1, 2, 3, 4], 2.5, 1.75, 3.25],
  ])('of %j', (figures, median, lowerQuartile, upperQuartile) => {
    expect(spreadOf(figures)).toEqual({ median, lowerQuartile, upperQuartile });
  });
});

describe('interleave', () => {
  it('lets the sides take turns, now this way, now that, and gives the mean of each round', async () => {
    const order: string[] = [];
    const side = (name: string, figures: number[]) => async () => {
      order.push(name);
      return figures.shift()!;
    };
    const taken = await interleave([side('a', [1, 3, 5, 7]), side('b', [10, 20, 30, 40])], {
      rounds: 2,
      slices: 2,
      sliceMs: 1,
      warmUpMs: 1,
    });
    expect(order.join('')).toBe('abbaabba');
    expect(taken).toEqual([
      [2, 6],
      [15, 35],
    ]);
  });
});

describe('ratiosOf', () => {
  it('compares round with round', () => {
    expect(ratiosOf([10, 30, 20], [1, 10, 4])).toEqual({ median: 5, lowerQuartile: 4, upperQuartile: 7.5 });
  });
});

describe('bytesPerCall', () => {
  setFlagsFromString('--expose-gc');
  globalThis.gc = runInNewContext('gc') as NonNullable<typeof globalThis.gc>;
  let kept: unknown;

  it('counts what a call allocates', async () => {
    const bytes = await bytesPerCall((times) => {
      for (let i = 0; i < times; i++) kept = Array.from({ length: 100 }, () => i);
    });
    expect(kept).toHaveLength(100);
    // A hundred elements of eight bytes, and what it takes to make and hold them.
    expect(bytes).toBeGreaterThan(800);
    expect(bytes).toBeLessThan(4_000);
  });

  it('counts a call as large as the young generation', async () => {
    const bytes = await bytesPerCall((times) => {
      for (let i = 0; i < times; i++) kept = Array.from({ length: 100_000 }).fill(i);
    });
    expect(bytes).toBeGreaterThan(800_000);
    expect(bytes).toBeLessThan(1_000_000);
  });

  it('counts nothing for a call that allocates nothing', async () => {
    const bytes = await bytesPerCall((times) => {
      for (let i = 0; i < times; i++) kept = i & 7;
    });
    expect(bytes).toBeLessThan(1);
  });
});
