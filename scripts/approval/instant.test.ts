import { describe, expect, it } from 'vitest';
import { instantOf } from './instant.js';

describe('an instant', () => {
  it.each([
    ['2026-11-20T10:00:00Z', 1_795_168_800_000],
    ['2026-11-20T11:00:00+01:00', 1_795_168_800_000],
    ['2026-11-20T10:00:00.5Z', 1_795_168_800_500],
  ])('%s is %i', (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  it.each([
    '',
    '1',
    '2026',
    '2026-11-20',
    '2026-11-20T10:00:00',
    '20 Nov 2026 10:00 UTC',
    '2026-13-20T10:00:00Z',
    'now',
  ])('%j is none', (text) => {
    expect(instantOf(text)).toBeUndefined();
  });
});
