import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential, naturalLog, Random, wordOf } from './random.js';

describe('Random', () => {
  it('is sfc32 as PractRand seeds it: the words that other implementations give', () => {
    const words = [0xfb52c520, 0x38802be1, 0x948279e6, 0xec4bf1d9, 0x7cb0a909, 0xfad8b4a8];
    const random = new Random().seed(0, 0, 0);
    const expected = [0, 2, 4].map((at) => {
      const [high = 0, low = 0] = words.slice(at);
      return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
    });
    expect([random.unit(), random.unit(), random.unit()]).toEqual(expected);
  });

  it('begins anew with each seed', () => {
    const random = new Random();
    const first = random.seed(1, 2, 3).unit();
    expect(random.unit()).not.toBe(first);
    expect(random.seed(1, 2, 3).unit()).toBe(first);
    expect(random.seed(1, 2, 4).unit()).not.toBe(first);
    expect(random.seed(wordOf('a'), 2, 3).unit()).not.toBe(random.seed(wordOf('b'), 2, 3).unit());
  });

  it('is as likely in each of a hundred stretches, also as the first number of streams in a row', () => {
    const random = new Random();
    const [within, first] = [counters(), counters()];
    random.seed(7, 7, 7);
    for (let i = 0; i < 100_000; i++) bump(within, random.unit());
    for (let i = 0; i < 100_000; i++) bump(first, random.seed(7, 7, i).unit());
    // Chi-squared with 99 degrees of freedom: beyond 148.2 once in a thousand times.
    expect(chiSquared(within, 1_000)).toBeLessThan(148.2);
    expect(chiSquared(first, 1_000)).toBeLessThan(148.2);
  });

  it('stays below a bound', () => {
    const random = new Random().seed(1, 1, 1);
    const seen = new Set(Array.from({ length: 1_000 }, () => random.below(3)));
    expect(seen).toEqual(new Set([0, 1, 2]));
  });

  it('has a normal distribution', () => {
    const random = new Random().seed(3, 1, 4);
    const values = Array.from({ length: 100_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Four standard errors each.
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(values.length));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / values.length));
    const beyond = values.filter((value) => Math.abs(value) > 1.959964).length / values.length;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / values.length));
  });
});

describe('naturalLog and exponential', () => {
  it('agree with the engine’s to fourteen digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
        expect(naturalLog(value)).toBeCloseTo(Math.log(value), 11);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (power) => {
        expect(exponential(power) / Math.exp(power)).toBeCloseTo(1, 13);
      }),
    );
  });
});

const counters = (): number[] => Array.from({ length: 100 }, () => 0);

function bump(counts: number[], unit: number): void {
  const at = Math.floor(unit * counts.length);
  counts[at] = (counts[at] ?? 0) + 1;
}

function chiSquared(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
