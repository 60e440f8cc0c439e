import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bar,
  exactWord,
  percentAtMost,
  percentRange,
  percentWord,
  usersAtMost,
  usersRange,
  usersWord,
} from './figures.js';

describe('users', () => {
  it.each([
    [0, '0'],
    [0.2, '<1'],
    [0.6, '1'],
    [1, '1'],
    [37_104.4, '37,104'],
    [999_999.4, '999,999'],
    [999_999.6, '1 M'],
    [4_213_442, '4.2 M'],
    [4_000_000, '4 M'],
    [99_949_999, '99.9 M'],
    [113_000_000, '113 M'],
    [999_700_000, '1 B'],
    [8_100_000_000, '8.1 B'],
    [9_007_199_254_740_991, '9,007,199 B'],
  ])('%s are %s', (count, text) => {
    expect(usersWord(count)).toBe(text);
  });

  it.each([
    [0, 0.2, '0–1'],
    [0.2, 1.2, '<1–2'],
    [36_871.9, 37_336.1, '36,871–37,337'],
    [4_149_999, 4_250_001, '4.1–4.3 M'],
    [980_000.5, 1_010_000.5, '980,000–1,010,001'],
    [0.5, 2_000_000, '<1–2,000,000'],
    // Of 1.25 billion, which is the upper end, 1.3 B is said.
    [5e-324, 1_250_000_000, '<1–1,300,000,000'],
    [0, 1_010_000, '0–1.1 M'],
    [999_999.5, 1_000_000, '999,999–1,000,000'],
    [112_999_999, 113_000_001, '112–114 M'],
    [999_100_000, 999_200_000, '999 M–1 B'],
  ])('between %s and %s are %s', (low, high, text) => {
    expect(usersRange(low, high)).toBe(text);
  });

  it('are exact where every digit is asked for', () => {
    expect([exactWord(4_213_442), usersAtMost(9_000.2)]).toEqual(['4,213,442', '9,001']);
  });
});

describe('shares', () => {
  it.each([
    [0, '0 %'],
    [1e-12, '<0.001 %'],
    [0.00001, '0.001 %'],
    [0.00042, '0.042 %'],
    [0.0037, '0.37 %'],
    [0.0371, '3.7 %'],
    [0.07, '7 %'],
    [0.25, '25 %'],
    [0.9996, '99.96 %'],
    [0.999999, '>99.999 %'],
    [1, '100 %'],
  ])('%s is %s', (share, text) => {
    expect(percentWord(share)).toBe(text);
  });

  it.each([
    [0, 0.00001, '0–0.001 %'],
    [1e-9, 0.002, '<0.001–0.2 %'],
    [0.0361, 0.0379, '3.6–3.8 %'],
    [0.07, 0.07, '7–7 %'],
    [0.98765, 0.9999999, '98.7–100 %'],
    [0.9999999, 1, '99.999–100 %'],
  ])('between %s and %s are %s', (low, high, text) => {
    expect(percentRange(low, high)).toBe(text);
  });

  it.each([
    [0.0999, 0.1, '9.99 %'],
    [0.09999999, 0.1, '9.999999 %'],
    [0.0999, 0.5, '10 %'],
    [0.00000999, 0.00001, '0.000999 %'],
  ])('%s is below %s: %s', (share, below, text) => {
    expect(percentAtMost(share, below)).toBe(text);
  });

  it('are rounded up where they are a limit', () => {
    expect([percentAtMost(0.0000796), percentAtMost(1e-12)]).toEqual(['0.008 %', '0.001 %']);
  });
});

/** A figure's number; `<` and `>` stand for nearly that. */
function numberOf(text: string): number {
  const [, digits = '', unit = ''] = /^[<>]?([\d,.]+) ?([MB%]?)$/.exec(text) ?? [];
  const factor = { M: 1e6, B: 1e9, '%': 0.01 }[unit] ?? 1;
  return Number(digits.replaceAll(',', '')) * factor;
}

/** Both ends of an interval, with the unit where only the last has it. */
function endsOf(text: string): readonly [string, string] {
  const [low = '', high = ''] = text.split('–');
  return [
    / [MB%]$/.test(low) || / [M%B]$/.exec(high) === null || low === '0' ? low : low + high.slice(high.lastIndexOf(' ')),
    high,
  ];
}

/** Far below what is shown, and above the noise of floating point. */
const NOISE = 1e-9;

const isWithin = (low: number, value: number, high: number): boolean =>
  low <= value * (1 + NOISE) && value <= high * (1 + NOISE);

describe('an interval', () => {
  const users = fc.oneof(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 1e12, noNaN: true }));
  const shares = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1e-4, noNaN: true }),
    fc.double({ min: 0, max: 1e-3, noNaN: true }).map((share) => 1 - share),
  );

  it.each([
    ['users', users, usersRange, usersWord],
    ['shares', shares, percentRange, percentWord],
  ] as const)('of %s never looks narrower than it is, and holds the figure before it', (_, values, range, word) => {
    fc.assert(
      fc.property(fc.tuple(values, values, values), (three) => {
        const [low = 0, middle = 0, high = 0] = three.toSorted((a, b) => a - b);
        const [from, to] = endsOf(range(low, high));
        // `<1` and `<0.001 %` begin right above 0.
        const start = from.startsWith('<') ? 0 : numberOf(from);
        expect(isWithin(start, low, Infinity), `${from} for ${low}`).toBe(true);
        expect(isWithin(0, high, numberOf(to)), `${to} for ${high}`).toBe(true);
        expect(isWithin(start, numberOf(word(middle)), numberOf(to)), `${word(middle)} in ${from}–${to}`).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('says 0 of 0 only, and 100 % of all only', () => {
    fc.assert(
      fc.property(fc.oneof(users, shares), (value) => {
        expect(usersWord(value) === '0').toBe(value === 0);
        if (value <= 1)
          expect([percentWord(value) === '0 %', percentWord(value) === '100 %']).toEqual([value === 0, value === 1]);
        expect(/^0(–|$)/.test(usersRange(value, value))).toBe(value === 0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a bar', () => {
  it.each([
    [0, '░░░░░░░░░░'],
    [1e-9, '█░░░░░░░░░'],
    [0.25, '███░░░░░░░'],
    [0.999999, '█████████░'],
    [1, '██████████'],
  ])('of %s is %s', (share, text) => {
    expect(bar(share)).toBe(text);
  });
});
