import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type DocumentKind, validate } from '../provider/repository/schema.js';
import { keywords } from '../provider/repository/wording.js';

type Schema = Readonly<Record<string, unknown>>;

const here = fileURLToPath(new URL('.', import.meta.url));
const compiler = fileURLToPath(new URL('../scripts/tools/compile-schemas.mjs', import.meta.url));
const names = (await readdir(here)).filter((name) => name.endsWith('.schema.json'));
const read = async (name: string): Promise<Schema> => JSON.parse(await readFile(join(here, name), 'utf8'));

const isMap = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every map under a schema with its path; examples and enumerations, which are values, are left out. */
function* nodes(node: unknown, path: readonly string[]): Generator<[readonly string[], Schema]> {
  if (Array.isArray(node)) for (const [index, item] of node.entries()) yield* nodes(item, [...path, String(index)]);
  if (!isMap(node)) return;
  yield [path, node];
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'examples' && key !== 'enum' && key !== 'const') yield* nodes(value, [...path, key]);
  }
}

describe.each(names)('%s', (name) => {
  test('describes every property and definition', async () => {
    const isTest = (path: readonly string[]) => path.includes('if') || path.includes('not');
    const named = [...nodes(await read(name), [])].filter(
      ([path]) => ['properties', 'definitions'].includes(path.at(-2) ?? '') && !isTest(path),
    );
    expect(named.length).toBeGreaterThan(0);
    const silent = named
      .filter(([, schema]) => !schema['description'] && !schema['$ref'])
      .map(([path]) => path.join('/'));
    expect(silent).toEqual([]);
  });

  test('uses no keyword that has no message', async () => {
    const silent = new Set(
      [...nodes(await read(name), [])]
        .filter(([path]) => !['properties', 'definitions', 'x-problem', 'dependencies'].includes(path.at(-1) ?? ''))
        .flatMap(([, schema]) => Object.keys(schema)),
    );
    for (const keyword of Object.keys(keywords)) silent.delete(keyword);
    const annotations = ['$schema', '$id', '$ref', '$comment', 'title', 'description', 'definitions', 'examples'];
    const messages = ['x-problem', 'x-fix', 'errorMessage', 'patternErrorMessage'];
    const structure = ['properties', 'propertyNames', 'items', 'allOf', 'if', 'then', 'else', 'const'];
    for (const keyword of [...annotations, ...messages, ...structure]) silent.delete(keyword);
    expect([...silent]).toEqual([]);
  });
});

describe('compile-schemas', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'schemas-'));
    await Promise.all(names.map((name) => cp(join(here, name), join(directory, name))));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const compile = async (output = 'out.ts') => {
    await promisify(execFile)(process.execPath, [compiler, directory, join(directory, output)]);
    return readFile(join(directory, output), 'utf8');
  };

  test('gives the same text each time', async () => {
    expect(await compile('a.ts')).toBe(await compile('b.ts'));
  });

  test.each<[string, (owner: Record<string, unknown>) => void, RegExp]>([
    [
      'a property without a description',
      (owner) => delete owner['description'],
      /definitions\/owner: has no description/,
    ],
    ['a code that does not exist', (owner) => (owner['x-problem'] = { type: 'no-such' }), /unknown code: no-such/],
    [
      'a code for a keyword that is not there',
      (owner) => (owner['x-problem'] = { pattern: 'invalid-name' }),
      /not there: pattern/,
    ],
    ['a pattern without words', (owner) => (owner['pattern'] = '^a'), /pattern without patternErrorMessage/],
    [
      'words that make no sentence',
      (owner) => (owner['errorMessage'] = 'Bad'),
      /errorMessage does not begin with "must "/,
    ],
    ['an open map', (owner) => Object.assign(owner, { type: 'object', properties: {} }), /owner: is not closed/],
    ['a keyword that does not exist', (owner) => (owner['minLenght'] = 1), /unknown keyword: "minLenght"/],
  ])('refuses %s', async (_name, spoil, message) => {
    const schema = JSON.parse(await readFile(join(directory, 'terms.schema.json'), 'utf8'));
    spoil(schema.definitions.owner);
    await writeFile(join(directory, 'terms.schema.json'), JSON.stringify(schema));
    await expect(compile()).rejects.toThrow(message);
  });
});

/** The examples of the format's specification. */
const specified: readonly (readonly [DocumentKind, string])[] = [
  [
    'flag',
    `
# yaml-language-server: $schema=../../../schema/flag.schema.json
key: payments.checkout.new-flow
type: release
owner: payments-team
riskTier: medium
expiresAt: 2027-03-01
description: Routes checkout through the rebuilt pricing pipeline.
runbook: https://runbooks.example.com/checkout-new-flow
default: false

environments:
  production:
    enabled: true

    rules:
      - { name: employees, when: { segment: employees }, serve: true }
      - { name: dach-pilot, when: { country: [DE, AT, CH], appVersion: { semver: ">=4.2.0" } }, rollout: 10 }

    rollout: 5
  staging:
    enabled: true

    rollout: 100
`,
  ],
  [
    'flag',
    `
key: payments.checkout.new-flow
type: release
owner: payments-team
riskTier: high
expiresAt: 2027-03-01
description: Routes checkout through the rebuilt pricing pipeline.
environments:
  production:
    enabled: true

    rollout:
      stage: canary
      to: true
      guardrails: [checkout-errors]
      stages:
        - { name: internal, segment: employees, hold: 1h }
        - { name: canary, percent: 5, hold: 30m }
        - { name: quarter, percent: 25, hold: 2h }
        - { name: all, percent: 100 }
`,
  ],
  [
    'segment',
    `
owner: platform-team
description: People on our payroll.
when: { email: { endsWith: "@example.com" } }
`,
  ],
  [
    'guardrail',
    `
owner: platform-team
description: Share of checkouts that end in an error.
query: checkout_error_ratio{flag="{{flag}}", variant="{{variant}}"}
max: 0.02
interval: 1m
failureLimit: 3
minSamples: 500
onNoData: hold
`,
  ],
  [
    'cases',
    `
- name: an employee gets the new flow
  environment: production
  context: { targetingKey: u-1, email: ann@example.com }
  expect: { variant: "true", reason: TARGETING_MATCH, rule: employees }
`,
  ],
  ['retired', '- { key: payments.checkout.old-flow, retiredAt: 2026-10-02, reason: Rebuilt pipeline is at 100 %. }'],
  [
    'policy',
    `
bucketing: flagd-v2
environments: [production, staging]
teams:
  payments-team: { codeOwner: "@acme/payments-team" }
  platform-team: { codeOwner: "@acme/platform" }
  growth-team: { codeOwner: "@acme/growth", active: false }
tiers:
  low:    { approvals: 0 }
  medium: { approvals: 1, reason: required, preview: required }
  high:   { approvals: 2, reason: required, preview: required, staged: true, runbook: required }
expiry: { ticket: 14d, warn: 0d, fail: 14d, max: 180d }
widening: { window: 7d, high: 20% }
freezes:
  - { from: 2026-12-20T00:00:00Z, until: 2027-01-02T00:00:00Z, reason: Year's end. }
approvers: { bots: [], ignoreEmails: [] }
`,
  ],
];

test.each(specified)('the specification’s example of a %s is valid', (kind, text) => {
  expect(validate(kind, 'f.yaml', parse(text))).toEqual([]);
});
