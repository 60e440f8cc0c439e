import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.js';
import { formatDay, formatInstant, shifted } from './instant-text.js';

describe('a duration', () => {
  it.each([
    ['0d', 0, '0 s'],
    ['45s', 45_000, '45 s'],
    ['30m', 1_800_000, '30 min'],
    ['90m', 5_400_000, '1 h 30 min'],
    ['2h', 7_200_000, '2 h'],
    ['14d', 1_209_600_000, '14 d'],
    ['2w', 1_209_600_000, '14 d'],
    ['25h', 90_000_000, '1 d 1 h'],
    ['86401s', 86_401_000, '1 d'],
  ])('%s', (text, ms, words) => {
    expect(parseDuration(text)).toBe(ms);
    expect(formatDuration(ms)).toBe(words);
  });

  it.each(['', 'd', '1', '1.5h', '-1d', '+1d', ' 1d', '1D', '1y', '1d1h', '١d', '12345678901d'])('not %j', (text) => {
    expect(() => parseDuration(text)).toThrow('expected such as 30m, 2h or 14d');
  });
});

describe('an instant', () => {
  it('is told in UTC', () => {
    expect(formatInstant(new Date('2027-01-02T01:00:00+01:00'))).toBe('2027-01-02 00:00 UTC');
    expect(formatInstant(new Date('2027-01-02T00:00:05.250Z'))).toBe('2027-01-02 00:00:05 UTC');
    expect(formatDay(new Date('2027-01-02T23:59:00Z'))).toBe('2027-01-02');
  });

  it('never leaves what a Date can say', () => {
    const longest = parseDuration('999999999w');
    expect(formatDay(shifted(new Date('2026-11-28'), longest))).toBe('+275760-09-13');
    expect(formatDay(shifted(new Date('2026-11-28'), -longest))).toBe('-271821-04-20');
  });
});
