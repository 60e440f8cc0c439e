import { expect, test } from 'vitest';
import {
  holdFlag,
  Ruleset,
  type StoredReferrer,
  type ConditionDocument,
  type EvaluationContext,
  type FlagDocument,
} from '../../provider/engine/index.js';
import { compileToFlagd } from './compile.js';
import { Comparison, evaluators } from './testing/comparison.js';
import { frequent, numbers, oddValues, oddVersions, strings, versions } from './testing/random-values.js';

const scalars = [...strings, ...numbers, ...frequent, false];
const pairs = strings.map((text, index) => [text, strings[(index + 7) % strings.length] as string]);
const mixed = scalars.map((scalar, index) => [scalar, ...scalars.slice(index + 3, index + 5), `${index}`]);
const exact = versions.filter((version) => !version.includes('9999999999'));
const ranges = [
  ...['', '=', '!=', '<', '<=', '>', '>=', '^', '~'].flatMap((operator) => exact.map((version) => operator + version)),
  '>=1.2.3 <4.2.0',
  '^1.2.3 || ^4.2.0',
  '>1 <2 || =4.2.0 || 0.0.0',
];

const operands: Readonly<Record<string, readonly unknown[]>> = {
  equals: scalars,
  in: mixed,
  notIn: mixed,
  startsWith: [...strings, ...pairs],
  endsWith: [...strings, ...pairs],
  contains: [...scalars, ...mixed],
  gt: numbers,
  gte: numbers,
  lt: numbers,
  lte: numbers,
  semver: ranges,
  exists: [true, false],
};

const values: readonly unknown[] = [
  undefined,
  ...scalars,
  ...versions,
  ...oddVersions,
  ...oddValues(),
  ...scalars.map((scalar) => [scalar, 'x']),
  ...pairs,
];

function rulesetOf(flags: readonly Partial<FlagDocument>[]): Ruleset {
  const governance = { type: 'ops', owner: 'team-a', riskTier: 'low', expiresAt: 'never', description: '-' } as const;
  const documents = flags.map((flag, index): [string, StoredReferrer<FlagDocument>] => {
    const key = `a.b.f${index}`;
    return [key, holdFlag({ key, ...governance, ...flag })];
  });
  const policy = { bucketing: 'flagd-v2', environments: ['production'], teams: {} } as const;
  const empty = { segments: new Map(), guardrails: new Map(), retired: [] };
  return new Ruleset({ id: 'c0ffee', repository: 'shop' }, { policy, flags: new Map(documents), ...empty });
}

const ruleOf = (when: ConditionDocument): Partial<FlagDocument> => ({
  environments: { production: { enabled: true, rules: [{ name: 'only', when, serve: true }] } },
});

/** Every flag on every context, by both of flagd's evaluators. */
function compareAll(flags: readonly Partial<FlagDocument>[], contexts: readonly EvaluationContext[]): Comparison {
  const ruleset = rulesetOf(flags);
  const compilation = compileToFlagd(ruleset, 'production');
  const comparison = new Comparison(ruleset, 'production', compilation);
  for (const options of evaluators) comparison.run(contexts, options);
  expect(compilation.inexpressible).toEqual([]);
  expect(comparison.differences).toEqual([]);
  expect(comparison.evaluations).toBe(flags.length * contexts.length * evaluators.length);
  return comparison;
}

test.each(Object.entries(operands))('%s: every operand on every value, at the top, nested and negated', (name, all) => {
  const flags = all.flatMap((operand) => [
    ruleOf({ a: { [name]: operand } }),
    ruleOf({ not: { 'b.a': { [name]: operand } } }),
  ]);
  const inside = values.map((value) => ({ a: value, b: { a: value } }));
  const beside = values.map((value) => ({ a: value, b: value }));
  const { served } = compareAll(flags, [...inside, ...beside]);
  // Almost every operand holds for some value, and fails for another.
  expect(served.size).toBeGreaterThan(flags.length * 1.8);
});

test('every value as the key of every form of rollout', () => {
  const variants = { off: 0, on: 1, blue: 2 };
  const rollouts = [0.001, 1, 50, 99.999, 100].flatMap((percent) => [
    { on: percent },
    { on: percent / 2, blue: percent / 2 - 0.0005 > 0 ? Math.floor(percent * 500) / 1_000 : 0 },
    { stage: 'some', to: 'on', stages: [{ name: 'some', percent }] },
  ]);
  const flags = rollouts.flatMap((rollout) =>
    ['off', null].map((fallback): Partial<FlagDocument> => ({
      variants,
      default: fallback,
      bucketBy: 'a',
      environments: { production: { enabled: true, rollout: rollout } },
    })),
  );
  const keys = Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? `user-${index}` : index * 7_919));
  const { reasons } = compareAll(
    flags,
    [...values, ...keys].map((value) => ({ a: value })),
  );
  expect(reasons.get('SPLIT')).toBeGreaterThan(10_000);
  expect(reasons.get('DEFAULT')).toBeGreaterThan(1_000);
});
