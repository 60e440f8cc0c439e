import { describe, expect, it, test } from 'vitest';
import { attributeReader, Ruleset, type EvaluationContext } from '../../../provider/engine/index.js';
import {
  documentsOf,
  inProduction,
  type FlagSketch,
  type RepositorySketch,
} from '../../../provider/engine/testing/documents.js';
import { keyedHash, keyKindOf } from '../../../provider/sampler/index.js';
import type { Side } from '../../change/change.js';
import { compareSides } from '../../change/compare.js';
import type { Finding } from '../../control/finding.js';
import { inert } from '../../control/inert-markdown.js';
import { ConditionReader } from './attribute-needs.js';
import { MAX_FINDINGS_OF_CODE, previewFindings, type ReplayedChange } from './findings.js';
import type { AttributeKind, ObservedAttribute, ObservedRule } from './observed.js';
import type { FlagImpact, Population, Share } from '../preview.js';
import { stepsOf } from '../estimate/steps.js';

const FLAG = 'team.domain.flag';
const employees = { employees: { email: { endsWith: '@example.com' } } };

function rulesetOf(sketch: RepositorySketch): Ruleset {
  return new Ruleset({ id: '3f2a', repository: 'acme/flags' }, documentsOf(sketch));
}

/** What a replay of a change from an empty flag observes of some contexts in production. */
function replayed(
  flags: Readonly<Record<string, FlagSketch>>,
  contexts: readonly EvaluationContext[],
  population: Partial<Population> = {},
): ReplayedChange {
  const before = { flags: Object.fromEntries(Object.keys(flags).map((key) => [key, {}])), segments: employees };
  const [base, result] = [rulesetOf(before), rulesetOf({ flags, segments: employees })];
  const sideOf = (ruleset: Ruleset): Side => ({
    revision: '3f2a',
    loaded: { ruleset, cases: new Map(), files: new Map(), root: 'flags' },
    problems: [],
    codeowners: new Map(),
  });
  const changes = compareSides(sideOf(base), sideOf(result), [], () => 'other');
  const { segments } = result.documents;
  const kinds = contexts.map(({ targetingKey }) => keyKindOf(targetingKey));
  const count = (kind: string): number => kinds.filter((one) => one === kind).length;
  return {
    changes,
    segments,
    rules: changes.flatMap(({ key }) => rulesOf(result, key, contexts)),
    attributes: attributesOf(result, Object.keys(flags), contexts),
    flags: changes.map(({ key, status }) => impactOf([base, result], key, status, contexts)),
    population: {
      files: [{ name: 'contexts.jsonl', format: 'jsonl', rows: contexts.length }],
      contexts: contexts.length,
      repeated: 0,
      refused: { rows: 0, examples: [] },
      keys: {
        plain: count('plain'),
        hashed: count('hashed'),
        synthetic: count('synthetic'),
        missing: count('missing'),
      },
      users: undefined,
      usersFrom: 'unknown',
      effectiveContexts: contexts.length,
      ...population,
    },
  };
}

function rulesOf(ruleset: Ruleset, key: string, contexts: readonly EvaluationContext[]): readonly ObservedRule[] {
  const document = ruleset.documents.flags.get(key)?.read();
  const snapshot = ruleset.snapshot('production');
  const deciders = contexts.map((context) => {
    const { flagMetadata, reason } = snapshot.evaluate(key, context);
    return String(
      flagMetadata['rule'] ?? flagMetadata['stage'] ?? (reason === 'PREREQUISITE_FAILED' ? 'prerequisites' : ''),
    );
  });
  return (document === undefined ? [] : stepsOf(document, 'production').steps).map(({ kind, name, when }) => {
    const predicate = ruleset.predicate('production', when);
    const matching = deciders.filter((_, index) => predicate(contexts[index] as EvaluationContext));
    const takenBy = new Map<string, number>();
    for (const decider of matching) if (decider !== name) takenBy.set(decider, (takenBy.get(decider) ?? 0) + 1);
    const hits = deciders.filter((decider) => decider === name).length;
    return { key, environment: 'production', name, kind, hits, matches: matching.length, takenBy };
  });
}

