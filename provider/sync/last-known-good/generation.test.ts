import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  generationAfter,
  generationsOf,
  isInFront,
  laterGenerations,
  latestGenerations,
  superfluousGenerations,
  type Generation,
} from './generation.js';

const digits = (number: number) => String(number).padStart(15, '0');
const nameOf = (sequence: number, fetchedAtMs: number) => `${digits(sequence)}-${digits(fetchedAtMs)}-01234567.bundle`;
/** Generations from their sequences and times. */
const generations = (...pairs: readonly (readonly [sequence: number, fetchedAtMs: number])[]) =>
  generationsOf(pairs.map(([sequence, fetchedAtMs]) => nameOf(sequence, fetchedAtMs)));
const sequencesOf = (found: readonly Generation[]) => found.map(({ sequence }) => sequence);
const FUTURE_MS = Date.now() + 86_400_000;

describe('generationsOf', () => {
  it('knows them by their names, the newest first', () => {
    const names = [nameOf(2, 9), nameOf(10, 1), nameOf(10, 2), nameOf(9, 9)];
    const others = [
      '',
      'x',
      nameOf(1, 1).toUpperCase(),
      `${nameOf(1, 1)}.tmp`,
      `1-1-01234567.bundle`,
      `x${nameOf(1, 1)}`,
    ];
    expect(generationsOf([...others, ...names]).map(({ name }) => name)).toEqual([
      nameOf(10, 2),
      nameOf(10, 1),
      nameOf(9, 9),
      nameOf(2, 9),
    ]);
  });
});

describe('generationAfter', () => {
  it.each<[what: string, present: readonly Generation[], fetchedAtMs: number, sequence: number]>([
    ['the first', [], 50, 50],
    ['a later one', generations([40, 40]), 50, 50],
    ['one of the same time', generations([50, 50]), 50, 51],
    ['one after a clock was set back', generations([90, 90], [80, 80]), 50, 91],
  ])('numbers %s', (_what, present, fetchedAtMs, sequence) => {
    const next = generationAfter(present, fetchedAtMs);
    expect(next).toMatchObject({ sequence, fetchedAtMs });
    expect(generationsOf([...present.map(({ name }) => name), next.name])[0]).toEqual(next);
  });
});

describe('laterGenerations', () => {
  it.each<[what: string, present: readonly Generation[], sequences: readonly number[]]>([
    ['none', [], []],
    ['one fetched earlier', generations([60, 40]), []],
    ['one fetched at the same moment, which may be of another commit', generations([60, 50]), []],
    ['some fetched later', generations([70, 60], [65, 40], [60, 70]), [70, 60]],
    ['one of a time to come', generations([60, FUTURE_MS]), []],
  ])('%s', (_what, present, sequences) => {
    expect(sequencesOf(laterGenerations(present, 50))).toEqual(sequences);
  });
});

describe('latestGenerations', () => {
  it.each<[what: string, present: readonly Generation[], sequences: readonly number[]]>([
    ['none', [], []],
    ['one', generations([70, 60], [60, 70], [50, 50]), [60]],
    ['two copies', generations([80, 70], [75, 60], [70, 70]), [80, 70]],
  ])('%s', (_what, present, sequences) => {
    expect(sequencesOf(latestGenerations(present))).toEqual(sequences);
  });
});

describe('isInFront', () => {
  const own = generations([50, 50])[0]!;

  it.each<[what: string, others: readonly Generation[], isThere: boolean, expected: boolean]>([
    ['alone', [], true, true],
    ['not there', [], false, false],
    ['before an older one', generations([49, 40]), true, true],
    ['beside an older one', generations([50, 40]), true, false],
    ['behind an older one', generations([51, 40]), true, false],
    ['behind one of a time to come', generations([51, FUTURE_MS]), true, false],
    ['before one of a time to come', generations([49, FUTURE_MS]), true, true],
    ['behind a later one', generations([60, 60]), true, true],
    ['behind one of the same moment', generations([60, 50]), true, true],
  ])('%s', (_what, others, isThere, expected) => {
    expect(isInFront(isThere ? [...others, own] : others, own)).toBe(expected);
  });
});

