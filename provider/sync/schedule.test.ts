import { describe, expect, it } from 'vitest';
import { SyncError } from '../repository/sync-error.js';
import { backingOff, checkInterval, RETRY_AFTER_CEILING_MS, steady, type Outcome } from './schedule.js';

const after = (failures: number, retry: Outcome['retry'] = 'later'): Outcome => ({ failures, retry });
const lowest = () => 0;
const middle = () => 0.5;
const highest = () => 1 - Number.EPSILON;

describe('checkInterval', () => {
  it.each([1_000, 1_000.5, 15_000, 86_400_000])('accepts %s ms', (intervalMs) => {
    expect(checkInterval(intervalMs)).toBe(intervalMs);
  });

  it.each([0, -1, 999, 86_400_001, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s ms for good', (intervalMs) => {
    expect(() => checkInterval(intervalMs)).toThrow(SyncError);
    expect(() => checkInterval(intervalMs)).toThrow(expect.objectContaining({ retry: 'never' }));
  });

  it.each([
    ['text', '15000'],
    ['a bigint', 15_000n],
    ['a symbol', Symbol('x')],
    ['an object', Object.create(null)],
  ])('refuses %s for good, whatever number it looks like', (_name, interval) => {
    expect(() => checkInterval(interval as number)).toThrow(expect.objectContaining({ retry: 'never' }));
  });
});

describe('steady', () => {
  it.each([
    ['10 % early at the earliest', lowest, 9_000],
    ['on time in the middle', middle, 10_000],
    ['10 % late at the latest', highest, 11_000],
  ])('is %s, whatever happened', (_name, random, expected) => {
    for (const outcome of [after(0), after(7), after(1, 'never')]) {
      expect(steady(10_000, random)(outcome)).toBeCloseTo(expected);
    }
  });
});

describe('backingOff', () => {
  it.each([
    ['a success', after(0), 13_500, 16_500],
    ['a failure', after(1), 15_000, 30_000],
    ['two', after(2), 15_000, 60_000],
    ['four', after(4), 15_000, 240_000],
    ['five: the ceiling', after(5), 15_000, 300_000],
    ['a thousand', after(1_000), 15_000, 300_000],
    ['what waiting cannot mend', after(1, 'never'), 270_000, 330_000],
  ])('after %s', (_name, outcome, least, most) => {
    expect(backingOff(15_000, lowest)(outcome)).toBeCloseTo(least);
    expect(backingOff(15_000, highest)(outcome)).toBeCloseTo(most);
  });

  it.each<[string, number, number, number]>([
    ['longer than the backoff: kept, and spread over an interval', 120_000, 120_000, 135_000],
    ['as long as the ceiling', RETRY_AFTER_CEILING_MS, RETRY_AFTER_CEILING_MS, RETRY_AFTER_CEILING_MS + 15_000],
    ['longer than the ceiling', 1e12, RETRY_AFTER_CEILING_MS, RETRY_AFTER_CEILING_MS + 15_000],
    ['shorter than the backoff', 1_000, 15_000, 30_000],
  ])('waits for what the server asked for: %s', (_name, retryAfterMs, least, most) => {
    expect(backingOff(15_000, lowest)({ ...after(1), retryAfterMs })).toBe(least);
    expect(backingOff(15_000, highest)({ ...after(1), retryAfterMs })).toBeCloseTo(most);
  });

  it('does not come back to a server sooner than it asked, also where waiting cannot mend it', () => {
    expect(backingOff(15_000, lowest)({ ...after(1, 'never'), retryAfterMs: 900_000 })).toBe(900_000);
    expect(backingOff(15_000, lowest)({ ...after(1, 'never'), retryAfterMs: 1_000 })).toBe(270_000);
  });

  it('never asks more often than it was told to, even if that is rarer than the ceiling', () => {
    expect(backingOff(3_600_000, lowest)(after(3))).toBe(3_600_000);
    expect(backingOff(3_600_000, highest)(after(3))).toBe(3_600_000);
    expect(backingOff(3_600_000, middle)(after(1, 'never'))).toBe(3_600_000);
  });
});
