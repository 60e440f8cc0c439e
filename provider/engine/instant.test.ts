import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, parseInstant } from './instant.js';

describe('parseInstant', () => {
  it.each([
    ['1970-01-01', 0],
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01t00:00:00z', 0],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1969-12-31T19:00:00-05:00', 0],
    ['1970-01-01T00:00:00-00:00', 0],
    ['1970-01-01T00:00:00.001Z', 1],
    ['1970-01-01T00:00:00.0005Z', 0.5],
    ['1969-12-31T23:59:59.999Z', -1],
    ['1969-12-31', -86_400_000],
    ['2000-02-29', Date.UTC(2000, 1, 29)],
    ['2024-02-29T23:59:59Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
    ['2026-11-24T10:20:30.5+05:45', Date.UTC(2026, 10, 24, 4, 35, 30, 500)],
    ['0001-01-01', Date.parse('0001-01-01T00:00:00Z')],
    ['0000-02-29', Date.parse('0000-02-29T00:00:00Z')],
    ['0099-12-31', Date.parse('0099-12-31T00:00:00Z')],
    ['9999-12-31T23:59:59Z', Date.UTC(9999, 11, 31, 23, 59, 59)],
    // RFC 3339, section 5.8, has these two.
    ['1990-12-31T23:59:60Z', Date.UTC(1991, 0, 1)],
    ['1990-12-31T15:59:60-08:00', Date.UTC(1991, 0, 1)],
    ['2016-12-31T23:59:60.25Z', Date.UTC(2017, 0, 1) + 250],
    ['9999-12-31T23:59:60Z', Date.UTC(10_000, 0, 1)],
  ])('%s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  const refused = [
    '',
    'now',
    '2026',
    '2026-01',
    '2026-1-01',
    '2026-01-1',
    '26-01-01',
    '12026-01-01',
    '-2026-01-01',
    '2026/01/01',
    '2026-01-01T',
    '2026-01-01Z',
    '2026-02-29',
    '1900-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-00-10',
    '2026-13-10',
    '2026-01-00',
    '2026-01-32',
    '2026-01-01T00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00,5Z',
    '2026-01-01T00:00:00+1:00',
    '2026-01-01T00:00:00+0100',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+00:60',
    '2026-01-01T00:00:00 Z',
    ' 2026-01-01',
    '2026-01-01 ',
    '2026-01-01\n',
    '2026-W01-1',
    '2026-001',
    '１９７０-01-01',
    `2026-01-01T00:00:00.${'0'.repeat(64)}Z`,
    // A leap second ends a month of UTC: not a month of local time, another day, or another minute.
    '2026-03-15T23:59:60Z',
    '2016-12-31T23:59:60+01:00',
    '2016-12-31T22:59:60Z',
    '2016-12-31T23:58:60Z',
    '2017-01-01T00:00:60Z',
  ];
  it.each(refused)('%j is none', (text) => {
    expect(parseInstant(text)).toBeNaN();
  });

  it('reads what a Date writes', () => {
    const date = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (moment) => parseInstant(moment.toISOString()) === moment.getTime()),
      { numRuns: 5_000 },
    );
  });

  it('reads an offset as the distance from UTC', () => {
    const offset = fc.tuple(fc.constantFrom('+', '-'), fc.nat({ max: 23 }), fc.nat({ max: 59 }));
    fc.assert(
      fc.property(offset, ([sign, hours, minutes]) => {
        const text = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
        const distance = (hours * 60 + minutes) * 60_000 * (sign === '+' ? -1 : 1);
        expect(parseInstant(`2026-06-15T12:00:00${text}`)).toBe(Date.UTC(2026, 5, 15, 12) + distance);
      }),
    );
  });
});

describe('instantOf', () => {
  it.each([
    [new Date(5), 5],
    ['1970-01-01', 0],
  ])('%o', (value, instant) => {
    expect(instantOf(value)).toBe(instant);
  });

  const others = [
    new Date(Number.NaN),
    0,
    5n,
    null,
    undefined,
    true,
    ['1970-01-01'],
    { getTime: () => 0 },
    Object('1970-01-01'),
  ];
  it.each(others)('%o is none', (value) => {
    expect(instantOf(value)).toBeNaN();
  });
});
