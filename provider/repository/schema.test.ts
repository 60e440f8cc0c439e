import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { UnplacedProblem } from './problem.js';
import { type DocumentKind, validate } from './schema.js';

const FLAG = {
  key: 'payments.checkout.new-flow',
  type: 'ops',
  owner: 'payments-team',
  riskTier: 'low',
  expiresAt: 'never',
  description: 'Something.',
};
const SEGMENT = { owner: 'platform-team', description: 'People on our payroll.', when: {} };
const GUARDRAIL = {
  owner: 'platform-team',
  description: 'Errors.',
  query: 'errors{flag="{{flag}}"}',
  max: 1,
  interval: '1m',
};
const POLICY = {
  bucketing: 'flagd-v2',
  environments: ['production'],
  teams: { growth: { codeOwner: '@acme/growth' } },
};
const RETIRED = { key: 'payments.checkout.old-flow', retiredAt: '2026-10-02', reason: 'Done.' };
const CASE = { name: 'somebody', environment: 'production', context: {}, expect: { value: true } };

/** A document of each kind that is valid, with the entries of a YAML map in place of its own. */
const patched: Readonly<Record<DocumentKind, (patch: string) => unknown>> = {
  flag: (patch) => ({ ...FLAG, ...parse(patch) }),
  segment: (patch) => ({ ...SEGMENT, ...parse(patch) }),
  guardrail: (patch) => ({ ...GUARDRAIL, ...parse(patch) }),
  policy: (patch) => ({ ...POLICY, ...parse(patch) }),
  retired: (patch) => [{ ...RETIRED, ...parse(patch) }],
  cases: (patch) => [{ ...CASE, ...parse(patch) }],
};

/** The patch of a flag that has one environment, or in it one rule, or one plan, or one rule with a condition. */
const environment = (text: string) => `environments: { production: ${text} }`;
const rule = (text: string) => environment(`{ enabled: true, rules: [${text}] }`);
const plan = (text: string) => environment(`{ enabled: true, rollout: ${text} }`);
const when = (text: string) => `when: ${text}`;

/** `code pointer`, or `code pointer@key` where the key is meant. */
function place({ code, pointer = [], at }: UnplacedProblem): string {
  return `${code} ${pointer.join('/')}${at === 'key' ? '@key' : ''}`;
}

const ENVIRONMENT = 'environments/production';
const RULE = `${ENVIRONMENT}/rules/0`;
const STAGE = `${ENVIRONMENT}/rollout/stages/0`;

const valid: readonly (readonly [DocumentKind, string])[] = [
  ['flag', '{}'],
  ['flag', '{ type: release, expiresAt: 2028-02-29, runbook: "http://runbooks.example.com" }'],
  ['flag', '{ default: "on", variants: { "on": { a: [null, { b: 1 }] }, "off": [] }, salt: "", bucketBy: user.id }'],
  ['flag', '{ default: null, variants: { a: 1.5 }, prerequisites: { a.b.c: true, a.b.d: "x" }, environments: {} }'],
  ['flag', environment('{ enabled: false }')],
  ['flag', rule('{ name: a, when: {}, serve: true }, { name: b, when: { a: 1 }, rollout: { "true": 0.125 } }')],
  ['flag', plan('100')],
  ['flag', plan('{ stage: 10, stages: 20 }')],
  [
    'flag',
    plan(
      '{ stage: off, to: true, guardrails: [], stages: [{ name: a, segment: b }, { name: c, percent: 5, hold: 90s }] }',
    ),
  ],
  [
    'segment',
    when('{ segment: a, any: [{ segment: [a, b] }], all: [{ x: 1 }, { not: { y: true } }], constructor: 1 }'),
  ],
  [
    'segment',
    when('{ a: { equals: x, in: [1, x, true], notIn: [1], startsWith: a, endsWith: [a, b], contains: [1, a] } }'),
  ],
  ['segment', when('{ a.b: { matches: "^x", gt: 1, gte: 1.5, lt: 2, lte: 3, semver: "^1 || ^2", exists: false } }')],
  ['segment', when('{ a: { before: 2026-12-20, after: "2026-12-20T23:59:59.5+01:00" } }')],
  ['guardrail', '{ min: 0, failureLimit: 0, minSamples: 0, onNoData: pass }'],
  [
    'policy',
    '{ tiers: { low: {}, high: { approvals: 6, staged: true } }, freezes: [], approvers: {}, expiry: { max: 180d } }',
  ],
  ['policy', '{ teams: { Team_A: { codeOwner: ann@example.com, active: false } }, naming: { pattern: "[a-z_]+" } }'],
  ['retired', '{}'],
  ['cases', '{ expect: { variant: null } }'],
  ['cases', '{ expect: { reason: SPLIT, rule: a, stage: b, value: null }, context: { a: { b: [null] } } }'],
];