describe('superfluousGenerations', () => {
  it.each<[what: string, times: readonly number[], superfluous: readonly number[]]>([
    ['none', [], []],
    ['two', [9_000, 5_000], []],
    ['three of different seconds', [9_000, 8_000, 5_000], [5_000]],
    ['two of one second', [9_999, 9_000, 8_999, 8_998], [8_998]],
    ['many of one second', [9_999, 9_500, 9_400, 9_300, 5_000, 4_000], [9_400, 9_300, 4_000]],
  ])('%s', (_what, times, superfluous) => {
    const good = generations(...times.map((time) => [time, time] as const));
    expect(superfluousGenerations(good).map(({ fetchedAtMs }) => fetchedAtMs)).toEqual(superfluous);
  });
});

/** A writer as LastKnownGood is one, which others may overtake, and which may be killed, wherever it yields. */
function* writer(folder: Set<string>, fetchedAtMs: number): Generator<'under way' | 'acknowledged'> {
  let own: string | undefined;
  for (;;) {
    const present = generationsOf([...folder]);
    const later = laterGenerations(present, fetchedAtMs);
    const latest = latestGenerations([...later, ...present.filter(({ name }) => name === own)]);
    if (latest.some((generation) => isInFront(present, generation))) {
      yield 'acknowledged';
      for (const { name } of superfluousGenerations(present)) {
        folder.delete(name);
        yield 'under way';
      }
      return;
    }
    yield 'under way';
    const [other] = latestGenerations(later);
    const { name } = generationAfter(present, other?.fetchedAtMs ?? fetchedAtMs);
    folder.add(name);
    if (other === undefined) own = name;
    yield 'under way';
  }
}

describe('any number of writers, in whatever order their steps are taken, some of them killed', () => {
  it('never leave an older ruleset in front of one that was acknowledged', () => {
    const writers = fc.uniqueArray(
      fc.record({ time: fc.integer({ min: 1, max: 12 }), killedAfter: fc.option(fc.nat({ max: 8 }), { nil: 100 }) }),
      { minLength: 2, maxLength: 5, selector: ({ time }) => time },
    );
    const time = fc.constantFrom(1, 2, FUTURE_MS);
    const present = fc.array(fc.tuple(fc.integer({ min: 1, max: 15 }), time), { maxLength: 3 });
    const order = fc.array(fc.nat({ max: 4 }), { maxLength: 60 });
    fc.assert(
      fc.property(writers, present, order, (all, before, steps) => {
        const folder = new Set(before.map(([sequence, fetchedAtMs]) => nameOf(sequence, fetchedAtMs)));
        const running = all.map(({ time, killedAfter }) => ({ time, left: killedAfter, steps: writer(folder, time) }));
        let acknowledged = 0;
        // What the order leaves unfinished is taken to its end, one after the other.
        for (const step of [...steps, ...all.flatMap((_, index) => Array.from({ length: 50 }, () => index))]) {
          const taken = running[step % running.length]!;
          if (taken.left-- <= 0) continue;
          if (taken.steps.next().value === 'acknowledged') acknowledged = Math.max(acknowledged, taken.time);
          const [newest] = generationsOf([...folder]);
          const isFitting =
            newest !== undefined && newest.fetchedAtMs >= acknowledged && newest.fetchedAtMs !== FUTURE_MS;
          if (acknowledged > 0 && !isFitting) throw new Error(`${newest?.name} is in front of ${acknowledged}`);
        }
        const finished = all.filter(({ killedAfter }) => killedAfter === 100).map(({ time }) => time);
        expect(acknowledged).toBeGreaterThanOrEqual(Math.max(0, ...finished));
      }),
      { numRuns: 3_000 },
    );
  });
});