function attributesOf(
  ruleset: Ruleset,
  keys: readonly string[],
  contexts: readonly EvaluationContext[],
): readonly ObservedAttribute[] {
  const reader = new ConditionReader(ruleset.documents.segments);
  const paths = keys.flatMap((key) => {
    const document = ruleset.documents.flags.get(key)?.read();
    if (document === undefined) return [];
    const { bucketBy, steps } = stepsOf(document, 'production');
    return [bucketBy, ...steps.flatMap(({ when }) => reader.usesOf(when).map(({ path }) => path))];
  });
  return [...new Set(paths)].map((path) => {
    const values = contexts.map(attributeReader(path));
    const kinds = { string: 0, number: 0, boolean: 0, date: 0, list: 0, object: 0, null: 0, missing: 0 };
    for (const value of values) kinds[kindOf(value)]++;
    return { path, kinds, hashed: values.filter((value) => keyKindOf(value) === 'hashed').length };
  });
}

function kindOf(value: unknown): AttributeKind {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value as AttributeKind;
}

function impactOf(
  [base, result]: readonly [Ruleset, Ruleset],
  key: string,
  status: FlagImpact['status'],
  contexts: readonly EvaluationContext[],
): FlagImpact {
  const [was, is] = [base, result].map((ruleset) => ruleset.snapshot('production')) as [
    ReturnType<Ruleset['snapshot']>,
    ReturnType<Ruleset['snapshot']>,
  ];
  const moved = contexts.filter(
    (context) => was.evaluate(key, context).value !== is.evaluate(key, context).value,
  ).length;
  const share = contexts.length === 0 ? 0 : moved / contexts.length;
  const changed: Share = { contexts: moved, share, low: share * 0.9, high: share * 0.9 + 0.05, users: undefined };
  const environment = { environment: 'production', isProved: false, changed, transitions: [], estimate: [] };
  return { key, status, owner: 'team', environments: [environment] };
}

/** `severity code: message` */
function lines(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
}

const keys = (count: number, context: EvaluationContext = {}): readonly EvaluationContext[] =>
  Array.from({ length: count }, (_, index) => ({ targetingKey: `u-${index}`, ...context }));

const hashed = (count: number): readonly EvaluationContext[] =>
  Array.from({ length: count }, (_, index) => ({ targetingKey: keyedHash('a-secret-of-some-length', `u-${index}`) }));

const serving = (...conditions: readonly EvaluationContext[]): FlagSketch =>
  inProduction({
    rules: conditions.map((when, index) => ({ name: `r-${index}`, when: when as never, serve: true })),
  });

type Row = readonly [
  name: string,
  flag: FlagSketch,
  contexts: readonly EvaluationContext[],
  expected: readonly string[],
];

