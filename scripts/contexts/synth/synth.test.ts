import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeReader, type EvaluationContext, type JsonValue } from '../../../provider/engine/index.js';
import type { AttributeDocument, PopulationDocument } from './population.js';
import { parsePopulation } from './read-population.js';
import { synthesize, type SynthRow } from './synth.js';

const SEEDS = ['1', '2', 'three', '4', 'a longer seed'];

/** A description as it would be read: what is no population is an error of the test. */
function populationOf(document: PopulationDocument): PopulationDocument {
  const read = parsePopulation('population.yaml', new TextEncoder().encode(JSON.stringify(document)));
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return read.population;
}

function made(document: PopulationDocument, count: number, seed = '1'): readonly SynthRow[] {
  return [...synthesize(populationOf(document), count, seed)];
}

const COUNT = 20_000;

function valuesOf(attribute: AttributeDocument, seed: string): readonly (JsonValue | undefined)[] {
  const read = attributeReader('some.value');
  return made({ users: COUNT, attributes: { 'some.value': attribute } }, COUNT, seed).map(
    (row) => read(row as EvaluationContext) as JsonValue | undefined,
  );
}

/** Within four and a half standard errors of a share: one of fifty such tests fails in three thousand runs of new seeds. */
function expectShare(found: number, share: number, count = COUNT): void {
  expect(Math.abs(found / count - share)).toBeLessThanOrEqual(4.5 * Math.sqrt((share * (1 - share)) / count));
}

function quantile(values: readonly number[], at: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(at * values.length)] ?? Number.NaN;
}