test.each(valid)('%s %s is valid', (kind, patch) => {
  expect(validate(kind, 'f.yaml', patched[kind](patch))).toEqual([]);
});

const invalid: readonly (readonly [DocumentKind, string, readonly string[], string])[] = [
  // Keys.
  [
    'flag',
    'enviroments: {}',
    ['unknown-key enviroments@key'],
    'unknown key `enviroments`; did you mean `environments`?',
  ],
  ['flag', 'frobnicate: {}', ['unknown-key frobnicate@key'], 'unknown key `frobnicate`'],
  ['flag', '{ owner: null, ownr: x }', ['wrong-type owner', 'unknown-key ownr@key'], 'unknown key `ownr`'],
  ['flag', '"a/b~c": 1', ['unknown-key a/b~c@key'], 'unknown key `a/b~c`'],
  ['flag', 'constructor: {}', ['unknown-key constructor@key'], 'unknown key `constructor`'],
  [
    'flag',
    environment('{ enabled: true, rolout: 5 }'),
    [`unknown-key ${ENVIRONMENT}/rolout@key`],
    'did you mean `rollout`?',
  ],
  ['flag', environment('{ enabld: true }'), [`unknown-key ${ENVIRONMENT}/enabld@key`], 'did you mean `enabled`?'],
  ['flag', environment('{}'), [`missing-key ${ENVIRONMENT}`], '`production` lacks the key `enabled`'],
  ['cases', '{ contxt: {} }', ['unknown-key 0/contxt@key'], 'unknown key `contxt`'],
  ['policy', 'tiers: { hihg: {} }', ['unknown-key tiers/hihg@key'], 'did you mean `high`?'],
  [
    'policy',
    'freezes: [{ from: 2026-12-20 }]',
    ['missing-key freezes/0', 'missing-key freezes/0'],
    'entry 1 of `freezes` lacks',
  ],
  // Governance.
  ['flag', 'key: 5', ['wrong-type key'], '`key` must be a string'],
  ['flag', 'key: "payments checkout"', ['key-invalid key'], '`key` must be `team.domain.purpose`'],
  ['flag', `key: ${'a'.repeat(201)}`, ['key-invalid key'], '`key` must have at most 200 characters'],
  ['flag', 'type: relase', ['invalid-value type'], 'did you mean `release`?'],
  ['flag', 'type: [ops]', ['invalid-value type'], '`type` must be `release`, `ops`, `experiment` or `permission`'],
  ['flag', 'riskTier: extreme', ['invalid-value riskTier'], '`riskTier` must be `low`, `medium` or `high`'],
  ['flag', 'owner: ""', ['invalid-name owner'], '`owner` must not be empty'],
  ['flag', 'description: ""', ['out-of-range description'], '`description` must not be empty'],
  ['flag', `description: ${'é'.repeat(2001)}`, ['out-of-range description'], 'must have at most 2,000 characters'],
  [
    'flag',
    'expiresAt: 2027-02-29',
    ['invalid-date expiresAt'],
    'must be a day of the calendar, YYYY-MM-DD, or `never`',
  ],
  ['flag', 'expiresAt: soon', ['invalid-date expiresAt'], '`expiresAt` must be a day'],
  ['flag', 'expiresAt: "2027-03-01T00:00:00Z"', ['invalid-date expiresAt'], '`expiresAt` must be a day'],
  ['flag', 'type: release', ['expiry-required expiresAt'], 'must be a date: a release or an experiment ends'],
  ['flag', 'type: experiment', ['expiry-required expiresAt'], 'must be a date: a release or an experiment ends'],
  ['flag', 'runbook: ftp://example.com', ['runbook-not-http runbook'], 'must be a URL that begins with https://'],
  ['flag', 'runbook: "javascript:alert(1)"', ['runbook-not-http runbook'], 'must be a URL'],
  ['flag', 'runbook: "https:///x"', ['runbook-not-http runbook'], 'must be a URL'],
  // Variants.
  ['flag', 'variants: { a: 1 }', ['default-missing '], 'the file lacks the key `default`, which `variants` needs'],
  ['flag', '{ default: a, variants: {} }', ['out-of-range variants'], '`variants` must not be empty'],
  ['flag', '{ default: a, variants: { a: null } }', ['variant-kind variants/a'], '`a` must be true, false, a string'],
  ['flag', '{ default: a, variants: { "": 1 } }', ['invalid-name variants/@key'], 'must not be empty'],
  ['flag', 'default: 5', ['wrong-type default'], '`default` must be a string, true, false or null'],
  ['flag', 'prerequisites: { "a b": true }', ['key-invalid prerequisites/a b@key'], 'the key `a b` must be'],
  [
    'flag',
    'prerequisites: { a.b.c: 1 }',
    ['wrong-type prerequisites/a.b.c'],
    '`a.b.c` must be a string, true or false',
  ],
  ['flag', 'bucketBy: user..id', ['bucket-by-invalid bucketBy'], 'must be an attribute name'],
  ['flag', 'bucketBy: user.__proto__', ['bucket-by-invalid bucketBy'], 'must be an attribute name'],
  ['flag', `salt: ${'a'.repeat(201)}`, ['out-of-range salt'], '`salt` must have at most 200 characters'],
  // Environments and rules.
  ['flag', 'environments: []', ['wrong-type environments'], '`environments` must be a map'],
  [
    'flag',
    'environments: { Prod: { enabled: true } }',
    ['invalid-name environments/Prod@key'],
    'the key `Prod` must be lower-case',
  ],
  ['flag', environment('{ enabled: "yes" }'), [`wrong-type ${ENVIRONMENT}/enabled`], '`enabled` must be true or false'],
  [
    'flag',
    rule(Array.from({ length: 201 }, () => '{ name: a, when: {}, serve: a }').join()),
    [`too-many-rules ${ENVIRONMENT}/rules`],
    '`rules` must have at most 200 entries',
  ],
  [
    'flag',
    rule('{ name: a, when: {} }'),
    [`serve-or-rollout ${RULE}`],
    'entry 1 of `rules` must have exactly one of `serve` and `rollout`',
  ],
  ['flag', rule('{ name: a, when: {}, serve: true, rollout: 5 }'), [`serve-or-rollout ${RULE}`], 'not both'],
  ['flag', rule('{ name: -a, when: {}, serve: true }'), [`invalid-name ${RULE}/name`], '`name` must be lower-case'],
  ['flag', rule('{ name: a, serve: true }'), [`missing-key ${RULE}`], 'entry 1 of `rules` lacks the key `when`'],
  [
    'flag',
    rule('{ name: a, when: {}, serve: 1 }'),
    [`wrong-type ${RULE}/serve`],
    '`serve` must be a string, true or false',
  ],
  [
    'flag',
    rule('{ name: a, when: {}, rollout: { stage: x, stages: [] } }'),
    [`plan-in-rule ${RULE}/rollout`],
    'a rule has no stages',
  ],
  [
    'flag',
    rule('{ name: a, when: { b: null }, serve: true }'),
    [`wrong-type ${RULE}/when/b`],
    '`b` must be a string, a number',
  ],
  // Rollouts.
  ['flag', plan('"5"'), [`wrong-type ${ENVIRONMENT}/rollout`], '`rollout` must be a number or a map'],
  ['flag', plan('-1'), [`weight-out-of-range ${ENVIRONMENT}/rollout`], '`rollout` must be a number from 0 to 100'],
  ['flag', plan('100.5'), [`weight-out-of-range ${ENVIRONMENT}/rollout`], '`rollout` must be a number from 0 to 100'],
  ['flag', plan('{}'), [`rollout-empty ${ENVIRONMENT}/rollout`], '`rollout` must not be empty'],
  ['flag', plan('{ a: 101 }'), [`weight-out-of-range ${ENVIRONMENT}/rollout/a`], '`a` must be a number from 0 to 100'],
  ['flag', plan('{ a: 5% }'), [`wrong-type ${ENVIRONMENT}/rollout/a`], '`a` must be a number'],
  ['flag', plan('{ stage: a }'), [`missing-key ${ENVIRONMENT}/rollout`], '`rollout` lacks the key `stages`'],
  [
    'flag',
    plan('{ stages: [{ name: a, percent: 1 }] }'),
    [`missing-key ${ENVIRONMENT}/rollout`],
    'lacks the key `stage`',
  ],
  [
    'flag',
    plan('{ stage: a, stages: [] }'),
    [`rollout-empty ${ENVIRONMENT}/rollout/stages`],
    '`stages` must not be empty',
  ],
  [
    'flag',
    plan('{ stage: a, stages: [{ name: off, percent: 1 }] }'),
    [`stage-name ${STAGE}/name`],
    'must be another name than `off`',
  ],
  [
    'flag',
    plan('{ stage: a, stages: [{ name: a }] }'),
    [`segment-or-percent ${STAGE}`],
    'exactly one of `segment` and `percent`',
  ],
  [
    'flag',
    plan('{ stage: a, stages: [{ name: a, segment: b, percent: 1 }] }'),
    [`segment-or-percent ${STAGE}`],
    'not both',
  ],
  [
    'flag',
    plan('{ stage: a, stages: [{ name: a, percent: 101 }] }'),
    [`weight-out-of-range ${STAGE}/percent`],
    '`percent` must be',
  ],
  [
    'flag',
    plan('{ stage: a, stages: [{ name: a, percent: 1, hold: 1h30m }] }'),
    [`invalid-duration ${STAGE}/hold`],
    '`hold` must be a whole number and one unit',
  ],
  [
    'flag',
    plan('{ stage: a, guardrails: [A], stages: [{ name: a, percent: 1 }] }'),
    [`invalid-name ${ENVIRONMENT}/rollout/guardrails/0`],
    'entry 1 of `guardrails` must be',
  ],
  // Conditions.
  ['segment', when('[]'), ['wrong-type when'], '`when` must be a map'],
  ['segment', when('{ any: [] }'), ['empty-condition when/any'], '`any` must not be empty'],
  ['segment', when('{ all: [] }'), ['empty-condition when/all'], '`all` must not be empty'],
  ['segment', when('{ not: {} }'), ['empty-condition when/not'], '`not` must not be empty'],
  ['segment', when('{ any: [{ a: 1 }, {}] }'), ['empty-condition when/any/1'], 'entry 2 of `any` must not be empty'],
  ['segment', when('{ any: { a: 1 } }'), ['wrong-type when/any'], '`any` must be a list'],
  ['segment', when('{ not: { not: [1] } }'), ['wrong-type when/not/not'], '`not` must be a map'],
  ['segment', when('{ segment: [] }'), ['empty-condition when/segment'], '`segment` must not be empty'],
  ['segment', when('{ segment: Staff }'), ['invalid-name when/segment'], '`segment` must be lower-case'],
  ['segment', when('{ segment: { a: b } }'), ['wrong-type when/segment'], '`segment` must be a string or a list'],
  ['segment', when('{ a: [] }'), ['empty-condition when/a'], '`a` must not be empty'],
  ['segment', when('{ a: {} }'), ['empty-condition when/a'], '`a` must not be empty'],
  [
    'segment',
    when('{ a: [x, [y]] }'),
    ['wrong-type when/a/1'],
    'entry 2 of `a` must be a string, a number, true or false',
  ],
  ['segment', when('{ a: { startWith: x } }'), ['unknown-key when/a/startWith@key'], 'did you mean `startsWith`?'],
  ['segment', when('{ a: { in: x } }'), ['wrong-type when/a/in'], '`in` must be a list'],
  ['segment', when('{ a: { notIn: [] } }'), ['empty-condition when/a/notIn'], '`notIn` must not be empty'],
  [
    'segment',
    when('{ a: { startsWith: [1] } }'),
    ['wrong-type when/a/startsWith/0'],
    'entry 1 of `startsWith` must be a string',
  ],
  ['segment', when('{ a: { gt: "1" } }'), ['wrong-type when/a/gt'], '`gt` must be a number'],
  ['segment', when('{ a: { exists: "true" } }'), ['wrong-type when/a/exists'], '`exists` must be true or false'],
  [
    'segment',
    when('{ a: { before: 2026-02-30 } }'),
    ['instant-invalid when/a/before'],
    'the calendar and the clock have',
  ],
  ['segment', when('{ a: { after: yesterday } }'), ['instant-invalid when/a/after'], 'must be an RFC 3339 date-time'],
  ['segment', when('{ a: { semver: 4.2 } }'), ['wrong-type when/a/semver'], '`semver` must be a string'],
  ['segment', when(`{ a: { semver: ${'1'.repeat(501)} } }`), ['wrong-type when/a/semver'], '`semver` must be a string'],
  [
    'segment',
    when(`{ a: { semver: v${'1'.repeat(500)} } }`),
    ['semver-invalid when/a/semver'],
    'at most 500 characters',
  ],
  [
    'segment',
    when(`{ a: { matches: ${'a'.repeat(1001)} } }`),
    ['out-of-range when/a/matches'],
    'at most 1,000 characters',
  ],
  ['segment', when('{ "": 1 }'), ['attribute-invalid when/@key'], 'must be an attribute name'],
  [
    'segment',
    when('{ a..b: 1, .c: 1 }'),
    ['attribute-invalid when/a..b@key', 'attribute-invalid when/.c@key'],
    'the key `a..b` must be',
  ],
  [
    'segment',
    when('{ not: { a.__proto__.b: 1 } }'),
    ['attribute-invalid when/not/a.__proto__.b@key'],
    'none of them `__proto__`',
  ],
  // The other kinds.
  [
    'guardrail',
    '{ interval: 1x, failureLimit: 1.5 }',
    ['invalid-duration interval', 'wrong-type failureLimit'],
    'a whole number',
  ],
  ['guardrail', '{ minSamples: -1 }', ['out-of-range minSamples'], '`minSamples` must be a number of at least 0'],
  ['guardrail', '{ onNoData: wait }', ['invalid-value onNoData'], '`onNoData` must be `hold`, `fail` or `pass`'],
  ['policy', 'bucketing: flagd-v3', ['invalid-value bucketing'], '`bucketing` must be `flagd-v2`'],
  ['policy', 'environments: []', ['out-of-range environments'], '`environments` must not be empty'],
  ['policy', 'environments: [a, b, a]', ['invalid-value environments'], 'entries 1 and 3 are equal'],
  [
    'policy',
    'environments: [Prod, 5]',
    ['invalid-name environments/0', 'wrong-type environments/1'],
    'entry 1 of `environments`',
  ],
  [
    'policy',
    'teams: { a: { codeOwner: acme/a } }',
    ['invalid-value teams/a/codeOwner'],
    'must be a handle as CODEOWNERS has it',
  ],
  [
    'policy',
    'tiers: { low: { approvals: 7, reason: yes } }',
    ['out-of-range tiers/low/approvals', 'invalid-value tiers/low/reason'],
    'from 0 to 6',
  ],
  [
    'policy',
    'widening: { window: 7d, high: 100.5% }',
    ['invalid-value widening/high'],
    'must be a percentage with its sign',
  ],
  [
    'policy',
    'freezes: [{ from: 2026-12-20T00:00:00, until: 2026-12-32, reason: x }]',
    ['instant-invalid freezes/0/from', 'instant-invalid freezes/0/until'],
    'RFC 3339',
  ],
  ['retired', 'retiredAt: 2026-13-01', ['invalid-date 0/retiredAt'], '`retiredAt` must be a day of the calendar'],
  ['retired', 'retiredAt: never', ['invalid-date 0/retiredAt'], '`retiredAt` must be a day of the calendar'],
  ['cases', 'expect: {}', ['out-of-range 0/expect'], '`expect` must not be empty'],
  ['cases', 'expect: { reason: split }', ['invalid-value 0/expect/reason'], 'did you mean `SPLIT`?'],
  ['cases', 'context: [1]', ['wrong-type 0/context'], '`context` must be a map'],
];

