import { describe, expect, it } from 'vitest';
import { NO_USER, userNumber } from '../../contexts/user-table.js';
import { SeenKeys, type Repeats } from './repeats.js';

const numbersOf = (keys: readonly unknown[]): Float64Array =>
  Float64Array.from(keys, (targetingKey) => userNumber({ targetingKey }));

const mark = (repeats: Repeats, keys: readonly unknown[], weights: readonly number[] = keys.map(() => 1)) =>
  repeats.mark(numbersOf(keys), Float64Array.from(weights));

describe('the number of a targeting key', () => {
  it('is one for each of a million keys, and whole', () => {
    const numbers = new Set<number>();
    for (let index = 0; index < 500_000; index++) {
      numbers.add(userNumber({ targetingKey: `user-${index}` }));
      numbers.add(userNumber({ targetingKey: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}` }));
    }
    expect(numbers.size).toBe(1_000_000);
    expect([...numbers].every((number) => Number.isSafeInteger(number) && number > 0)).toBe(true);
  });

  it('is the same for a whole number and its digits, which a rollout hashes alike', () => {
    expect(userNumber({ targetingKey: -42 })).toBe(userNumber({ targetingKey: '-42' }));
  });

  it.each([[undefined], [null], [''], [1.5], [{}]])('is none of %j', (targetingKey) => {
    expect(userNumber({ targetingKey })).toBe(NO_USER);
  });
});

describe('seen keys', () => {
  it('tell every later one of a key, across batches and however many there are', () => {
    const [seen, keys] = [new SeenKeys(), Array.from({ length: 200_000 }, (_, index) => `user-${index}`)];
    expect(mark(seen, keys)).toBeUndefined();
    expect(mark(seen, ['new', 'user-199999', 'new', 'user-0', 'newer'])).toEqual(Uint8Array.of(0, 1, 1, 1, 0));
    expect(mark(seen, keys)?.every((isRepeat) => isRepeat === 1)).toBe(true);
  });

  it('never tell what has no key', () => {
    const seen = new SeenKeys();
    expect(mark(seen, ['', null, undefined, ''])).toBeUndefined();
  });
});

describe('rows of one key with other weights', () => {
  it('are left to the first, as long as none is lighter', () => {
    const seen = new SeenKeys();
    expect(mark(seen, ['a', 'b', 'a'], [2, 3, 2])).toEqual(Uint8Array.of(0, 0, 1));
    expect(mark(seen, ['b', 'c'], [7, 1])).toEqual(Uint8Array.of(1, 0));
    expect(seen.hasLighter).toBe(false);
  });

  it('are left to the first of the lightest, once all are known', () => {
    const seen = new SeenKeys();
    // So many that the table grows with their weights.
    const others = Array.from({ length: 100_000 }, (_, index) => `user-${index}`);
    const batches = [
      { keys: ['a', 'b', ''], weights: [9, 2, 5] },
      { keys: others, weights: others.map((_, index) => 1 + (index % 5)) },
      { keys: ['a', 'b', 'a', 'a', ''], weights: [4, 3, 4, 5, 5] },
    ];
    for (const { keys, weights } of batches) mark(seen, keys, weights);
    expect(seen.hasLighter).toBe(true);
    const lightest = seen.lightest();
    const [first, rest, last] = batches.map(({ keys, weights }) => mark(lightest, keys, weights));
    expect(first).toEqual(Uint8Array.of(1, 0, 0));
    expect(rest?.every((isRepeat) => isRepeat === 0)).toBe(true);
    expect(last).toEqual(Uint8Array.of(0, 1, 1, 1, 0));
  });

  it('say so where they are others the second time', () => {
    const seen = new SeenKeys();
    mark(seen, ['a', 'a'], [2, 1]);
    expect(() => mark(seen.lightest(), ['a', 'b'])).toThrow('the files changed while they were read');
  });
});
