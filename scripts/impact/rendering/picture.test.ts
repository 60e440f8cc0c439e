import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pictureOf } from './picture.js';
import type { MovedRow } from './rows.js';
import { movedRows } from './rows.js';
import { HOSTILE, moved, PREVIEWS, share } from '../testing/previews.js';

/** A word of the chart that somebody else chose: nothing in it has a meaning to Mermaid. */
const NAME = String.raw`[\p{L}\p{N}._/·-]+…?`;
const PERCENT = String.raw`[<>]?\d+(?:\.\d+)? %`;
const SECONDS = String.raw`(\d+\.\d{3})s`;

/** All that the chart may be, line by line. */
const HEAD = [
  /^```mermaid$/,
  /^%%\{init: (\{.*\})\}%%$/,
  /^gantt$/,
  new RegExp(`^  title ${NAME} in ${NAME}$`, 'u'),
  /^  dateFormat X$/,
  /^  axisFormat %s %%$/,
  /^  tickInterval 20second$/,
  /^  todayMarker off$/,
];
const SECTION = [
  new RegExp(`^  section (?:${NAME}|\\d+ others|no flag|the default in code)$`, 'u'),
  new RegExp(`^  before ${PERCENT} :done, 0, ${SECONDS}$`),
  new RegExp(`^  after ${PERCENT} :0, ${SECONDS}$`),
];

/** Reads a chart by that grammar; gives the seconds of each section's bars. */
function barsOf(picture: string): readonly (readonly number[])[] {
  const lines = picture.split('\n');
  for (const [index, pattern] of HEAD.entries()) expect(lines[index]).toMatch(pattern);
  expect(lines.at(-1)).toBe('```');
  const rest = lines.slice(HEAD.length, -1);
  expect(rest.length % SECTION.length).toBe(0);
  return Array.from({ length: rest.length / SECTION.length }, (_, section) =>
    SECTION.flatMap((pattern, index) => {
      const line = rest[section * SECTION.length + index];
      expect(line).toMatch(pattern);
      const seconds = pattern.exec(line ?? '')?.[1];
      return seconds === undefined ? [] : [Number(seconds)];
    }),
  );
}

function rowOf(key: string, environment: string, transitions: MovedRow['transitions']): MovedRow {
  const [main] = transitions;
  if (main === undefined) throw new Error('a row needs a transition');
  return { key, environment, changed: share(1, 10), transitions, main };
}

describe('a picture', () => {
  it.each(Object.entries(PREVIEWS).filter(([, shown]) => movedRows(shown).length > 0))(
    'of a preview that is %s is a chart and nothing else',
    (_, shown) => {
      for (const row of movedRows(shown)) expect(barsOf(pictureOf(row)).length).toBeGreaterThan(0);
    },
  );

  it('has the bars of what most get before first, at their true length', () => {
    const { transitions } = moved(
      'production',
      (contexts) => share(contexts, 100),
      ['true', 'true', 5],
      ['false', 'false', 75],
      ['false', 'true', 20],
    );
    expect(barsOf(pictureOf(rowOf('a.b.c', 'production', transitions)))).toEqual([
      [95, 75],
      [5, 25],
    ]);
  });

  it('sums up what it has no room for', () => {
    const rows = Array.from({ length: 20 }, (_, index) => [`v-${index}`, null, 5] as const);
    const { transitions } = moved('production', (contexts) => share(contexts, 100), ...rows);
    const picture = pictureOf(rowOf('a.b.c', 'production', transitions));
    expect(barsOf(picture)).toEqual([
      [5, 0],
      [5, 0],
      [5, 0],
      [5, 0],
      [80, 100],
    ]);
    expect(picture).toContain('\n  section 17 others\n  before 80 % :done, 0, 80.000s\n  after 100 % :0, 100.000s\n');
  });

  it('is a chart and nothing else, whatever things are called', () => {
    const part = fc.oneof(
      fc.constantFrom(...HOSTILE, '\n', '```', '%%', '%%{', ':', ';', '#', '"', '<', '\u2028', 'section ', '  title x'),
      fc.string({ unit: 'binary' }),
    );
    const name = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, name, name, name, (key, environment, from, to) => {
        const { transitions } = moved(environment, (contexts) => share(contexts, 10), [from, to, 4], [from, from, 6]);
        expect(barsOf(pictureOf(rowOf(key, environment, transitions))).length).toBe(from === to ? 1 : 2);
      }),
    );
  });
});
