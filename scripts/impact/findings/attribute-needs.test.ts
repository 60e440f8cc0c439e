import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { attributeReader, type ConditionDocument, type EvaluationContext } from '../../../provider/engine/index.js';
import { documentsOf, rulesetOf } from '../../../provider/engine/testing/documents.js';
import { ConditionReader, type NeededKinds } from './attribute-needs.js';
import type { AttributeKind } from './observed.js';

const segments: Readonly<Record<string, ConditionDocument>> = {
  employees: { email: { endsWith: '@example.com' } },
  adults: { age: { gte: 18 } },
  staff: { segment: 'employees', country: 'DE' },
};
const reader = new ConditionReader(documentsOf({ flags: {}, segments }).segments);

/** `age number; email string` */
function words(needed: NeededKinds): string {
  return [...needed].map(([path, kinds]) => [path, ...kinds].join(' ')).join('; ');
}

describe('a condition needs', () => {
  const rows: readonly (readonly [ConditionDocument, string])[] = [
    [{}, ''],
    [{ country: 'DE' }, 'country string'],
    [{ country: ['DE', 4] }, 'country string number'],
    [{ beta: { equals: true } }, 'beta boolean'],
    [{ age: { gt: 3, lte: 9 } }, 'age number'],
    [{ age: { gt: 3, startsWith: 'x' } }, 'age'],
    [{ at: { before: '2026-01-01' } }, 'at string date'],
    [{ version: { semver: '>=4' } }, 'version string'],
    [{ tags: { contains: 'a' } }, 'tags list string'],
    [{ tags: { contains: [1, 2] } }, 'tags list'],
    [{ name: { matches: 'x' } }, 'name string'],
    [{ country: { notIn: ['DE'] } }, ''],
    [{ country: { notIn: ['DE'], exists: true } }, 'country string number boolean date list object'],
    [{ country: { exists: false } }, 'country null missing'],
    [{ not: { country: 'DE' } }, ''],
    [{ not: { country: { notIn: ['DE', 4] } } }, 'country string number'],
    [{ not: { country: { exists: false } } }, 'country string number boolean date list object'],
    [{ not: { not: { country: 'DE' } } }, 'country string'],
    [{ any: [{ country: 'DE' }, { plan: 'pro' }] }, ''],
    [{ any: [{ country: 'DE' }, { country: 49 }] }, 'country string number'],
    [{ any: [{ country: 'DE', age: 4 }, { age: { gt: 4 } }] }, 'age number'],
    [{ all: [{ country: 'DE' }, { age: { gt: 4 } }] }, 'country string; age number'],
    [{ not: { any: [{ country: { notIn: ['DE'] } }, { plan: 'pro' }] } }, 'country string'],
    [{ not: { all: [{ country: { notIn: ['DE'] } }, { plan: 'pro' }] } }, ''],
    [{ segment: 'staff' }, 'email string; country string'],
    [{ segment: ['staff', 'employees'] }, 'email string'],
    [{ segment: ['staff', 'adults'] }, ''],
    [{ not: { segment: 'staff' } }, ''],
    [{ segment: 'unknown', country: 'DE' }, 'country string'],
  ];

  test.each(rows)('%j: %s', (when, expected) => {
    expect(words(reader.neededBy(when))).toBe(expected);
  });
});

it('uses every operator once, with what it compares', () => {
  const when: ConditionDocument = {
    segment: ['staff', 'adults'],
    any: [{ plan: { notIn: ['pro', 1] } }, { not: { at: { after: '2026-01-01', exists: true } } }],
  };
  expect(reader.usesOf(when).map(({ path, operator, kinds }) => [path, operator, ...kinds].join(' '))).toEqual([
    'email endsWith string',
    'country in string',
    'age gte number',
    'plan notIn string number',
    'at after string date',
    'at exists string number boolean date list object',
  ]);
});

