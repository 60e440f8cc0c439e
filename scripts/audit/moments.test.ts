import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentsOf, type DatedCommit } from './moments.js';

const NOW = 100;
const dated = (dates: readonly (number | undefined)[]): readonly DatedCommit[] =>
  dates.map((date) => ({ date, isHosts: false }));

/** Dates of commits, oldest first, and the moments: one number where it is believed, two where it is not. */
const rows: readonly (readonly [
  what: string,
  dates: readonly (number | undefined)[],
  moments: readonly (number | readonly [number, number])[],
])[] = [
  ['none', [], []],
  ['in order', [1, 2, 2, 5], [1, 2, 2, 5]],
  ['one that is too early', [10, 20, 3, 30], [10, 20, [20, 30], 30]],
  ['one that is too late moves nobody else', [10, 90, 20, 30, 40], [10, [10, 20], 20, 30, 40]],
  ['one in the future', [10, 200, 20], [10, [10, 20], 20]],
  ['the last one, backdated', [10, 20, 5], [10, 20, [20, NOW]]],
  ['the first one, too late', [50, 10, 20], [[0, 10], 10, 20]],
  ['one without a date', [10, undefined, 20], [10, [10, 20], 20]],
  [
    'all in the future',
    [200, 300],
    [
      [0, NOW],
      [0, NOW],
    ],
  ],
  ['many that are backdated between two', [10, 40, 5, 6, 50, 60], [10, 40, [40, 50], [40, 50], 50, 60]],
];

describe('momentsOf', () => {
  it.each(rows)('%s', (_what, dates, moments) => {
    const found = momentsOf(dated(dates), NOW).map(({ at, until, source }) =>
      source === 'neighbours' ? [at, until] : at,
    );
    expect(found).toEqual(moments);
  });

  it('says whose clock it was', () => {
    const commits = [{ date: 1, isHosts: true }, ...dated([2, 0])];
    expect(momentsOf(commits, NOW).map(({ source }) => source)).toEqual(['host', 'commit', 'neighbours']);
  });

  it('never hides a commit by one wrong date, whatever that is', () => {
    const history = fc
      .array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 20 })
      .map((dates) => dates.sort((a, b) => a - b));
    fc.assert(
      fc.property(history, fc.nat(), fc.nat({ max: 300 }), (times, choice, claim) => {
        const index = choice % times.length;
        const moments = momentsOf(dated(times.with(index, claim)), 50);
        // Its claim may lie between its neighbours, and then nobody can tell; any other does not count.
        const [before, after] = [times[index - 1] ?? Number.NEGATIVE_INFINITY, times[index + 1] ?? 50];
        const { at, until } = moments[index] ?? { at: 0, until: 0 };
        if (claim < before || claim > after) {
          const others = moments.filter((_, other) => other !== index).filter(({ source }) => source === 'neighbours');
          expect(
            others.length === 0 ? at <= (times[index] ?? 0) && (times[index] ?? 0) <= until : others.length <= 1,
          ).toBe(true);
        }
      }),
    );
  });

  it('goes back nowhere', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 60 }), { nil: undefined })), (dates) => {
        const moments = momentsOf(dated(dates), 50);
        for (const [index, { at, until }] of moments.entries()) {
          expect(at).toBeLessThanOrEqual(until);
          const next = moments[index + 1];
          if (next !== undefined) expect([at <= next.at, until <= next.until]).toEqual([true, true]);
        }
      }),
    );
  });
});
