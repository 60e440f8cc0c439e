import { describe, expect, it } from 'vitest';
import { keyNumber, NO_KEY, SeenKeys } from './repeats.js';

const numbersOf = (keys: readonly unknown[]): Float64Array =>
  Float64Array.from(keys, (targetingKey) => keyNumber({ targetingKey }));

describe('the number of a targeting key', () => {
  it('is one for each of a million keys, and whole', () => {
    const numbers = new Set<number>();
    for (let index = 0; index < 500_000; index++) {
      numbers.add(keyNumber({ targetingKey: `user-${index}` }));
      numbers.add(keyNumber({ targetingKey: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}` }));
    }
    expect(numbers.size).toBe(1_000_000);
    expect([...numbers].every((number) => Number.isSafeInteger(number) && number > 0)).toBe(true);
  });

  it('is the same for a whole number and its digits, which a rollout hashes alike', () => {
    expect(keyNumber({ targetingKey: -42 })).toBe(keyNumber({ targetingKey: '-42' }));
  });

  it.each([[undefined], [null], [''], [1.5], [{}]])('is none of %j', (targetingKey) => {
    expect(keyNumber({ targetingKey })).toBe(NO_KEY);
  });
});

describe('seen keys', () => {
  it('tell every later one of a key, across batches and however many there are', () => {
    const [seen, keys] = [new SeenKeys(), Array.from({ length: 200_000 }, (_, index) => `user-${index}`)];
    expect(seen.mark(numbersOf(keys))).toBeUndefined();
    expect(seen.mark(numbersOf(['new', 'user-199999', 'new', 'user-0', 'newer']))).toEqual(
      Uint8Array.of(0, 1, 1, 1, 0),
    );
    expect(seen.mark(numbersOf(keys))?.every((isRepeat) => isRepeat === 1)).toBe(true);
  });

  it('never tell what has no key', () => {
    const seen = new SeenKeys();
    expect(seen.mark(numbersOf(['', null, undefined, '']))).toBeUndefined();
  });
});