describe('any condition that holds', () => {
  const path = fc.constantFrom('a', 'b', 'c.d');
  const scalar = fc.constantFrom('x', 'y', '2026-02-01', '4.2.0', 1, 2, true);
  const text = fc.constantFrom('x', '2', '4.', '');
  const operands: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    equals: scalar,
    in: fc.array(scalar, { minLength: 1, maxLength: 3 }),
    notIn: fc.array(scalar, { minLength: 1, maxLength: 3 }),
    startsWith: text,
    endsWith: fc.array(text, { minLength: 1, maxLength: 2 }),
    contains: fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 2 })),
    matches: fc.constantFrom('x', '[0-9]', ''),
    gt: fc.constantFrom(0, 1),
    gte: fc.constantFrom(0, 1),
    lt: fc.constantFrom(2, 9),
    lte: fc.constantFrom(2, 9),
    before: fc.constantFrom('2026-01-15', '2027-01-01'),
    after: fc.constantFrom('2026-01-15', '2025-01-01'),
    semver: fc.constantFrom('>=4', '^1'),
    exists: fc.boolean(),
  };
  const operator = fc
    .constantFrom(...Object.entries(operands))
    .chain(([name, operand]) => operand.map((value) => [name, value] as const));
  const operators = fc.oneof(
    scalar,
    fc.array(scalar, { minLength: 1, maxLength: 3 }),
    fc.array(operator, { minLength: 1, maxLength: 3 }).map((several) => Object.fromEntries(several)),
  );
  const leaf: fc.Arbitrary<ConditionDocument> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(path, operators).map(([name, operand]) => ({ [name]: operand })),
    },
    fc.tuple(operators, operators).map(([a, b]) => ({ a, b })),
    fc.constantFrom('employees', 'adults', 'staff').map((segment) => ({ segment })),
    fc.constantFrom(['employees', 'adults'], ['employees', 'staff']).map((segment) => ({ segment })),
  );
  const group = (inner: fc.Arbitrary<ConditionDocument>): fc.Arbitrary<ConditionDocument> => {
    const parts = fc.array(inner, { minLength: 1, maxLength: 2 });
    return fc.oneof(
      inner,
      parts.map((any) => ({ any })),
      parts.map((all) => ({ all })),
      inner.map((not) => ({ not })),
    );
  };
  const when = group(group(group(leaf)));
  const value = fc.oneof(
    scalar,
    fc.constantFrom(null, undefined, Number.NaN, new Date('2026-02-01'), false, ''),
    fc.constant({ d: 'x' }),
    fc.array(scalar, { maxLength: 2 }),
  );
  const person = fc.record(
    {
      a: value,
      b: value,
      c: fc.oneof(value, fc.record({ d: value }, { requiredKeys: [] })),
      email: fc.constantFrom('ann@example.com', 'ann', 4),
      age: fc.oneof(fc.integer({ min: 10, max: 30 }), fc.constant('20')),
      country: fc.constantFrom('DE', 'AT'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<EvaluationContext>;

  it('has each attribute that it needs, in a kind that it needs', () => {
    const ruleset = rulesetOf({ flags: {}, segments });
    let checked = 0;
    fc.assert(
      fc.property(when, fc.array(person, { minLength: 20, maxLength: 20 }), (condition, people) => {
        const predicate = ruleset.predicate('production', condition);
        const needed = [...reader.neededBy(condition)];
        for (const one of people.filter(predicate)) {
          for (const [path, kinds] of needed) {
            checked++;
            expect(kinds).toContain(kindOf(attributeReader(path)(one)));
          }
        }
      }),
      { numRuns: 2_000 },
    );
    expect(checked).toBeGreaterThan(400);
  });

  it('tells an operator nothing by a value of a kind that it does not compare', () => {
    const ruleset = rulesetOf({ flags: {}, segments });
    let checked = 0;
    fc.assert(
      fc.property(path, operators, fc.array(person, { minLength: 20, maxLength: 20 }), (name, operand, people) => {
        const condition = { [name]: operand } as ConditionDocument;
        const uses = reader.usesOf(condition).filter(({ operator }) => operator !== 'exists');
        if (uses.length !== reader.usesOf(condition).length) return;
        const predicate = ruleset.predicate('production', condition);
        const nobody = predicate({});
        for (const one of people) {
          const kind = kindOf(attributeReader(name)(one));
          if (uses.some(({ kinds }) => kinds.has(kind))) continue;
          checked++;
          expect(predicate(one)).toBe(nobody);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(checked).toBeGreaterThan(1_000);
  });
});

function kindOf(value: unknown): AttributeKind {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'date';
  return typeof value as AttributeKind;
}