describe.each(SEEDS)('synthesize with the seed %s', (seed) => {
  it('draws texts by their weights', () => {
    const values = valuesOf({ values: { DE: 60, AT: 25, CH: 15, XX: 0 } }, seed);
    for (const [text, share] of Object.entries({ DE: 0.6, AT: 0.25, CH: 0.15, XX: 0 })) {
      expectShare(values.filter((value) => value === text).length, share);
    }
  });

  it('draws choices, which may be anything', () => {
    const values = valuesOf({ choices: [{ value: ['a'], weight: 3 }, { value: null }, { value: { b: 1 } }] }, seed);
    expectShare(values.filter(Array.isArray).length, 0.6);
    expectShare(values.filter((value) => value === null).length, 0.2);
  });

  it('draws truth values, and leaves out what is missing', () => {
    const values = valuesOf({ percentTrue: 12.5, missing: 40 }, seed);
    expectShare(values.filter((value) => value === undefined).length, 0.4);
    expectShare(values.filter((value) => value === true).length, 0.6 * 0.125);
  });

  it('draws whole numbers evenly, their bounds as often as the rest', () => {
    const values = valuesOf({ number: { from: -2, to: 2 } }, seed);
    for (const number of [-2, -1, 0, 1, 2]) expectShare(values.filter((value) => value === number).length, 0.2);
  });

  it('draws decimals evenly', () => {
    const values = valuesOf({ number: { from: 0, to: 1, decimals: 2 } }, seed) as number[];
    expect(values.every((value) => Number.isInteger(Math.round(value * 100)) && value >= 0 && value <= 1)).toBe(true);
    expect(new Set(values).size).toBe(101);
    expectShare(values.filter((value) => value < 0.5).length, 50 / 101);
  });

  it('draws normal numbers, bounded', () => {
    const values = valuesOf({ number: { mean: 10, deviation: 4, from: 2, decimals: 3 } }, seed) as number[];
    expectShare(values.filter((value) => value < 10).length, 0.5);
    expectShare(values.filter((value) => value > 14).length, 0.158655);
    expectShare(values.filter((value) => value === 2).length, 0.02275);
    expect(Math.min(...values)).toBe(2);
  });

  it('draws log-normal numbers by their median and 90th percentile', () => {
    const values = valuesOf({ number: { median: 60, p90: 300, decimals: 4 } }, seed) as number[];
    expectShare(values.filter((value) => value > 60).length, 0.5);
    expectShare(values.filter((value) => value > 300).length, 0.1);
    // The 10th percentile lies as far below in proportion.
    expectShare(values.filter((value) => value < 12).length, 0.1);
    expect(quantile(values, 0)).toBeGreaterThan(0);
  });

  it('draws days and moments', () => {
    const days = valuesOf({ days: { from: '2026-02-27', until: '2026-03-02' } }, seed);
    for (const day of ['2026-02-27', '2026-02-28', '2026-03-01']) {
      expectShare(days.filter((value) => value === day).length, 1 / 3);
    }
    const span = { from: '2026-11-24T00:00:00+01:00', until: '2026-11-24T01:00:00+01:00' };
    const instants = valuesOf({ instants: span }, seed) as string[];
    expect(instants.filter((text) => !/^2026-11-23T23:\d\d:\d\dZ$/.test(text))).toEqual([]);
    expectShare(instants.filter((text) => text < '2026-11-23T23:30').length, 0.5);
  });

  it('draws addresses that differ, and numbered names', () => {
    const emails = valuesOf({ email: { domains: { 'a.test': 1, 'b.test': 3 }, tag: 'beta' } }, seed) as string[];
    expect(new Set(emails).size).toBe(COUNT);
    expect(emails[16]).toMatch(/^user-17\+beta@[ab]\.test$/);
    expectShare(emails.filter((email) => email.endsWith('@a.test')).length, 0.25);
    const names = valuesOf({ numbered: { prefix: 'org-', of: 4 } }, seed);
    for (const name of ['org-1', 'org-2', 'org-3', 'org-4']) {
      expectShare(names.filter((value) => value === name).length, 0.25);
    }
  });

  it('draws by another attribute', () => {
    const rows = made(
      {
        users: COUNT,
        attributes: {
          // Before the attribute that decides: the order in the file says nothing.
          currency: {
            by: 'country',
            cases: { CH: 'CHF', AT: { missing: 100 } },
            otherwise: { values: { EUR: 9, USD: 1 } },
          },
          country: { values: { DE: 50, CH: 30, AT: 10 }, missing: 10 },
        },
      },
      COUNT,
      seed,
    );
    const currencies = (country: string | undefined) =>
      new Set(rows.filter((row) => row['country'] === country).map((row) => row['currency']));
    expect(currencies('CH')).toEqual(new Set(['CHF']));
    expect(currencies('AT')).toEqual(new Set([undefined]));
    expect(currencies('DE')).toEqual(new Set(['EUR', 'USD']));
    expect(currencies(undefined)).toEqual(new Set(['EUR', 'USD']));
  });

  it('gives attributes that are independent of each other', () => {
    const rows = made(
      {
        users: COUNT,
        attributes: { a: { percentTrue: 50 }, b: { percentTrue: 50 }, c: { number: { from: 0, to: 1 } } },
      },
      COUNT,
      seed,
    );
    expectShare(rows.filter(({ a, b }) => a === b).length, 0.5);
    expectShare(rows.filter(({ a, c }) => a === (c === 1)).length, 0.5);
    expectShare(rows.filter(({ a }, index) => a === rows[index + 1]?.['a']).length, 0.5);
  });
});

const profiled: PopulationDocument = {
  users: 1_000_000,
  attributes: { plan: { values: { free: 9, paid: 1 } }, country: 'DE' },
  profiles: {
    employees: { percent: 0.02, attributes: { plan: 'staff', 'user.badge': { numbered: { prefix: 'b', of: 9 } } } },
    testers: { percent: 5, attributes: { country: { missing: 100 } } },
  },
};