const rows: readonly Row[] = [
  ['a rule that decides', serving({ country: 'DE' }), keys(2_000, { country: 'DE' }), []],
  [
    'a rule that matches nobody',
    serving({ country: 'DE' }),
    keys(2_000, { country: 'FR' }),
    [
      'notice preview-rule-matches-nobody: Rule `r-0` of `team.domain.flag` matches none of 2,000 contexts: at most 0.2 % of users, if these are a sample of them.',
      'notice preview-moves-nobody: The change of `team.domain.flag` moves none of the contexts in production, which is at most 5 % of users.',
    ],
  ],
  [
    'a rule that needs what nobody has',
    serving({ segment: 'employees', country: 'DE' }, { country: 'DE' }),
    keys(2_000, { country: 'DE', email: null }),
    [
      'warning preview-rule-cannot-match: Rule `r-0` of `team.domain.flag` can never match here: it needs `email`, which no context has.',
    ],
  ],
  [
    'an attribute that nobody has, of which a rule needs not have',
    serving({ plan: { notIn: ['free'] } }),
    keys(2_000),
    [
      'warning preview-attribute-absent: No context has `plan`, which rule `r-0` of `team.domain.flag` reads: the figures take it as missing from everybody.',
    ],
  ],
  [
    'an attribute that some lack',
    serving({ country: 'DE' }),
    [...keys(500), ...keys(1_500, { country: 'DE' })],
    [
      'notice preview-attribute-missing: 500 of 2,000 contexts (25 %) lack `country`, which rule `r-0` of `team.domain.flag` reads.',
    ],
  ],
  [
    'another type than the rule compares',
    serving({ age: { gt: 17 } }, {}),
    keys(2_000, { age: '18' }),
    [
      'warning preview-attribute-type: Rule `r-0` of `team.domain.flag` compares `age` (gt) with a number, but the contexts hold string (2,000 contexts): nothing is coerced.',
    ],
  ],
  [
    'another type in a negation, which always holds',
    serving({ not: { age: { gt: 17 } } }),
    keys(2_000, { age: '18' }),
    [
      'warning preview-attribute-type: Rule `r-0` of `team.domain.flag` compares `age` (gt) with a number, but the contexts hold string (2,000 contexts): nothing is coerced.',
    ],
  ],
  [
    'several types',
    serving({ age: { gt: 17 } }),
    [...keys(1, { age: '18' }), ...keys(1_999, { age: 18 })],
    [
      'notice preview-attribute-mixed: `age` is of several types: string (1 context), number (1,999 contexts); rule `r-0` of `team.domain.flag` reads it, and nothing is coerced.',
    ],
  ],
  [
    'a rule that others shadow',
    serving({ country: 'DE' }, { plan: 'pro' }, { country: ['DE', 'AT'], plan: { exists: true } }),
    [...keys(1_200, { country: 'DE', plan: 'free' }), ...keys(800, { country: 'AT', plan: 'pro' })],
    [
      'warning preview-rule-shadowed: Rule `r-2` of `team.domain.flag` decides for none of the 2,000 contexts that it matches: `r-0` takes 1,200, `r-1` takes 800.',
    ],
  ],
  [
    'a stage that a rule shadows',
    inProduction({
      rules: [{ name: 'all', when: { email: { exists: true } }, serve: true }],
      rollout: { stage: 'internal', stages: [{ name: 'internal', segment: 'employees' }] },
    }),
    keys(2_000, { email: 'ann@example.com' }),
    [
      'warning preview-rule-shadowed: Stage `internal` of `team.domain.flag` decides for none of the 2,000 contexts that it matches: `all` takes 2,000.',
    ],
  ],
  [
    'a rule that names hashed keys, and one that looks into them',
    serving({ targetingKey: ['u-1', 'u-2'] }, { targetingKey: { startsWith: 'u-', contains: '-' } }, {}),
    [...hashed(1_000), ...keys(1_000)],
    [
      'warning preview-mixed-keys: The contexts have 1,000 plain and 1,000 hashed targeting keys: who is there under both counts twice, in the number of users too.',
      'warning preview-hashed-equality: Rule `r-0` of `team.domain.flag` names values of `targetingKey`, which is a keyed hash in 1,000 of 2,000 contexts (50 %): no hash is equal to them.',
      'warning preview-hashed-comparison: Rule `r-1` of `team.domain.flag` looks into `targetingKey` (startsWith), which is a keyed hash in 1,000 of 2,000 contexts (50 %): a hash tells nothing of the value.',
      'notice preview-hashed-keys: 1,000 of 2,000 contexts (50 %) have hashed targeting keys: rollouts by them are right on the whole, but not user by user.',
    ],
  ],
  [
    'a rule that names keys which are all hashed',
    serving({ targetingKey: ['u-1', 'u-2'] }, {}),
    hashed(2_000),
    [
      'warning preview-hashed-equality: Rule `r-0` of `team.domain.flag` names values of `targetingKey`, which is a keyed hash in 2,000 of 2,000 contexts (100 %): no hash is equal to them.',
      'notice preview-hashed-keys: 2,000 of 2,000 contexts (100 %) have hashed targeting keys: rollouts by them are right on the whole, but not user by user.',
    ],
  ],
  [
    'contexts that a rollout cannot hash',
    inProduction({ rollout: 50 }),
    [...keys(1_500), ...Array.from({ length: 500 }, () => ({}))],
    [
      'notice preview-unhashable-contexts: 500 of 2,000 contexts (25 %) have no `targetingKey` that a rollout of `team.domain.flag` can hash: percentages leave them the default.',
    ],
  ],
  [
    'an attribute that no context has, and a rollout hashes',
    inProduction({ rollout: 50 }, { bucketBy: 'org.id' }),
    keys(2_000, { org: { id: null } }),
    [
      'warning preview-unhashable-contexts: 2,000 of 2,000 contexts (100 %) have no `org.id` that a rollout of `team.domain.flag` can hash: percentages leave them the default.',
      'notice preview-moves-nobody: The change of `team.domain.flag` moves none of the contexts in production, which is at most 5 % of users.',
    ],
  ],
  ['one that nothing hashes', inProduction({ rollout: 100 }, { bucketBy: 'org.id' }), keys(2_000), []],
  [
    'hashed values that a rollout hashes',
    inProduction({ rollout: 50 }, { bucketBy: 'org' }),
    keys(2_000).map((context, index) => ({ ...context, org: keyedHash('a-secret-of-some-length', index) })),
    [
      'notice preview-hashed-keys: 2,000 of 2,000 contexts (100 %) have hashed `org`: rollouts by them are right on the whole, but not user by user.',
    ],
  ],
];