test.each(invalid)('%s %.80s is refused', (kind, patch, places, snippet) => {
  const problems = validate(kind, 'f.yaml', patched[kind](patch));
  expect(problems.map(place).sort()).toEqual([...places].sort());
  expect(problems.map(({ message }) => message).join('\n')).toContain(snippet);
  for (const problem of problems) {
    expect(problem.file).toBe('f.yaml');
    expect(problem.message).not.toMatch(/undefined|\.$/);
    for (const text of [problem.found, problem.expected, problem.fix]) expect(text).toMatch(/^(?!.*undefined).+/);
  }
});

const kinds: readonly DocumentKind[] = ['flag', 'segment', 'guardrail', 'policy', 'retired', 'cases'];

describe('a document of the wrong kind', () => {
  const values = [null, true, 0, '', 'text', [null], { a: 1 }];

  test.each(kinds.flatMap((kind) => values.map((value) => [kind, value] as const)))('%s refuses %j', (kind, value) => {
    expect(validate(kind, 'f.yaml', value)).not.toEqual([]);
  });

  test.each(kinds)('an empty %s lacks every required key', (kind) => {
    const isList = kind === 'retired' || kind === 'cases';
    const problems = validate(kind, 'f.yaml', isList ? [{}] : {});
    expect(new Set(problems.map(place))).toEqual(new Set([isList ? 'missing-key 0' : 'missing-key ']));
    expect(problems.length).toBeGreaterThan(2);
  });
});

