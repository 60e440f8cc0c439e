import { expect, it } from 'vitest';
import { prioritiesOf } from './priority.js';

const priorities = prioritiesOf(undefined);
const priorityOf = (key: string | number): number => priorities.full(priorities.high(key), key);

it('is the same in every version: with others the samples of two would not be coordinated', () => {
  expect(['u-1', 'u-2', '0d7b21f3-92a1', 'josé', 42].map(priorityOf)).toEqual([
    0.519128097231768, 0.8105562802483992, 0.40582116257255896, 0.8680292984449032, 0.7610736871298549,
  ]);
});

it('is that of a number’s text', () => {
  expect(priorityOf(42)).toBe(priorityOf('42'));
});

it('is spread evenly over 52 bits, whatever keys look like', () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `user-${index}`);
  const sorted = keys.map(priorityOf).toSorted((a, b) => a - b);
  expect(new Set(sorted).size).toBe(keys.length);
  // Kolmogorov–Smirnov: beyond 1.95/√n once in a thousand such sets of keys, and this set is fixed.
  const distances = sorted.map((priority, index) => Math.abs(priority - (index + 0.5) / keys.length));
  expect(Math.max(...distances)).toBeLessThan(1.95 / Math.sqrt(keys.length));
  // The lower bits by themselves too, and apart from the upper ones.
  const lower = sorted.map((priority) => (priority * 2 ** 32) % 1);
  expect(lower.reduce((sum, one) => sum + one, 0) / keys.length).toBeCloseTo(0.5, 2);
  const lowerOfUpperHalf = lower.slice(keys.length / 2);
  expect(lowerOfUpperHalf.reduce((sum, one) => sum + one, 0) / lowerOfUpperHalf.length).toBeCloseTo(0.5, 2);
});

it('is of the secret, where there is one: to whoever does not know it, small ones are nowhere to be found', () => {
  const keys = Array.from({ length: 200_000 }, (_, index) => `guest-${index}`);
  const chosen = keys.toSorted((a, b) => priorityOf(a) - priorityOf(b)).slice(0, 1_000);
  const [one, same, other] = ['a secret of sixteen', 'a secret of sixteen', 'another of sixteen'].map((secret) => {
    const { high, full } = prioritiesOf(secret);
    return chosen.map((key) => full(high(key), key));
  }) as [number[], number[], number[]];
  expect(one).toEqual(same);
  expect(one).not.toEqual(other);
  // Of the smallest five in a thousand without a secret; a mean of a thousand even ones is off by 0.04 once in 50,000.
  for (const found of [one, other]) expect(found.reduce((sum, each) => sum + each, 0) / 1_000).toBeCloseTo(0.5, 1);
});