describe('profiles', () => {
  it('have as many users as they should, exactly, and enough contexts where they are small', () => {
    const rows = made(profiled, 2_000);
    const employees = rows.filter(({ plan }) => plan === 'staff');
    const testers = rows.filter(({ country }) => country === undefined);
    const users = (some: readonly SynthRow[]) => some.reduce((sum, row) => sum + Number(row['$weight']), 0);
    expect(rows).toHaveLength(2_000);
    expect([users(employees), users(testers), users(rows)]).toEqual([200, 50_000, 1_000_000]);
    expect(employees.length).toBeGreaterThanOrEqual(100);
    expect(testers.length).toBeGreaterThanOrEqual(100);
  });

  it('are mixed: a stretch of the file has them all', () => {
    const rows = made(profiled, 2_000);
    for (let at = 0; at < 2_000; at += 100) {
      const stretch = rows.slice(at, at + 100).filter(({ plan }) => plan === 'staff');
      expect(stretch.length).toBeGreaterThanOrEqual(4);
      expect(stretch.length).toBeLessThanOrEqual(6);
    }
  });

  it('may be everybody', () => {
    const all = { percent: 50, attributes: {} };
    const rows = made({ users: 11, attributes: {}, profiles: { a: all, b: all } }, 11);
    expect(rows).toHaveLength(11);
  });

  it('whatever there is: all users, each context a whole number of them', () => {
    const percents = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 8 }).map((weights) => {
      const sum = Math.max(
        100,
        weights.reduce((all, weight) => all + weight, 0),
      );
      return weights.map((weight) => (100 * weight) / sum);
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 10_000_000_000 }),
        percents,
        fc.integer({ min: 9, max: 900 }),
        (users, shares, count) => {
          const profiles = Object.fromEntries(
            shares.map((percent, index) => [`p${index}`, { percent, attributes: {} }]),
          );
          const rows = [...synthesize({ users, attributes: {}, profiles }, count, '1')];
          expect(rows).toHaveLength(count);
          const weights = rows.map((row) => Number(row['$weight']));
          expect(weights.every((weight) => Number.isInteger(weight) && weight >= 1)).toBe(true);
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(users);
          expect(new Set(rows.map(({ targetingKey }) => targetingKey)).size).toBe(count);
        },
      ),
    );
  });
});

describe('the same again', () => {
  it('with the same seed, and not with another', () => {
    const text = (seed: string) => JSON.stringify(made(profiled, 1_000, seed));
    expect(text('1')).toBe(text('1'));
    expect(text('1')).not.toBe(text('2'));
  });

  it('on every machine: these very bytes', () => {
    const attributes: PopulationDocument['attributes'] = {
      country: { values: { DE: 6, AT: 4 } },
      'order.totalEur': { number: { median: 60, p90: 300, decimals: 2 } },
      'order.items': { number: { mean: 4, deviation: 2, from: 1 } },
      since: { days: { from: '2020-01-01', until: '2027-01-01' } },
    };
    expect(made({ users: 300, attributes }, 3).map((row) => JSON.stringify(row))).toMatchInlineSnapshot(`
      [
        "{"targetingKey":"synthetic:1","$weight":100,"country":"AT","order":{"totalEur":92.46,"items":3},"since":"2022-12-10"}",
        "{"targetingKey":"synthetic:2","$weight":100,"country":"DE","order":{"totalEur":85.74,"items":5},"since":"2026-05-14"}",
        "{"targetingKey":"synthetic:3","$weight":100,"country":"DE","order":{"totalEur":55.28,"items":1},"since":"2021-08-19"}",
      ]
    `);
  });

  it('for every other attribute, where one changes', () => {
    const { plan: _, ...others } = profiled.attributes;
    const changed = made({ ...profiled, attributes: { new: { percentTrue: 3 }, ...others, plan: 'none' } }, 1_000);
    const ofOthers = (rows: readonly SynthRow[]) => rows.map(({ plan: _plan, new: _new, ...rest }) => rest);
    expect(ofOthers(changed)).toEqual(ofOthers(made(profiled, 1_000)));
  });
});

it('names of JavaScript’s own are attributes like any other', () => {
  const [row] = made(
    { users: 1, attributes: { 'constructor.prototype': 'a', toString: 'b', 'user.hasOwnProperty': 1 } },
    1,
  );
  expect(JSON.stringify(row)).toBe(
    '{"targetingKey":"synthetic:1","constructor":{"prototype":"a"},"toString":"b","user":{"hasOwnProperty":1}}',
  );
});