test.each(rows)('%s', (_name, flag, contexts, expected) => {
  expect(lines(previewFindings(replayed({ [FLAG]: flag }, contexts)))).toEqual(expected);
});

describe('of the contexts', () => {
  const flags = { [FLAG]: inProduction({ rollout: 50 }) };

  type PopulationRow = readonly [Partial<Population>, readonly string[]];
  const populations: readonly PopulationRow[] = [
    [{}, []],
    [
      { keys: { plain: 0, hashed: 0, synthetic: 2_000, missing: 0 } },
      [
        'warning preview-synthetic-contexts: The population is made up: all 2,000 contexts came from `flagctl contexts synth`. The figures are as true as its description.',
      ],
    ],
    [
      { keys: { plain: 1_990, hashed: 0, synthetic: 10, missing: 0 } },
      [
        'warning preview-synthetic-contexts: The population is made up: 10 of 2,000 contexts came from `flagctl contexts synth`. The figures are as true as its description.',
      ],
    ],
    [{ refused: { rows: 1, examples: [] } }, ['notice preview-refused-rows: 1 row is no context and was left out.']],
    [
      { refused: { rows: 3_000, examples: [] } },
      ['notice preview-refused-rows: 3,000 rows are no contexts and were left out.'],
    ],
    [{ repeated: 2_000 }, []],
    [
      { repeated: 2_001 },
      [
        'notice preview-repeated-rows: 2,001 of 4,001 rows repeat a targeting key and were left out: of each one row counts, the first with the smallest weight.',
      ],
    ],
    [
      { contexts: 0, effectiveContexts: 0 },
      ['warning preview-no-contexts: The files have no context: nothing was replayed.'],
    ],
  ];

  test.each(populations)('%j', (population, expected) => {
    expect(lines(previewFindings(replayed(flags, keys(2_000), population)))).toEqual(expected);
  });

  it('few are said with the widest interval, and what they are worth', () => {
    const changed = (low: number, high: number): Share => ({ contexts: 1, share: low, low, high, users: undefined });
    const few = replayed(flags, keys(900), { effectiveContexts: 400.7 });
    const environments = [changed(0.2, 0.25), changed(0.4, 0.4987), changed(0, 0.01)].map((share, index) => ({
      environment: `e-${index}`,
      isProved: false,
      changed: share,
      transitions: [],
      estimate: [],
    }));
    const impact: FlagImpact = { key: FLAG, status: 'changed', owner: 'team', environments };
    expect(lines(previewFindings({ ...few, flags: [impact] }))).toEqual([
      'notice preview-few-contexts: There are only 900 contexts, worth 400 of equal weight: shares are uncertain. The widest interval is 40–49.9 %.',
    ]);
  });

  it('few are enough where they are all users', () => {
    const few = replayed(flags, keys(9));
    const [impact] = few.flags;
    const environments = impact!.environments.map((one) => ({
      ...one,
      changed: { ...one.changed!, low: one.changed!.share, high: one.changed!.share },
    }));
    expect(lines(previewFindings({ ...few, flags: [{ ...impact!, environments }] }))).toEqual([]);
  });
});

