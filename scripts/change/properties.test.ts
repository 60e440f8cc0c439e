import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  Ruleset,
  type EnvironmentDocument,
  type EvaluationContext,
  type FlagDocument,
  type JsonObject,
  type JsonValue,
} from '../../provider/engine/index.js';
import { context, edited, repository } from '../../provider/engine/testing/arbitraries.js';
import { documentsOf, flagDocument, type RepositorySketch } from '../../provider/engine/testing/documents.js';
import type { Side } from './change.js';
import { compareSides } from './compare.js';
import { flagItems } from './flag-items.js';

const RUNS = { numRuns: 200 };

function sideOf(sketch: RepositorySketch): Side {
  const ruleset = new Ruleset({ id: '3f2a', repository: 'acme/flags' }, documentsOf(sketch));
  const loaded = { ruleset, cases: new Map(), files: new Map(), root: 'flags' };
  return { revision: '3f2a', loaded, problems: [], codeowners: new Map() };
}

function resultsOf({ loaded }: Side, key: string, people: readonly EvaluationContext[]): readonly unknown[] {
  const snapshot = loaded?.ruleset.snapshot('production');
  return people.map((person) => snapshot?.evaluate(key, person));
}

describe('any two repositories', () => {
  it('have items at every flag of which somebody gets another result', () => {
    const contexts = fc.array(context, { minLength: 20, maxLength: 20 });
    let differences = 0;
    fc.assert(
      fc.property(edited, contexts, ([before, after], people) => {
        const [base, result] = [sideOf(before), sideOf(after)];
        const changes = compareSides(base, result, [], () => 'other');
        const withItems = new Set(changes.filter(({ items }) => items.length > 0).map(({ key }) => key));
        const keys = Object.keys(after.flags).filter((key) => !withItems.has(key));
        differences += withItems.size;
        for (const key of keys) expect(resultsOf(result, key, people)).toEqual(resultsOf(base, key, people));
      }),
      RUNS,
    );
    expect(differences).toBeGreaterThan(RUNS.numRuns);
  });

  it('have no items where they are equal, however their mappings are ordered', () => {
    fc.assert(
      fc.property(repository, (sketch) => {
        const again = { ...sketch, flags: turned(sketch.flags as JsonValue) } as RepositorySketch;
        expect(compareSides(sideOf(sketch), sideOf(again), [], () => 'other')).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** Every mapping in the opposite order, save that of the variants, which means something. */
function turned(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, key === 'variants' ? inner : turned(inner)]),
  );
}

const stages = [
  { name: 'internal', segment: 'employees', hold: '1h' },
  { name: 'canary', percent: 5, hold: '30m' },
  { name: 'all', percent: 100 },
];
const condition = {
  segment: ['employees', 'testers'],
  country: ['DE', 'AT'],
  plan: 'pro',
  age: { gte: 18, lt: 99 },
  email: { endsWith: ['@example.com', '@example.org'] },
  version: { semver: '>=4' },
  beta: { exists: true },
  grade: { equals: 'gold', exists: true },
  language: { equals: 'de', in: ['de', 'fr'] },
  any: [{ a: 1 }, { b: { notIn: [2, 3] } }],
  not: { all: [{ c: 'x' }, { d: { before: '2026-01-01' } }] },
} as const;
const production: EnvironmentDocument = {
  enabled: true,
  rules: [
    { name: 'first', when: condition, serve: 'calm' },
    { name: 'second', when: { region: 'eu' }, rollout: { calm: 20, loud: 10 } },
  ],
  rollout: { stage: 'canary', to: 'loud', guardrails: ['errors', 'latency'], stages },
};

/** A document in which nothing is said twice and nothing goes without saying: every part of it means something. */
const rich: FlagDocument = flagDocument('team.domain.flag', {
  runbook: 'https://example.com',
  variants: { none: { size: 0 }, calm: { size: 1, tags: ['a', 'b'] }, loud: { size: 2 } },
  default: 'none',
  prerequisites: { 'team.domain.other': 'true', 'team.domain.more': 'big' },
  bucketBy: 'organisation.id',
  salt: 'shared',
  environments: { production, staging: { enabled: false, rollout: { calm: 25, loud: 25 } } },
});

interface Edit {
  readonly name: string;
  readonly apply: (document: JsonValue) => JsonValue;
}

/** Each leaf replaced, each key and element removed, each neighbouring pair of rules and stages exchanged. */
function editsOf(
  value: JsonValue,
  path: string,
  at: (change: (value: JsonValue) => JsonValue) => Edit['apply'],
): Edit[] {
  if (Array.isArray(value)) return listEdits(value as readonly JsonValue[], path, at);
  if (typeof value === 'object' && value !== null) return mapEdits(value as JsonObject, path, at);
  return [{ name: `${path} is another`, apply: at(() => otherThan(value)) }];
}

type At = Parameters<typeof editsOf>[2];

function listEdits(list: readonly JsonValue[], path: string, at: At): Edit[] {
  const inner = list.flatMap((item, index) =>
    editsOf(item, `${path}[${index}]`, (change) =>
      at((whole) => (whole as readonly JsonValue[]).map((one, place) => (place === index ? change(one) : one))),
    ),
  );
  const removals = list.map((_, index) => ({
    name: `${path}[${index}] is gone`,
    apply: at((whole) => (whole as readonly JsonValue[]).filter((_one, place) => place !== index)),
  }));
  const isOrdered = /(rules|stages|tags)$/.test(path);
  const exchange = { name: `${path} is turned`, apply: at((whole) => (whole as readonly JsonValue[]).toReversed()) };
  return [...inner, ...removals, ...(isOrdered ? [exchange] : [])];
}

function mapEdits(map: JsonObject, path: string, at: At): Edit[] {
  const inner = Object.entries(map).flatMap(([key, value]) =>
    editsOf(value, `${path}.${key}`, (change) =>
      at((whole) => ({ ...(whole as JsonObject), [key]: change((whole as JsonObject)[key] as JsonValue) })),
    ),
  );
  const removals = Object.keys(map).map((key) => ({
    name: `${path}.${key} is gone`,
    apply: at((whole) => Object.fromEntries(Object.entries(whole as JsonObject).filter(([name]) => name !== key))),
  }));
  const exchange = {
    name: `${path} is turned`,
    apply: at((whole) => Object.fromEntries(Object.entries(whole as JsonObject).toReversed())),
  };
  return [...inner, ...removals, ...(path.endsWith('.variants') ? [exchange] : [])];
}

function otherThan(value: JsonValue): JsonValue {
  if (typeof value === 'boolean') return !value;
  return typeof value === 'number' ? value + 1 : `${value as string}x`;
}

const edits = editsOf(rich as unknown as JsonValue, 'flag', (change) => change).filter(
  // What the schema requires cannot go; nor can what would leave nothing.
  ({ name }) =>
    !/(key|type|owner|riskTier|expiresAt|description|default|variants|enabled|when|name|stage|stages|percent) is gone$/.test(
      name,
    ) && !/stages\[\d\]\.segment is gone$/.test(name),
);

describe('an edit of a flag', () => {
  test.each(edits)('$name', ({ apply }) => {
    const after = apply(rich as unknown as JsonValue) as unknown as FlagDocument;
    const items = flagItems(rich, after);
    expect(items.length).toBeGreaterThan(0);
    for (const { text } of items) expect(text).not.toMatch(/undefined|\[object|NaN|\n/);
  });

  it('is one of more than a hundred', () => {
    expect(edits.length).toBeGreaterThan(100);
  });

  it('is not hidden by another', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(edits, { minLength: 2, maxLength: 6 }), (several) => {
        let document = rich as unknown as JsonValue;
        for (const { apply } of several) document = attempt(() => apply(document)) ?? document;
        fc.pre(JSON.stringify(document) !== JSON.stringify(rich));
        expect(flagItems(rich, document as unknown as FlagDocument).length).toBeGreaterThan(0);
        expect(flagItems(document as unknown as FlagDocument, rich).length).toBeGreaterThan(0);
        expect(
          flagItems(document as unknown as FlagDocument, structuredClone(document) as unknown as FlagDocument),
        ).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** Undefined where an earlier edit removed what this one edits. */
function attempt(apply: () => JsonValue): JsonValue | undefined {
  try {
    return apply();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