test('a guardrail needs a bound', () => {
  const { max: _max, ...unbounded } = GUARDRAIL;
  expect(validate('guardrail', 'f.yaml', unbounded)).toMatchObject([
    { code: 'missing-key', pointer: [], message: 'the file must have a bound: `max`, `min` or both' },
  ]);
});

test('a problem is worded in full', () => {
  expect(validate('flag', 'flags/a/b/c.yaml', patched.flag(environment('{ enabled: 1 }')))).toEqual([
    {
      code: 'wrong-type',
      file: 'flags/a/b/c.yaml',
      pointer: ['environments', 'production', 'enabled'],
      at: 'value',
      message: '`enabled` must be true or false',
      found: '1',
      expected: 'true or false',
      fix: 'write true or false',
    },
  ]);
});

test('a misspelt required key is one problem, and no key is suggested that is there', () => {
  const { owner, ...rest } = FLAG;
  expect(validate('flag', 'f.yaml', { ...rest, ownr: owner }).map(place)).toEqual(['unknown-key ownr@key']);
  expect(validate('flag', 'f.yaml', { ...FLAG, ownr: owner })[0]?.message).toBe('unknown key `ownr`');
});

test('keys of an object prototype are keys like any other', () => {
  const source = '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "toString": 1}';
  const hostile: unknown = JSON.parse(source);
  const places = ['__proto__', 'constructor', 'toString'].map((key) => `unknown-key ${key}@key`);
  expect(validate('flag', 'f.yaml', Object.assign(JSON.parse(source), FLAG)).map(place)).toEqual(places);
  const condition = validate('segment', 'f.yaml', { ...SEGMENT, when: hostile }).map(place);
  expect(condition).toContain('attribute-invalid when/__proto__@key');
  const bare: unknown = Object.assign(Object.create(null), FLAG);
  expect(validate('flag', 'f.yaml', bare)).toEqual([]);
  expect(validate('flag', 'f.yaml', Object.create(FLAG))).toHaveLength(6);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

describe('limits', () => {
  test('a list of 50,000 is read and one more is not', () => {
    const list = Array.from({ length: 50_001 }, (_, index) => `u-${index}`);
    expect(validate('segment', 'f.yaml', { ...SEGMENT, when: { id: list.slice(1) } })).toEqual([]);
    expect(validate('segment', 'f.yaml', { ...SEGMENT, when: { id: list } })).toMatchObject([
      { code: 'list-too-long', pointer: ['when', 'id'], found: '50,001 entries' },
    ]);
  });

  // Each took minutes before errors were appended, items hashed and suggestions bounded.
  test.each<[string, DocumentKind, unknown]>([
    ['wrong entries', 'retired', Array.from({ length: 200_000 }, () => null)],
    ['unknown keys', 'flag', Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`kez${index}`, 1]))],
    [
      'nested wrong entries',
      'segment',
      { ...SEGMENT, when: { all: Array.from({ length: 100_000 }, () => ({ a: null })) } },
    ],
  ])('of 100,000 %s a hundred are told, in bounded time', (_name, kind, value) => {
    const problems = validate(kind, 'f.yaml', value);
    expect(problems.length).toBeLessThanOrEqual(100);
    expect(problems.at(-1)?.fix).toMatch(/; then look again: \d+,\d+ more problems of this file are not shown$/);
  });

  test('a long list that must have no entry twice is judged in bounded time', () => {
    const environments = Array.from({ length: 200_000 }, (_, index) => `a${index}`);
    expect(validate('policy', 'f.yaml', { ...POLICY, environments }).map(place)).toEqual([
      'list-too-long environments',
    ]);
  });

  test.each(['flag', 'policy'] as const)(
    'a long string that just misses a pattern of a %s is judged in bounded time',
    (kind) => {
      const long = `${'a'.repeat(1_000_000)} `;
      const value = { ...FLAG, runbook: `https://${long}`, bucketBy: `${long}.`, expiresAt: long, key: long };
      const policy = { ...POLICY, teams: { a: { codeOwner: `a@${long}` } }, environments: [long] };
      const problems = validate(kind, 'f.yaml', kind === 'flag' ? value : policy);
      expect(problems.length).toBeGreaterThan(1);
      for (const { found } of problems) expect(Array.from(found ?? '').length).toBeLessThanOrEqual(60);
    },
  );
});

describe('the examples of the schemas', () => {
  test.each(kinds.filter((kind) => kind !== 'policy'))('%s', (kind) => {
    const text = readFileSync(new URL(`../../schema/${kind}.schema.json`, import.meta.url), 'utf8');
    const { examples }: { examples: unknown[] } = JSON.parse(text);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(validate(kind, 'f.yaml', example)).toEqual([]);
  });
});