it('names what decides instead of a rule, prerequisites too', () => {
  const flags = {
    [FLAG]: { ...serving({ country: 'DE' }), prerequisites: { 'team.domain.x': true } },
    'team.domain.x': inProduction({ rollout: 0 }),
  };
  const [first] = previewFindings(replayed(flags, keys(2_000, { country: 'DE' })));
  expect(first).toMatchObject({
    code: 'preview-rule-shadowed',
    key: FLAG,
    environment: 'production',
    message: expect.stringContaining('`prerequisites` takes 2,000.') as string,
  });
});

it('says what is proved to move nobody nothing of', () => {
  const change = replayed({ [FLAG]: serving({}) }, keys(2_000));
  const proved = { environment: 'production', isProved: true, changed: undefined, transitions: [], estimate: [] };
  const flags = [{ key: FLAG, status: 'changed', owner: 'team', environments: [proved] } as const];
  expect(previewFindings({ ...change, flags, rules: [] })).toEqual([]);
});

it('cuts each code, edited flags first, and says how many more there are', () => {
  const flags = Object.fromEntries(
    Array.from({ length: 15 }, (_, index) => [`team.domain.f${index}`, serving({ country: 'DE' }, { plan: 'pro' })]),
  );
  const change = replayed(flags, keys(2_000, { country: 'FR', plan: 'pro' }));
  const changes = change.changes.map((one) =>
    one.key === 'team.domain.f9' ? one : { ...one, status: 'reached' as const },
  );
  const findings = previewFindings({ ...change, changes });
  expect(findings).toHaveLength(MAX_FINDINGS_OF_CODE + 1);
  expect(findings[0]?.key).toBe('team.domain.f9');
  expect(findings.at(-1)).toEqual({
    code: 'preview-rule-matches-nobody',
    severity: 'notice',
    message: 'There are 5 more findings of this kind.',
  });
});

it('has names that nobody can write Markdown in', () => {
  const nasty = ['`', '[a](b)', '<img>', '@team/x', '#12', '*b*', '|'];
  const when = Object.fromEntries(nasty.map((name) => [name, { startsWith: 'x' }]));
  const flag = inProduction(
    { rules: nasty.map((name) => ({ name, when, serve: true })), rollout: 5 },
    { bucketBy: '*' },
  );
  const contexts = keys(9).map((one, index) => ({
    ...one,
    [nasty[index % nasty.length] as string]: index % 2 === 0 ? 1 : 'x',
  }));
  const findings = previewFindings(replayed({ [FLAG]: flag }, contexts));
  expect(findings.length).toBeGreaterThan(nasty.length);
  for (const { message, fix = '' } of findings) {
    expect(inert(message, 10_000)).toBe(message);
    expect(inert(fix, 10_000)).toBe(fix);
  }
});
