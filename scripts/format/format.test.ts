import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../../provider/repository/index.js';
import { format } from './format.js';
import { hasSameMeaning } from './meaning.js';
import { findSchemas } from './schema-path.js';
import type { DocumentKind } from './style.js';

const repository = fileURLToPath(new URL('../../', import.meta.url).href.replace(/\/dist\/$/, '/'));

describe('the flags of this repository', async () => {
  const schemaPath = await findSchemas(repository);
  const files = (readdirSync(`${repository}flags`, { recursive: true }) as string[]).filter((file) =>
    file.endsWith('.yaml'),
  );

  it('are many', () => expect(files.length).toBeGreaterThan(40));

  it.each(files)('%s is formatted', (file) => {
    const text = readFileSync(`${repository}flags/${file}`, 'utf8');
    const { kind } = placeOf(file, () => true);
    expect(format(kind as DocumentKind, text, schemaPath?.(kind as DocumentKind, `flags/${file}`))).toBe(text);
  });
});

/** Files as they are written and as they are formatted. */
const cases: readonly (readonly [what: string, kind: DocumentKind, before: string, after: string])[] = [
  [
    'orders the keys of a flag, an environment, a rule, a plan and a stage, and nobody else’s',
    'flag',
    `environments:
  staging:
    rollout: {stages: [{percent: 5, name: canary}], stage: canary}
    rules: [{serve: true, when: {b: 1, a: 2}, name: x}]
    enabled: true
default: b
variants: {b: 1, a: 2}
key: a.b.c
`,
    `key: a.b.c
default: b
variants:
  b: 1
  a: 2

environments:
  staging:
    enabled: true

    rules:
      - { name: x, when: { b: 1, a: 2 }, serve: true }

    rollout:
      stage: canary
      stages:
        - { name: canary, percent: 5 }
`,
  ],
  [
    'parts prerequisites and environments, and drops other blank lines there',
    'flag',
    'key: a.b.c\n\n\ntype: ops\nprerequisites: {x.y.z: true}\nsalt: s\nenvironments:\n\n  test:\n\n    enabled: true\n',
    'key: a.b.c\ntype: ops\n\nprerequisites:\n  x.y.z: true\n\nsalt: s\n\nenvironments:\n  test:\n    enabled: true\n',
  ],
  [
    'breaks a rule that is too long for its line',
    'flag',
    `environments: {test: {enabled: true, rules: [{name: long, when: {email: {in: [${'some@example.com, '.repeat(4)}]}}, serve: true}]}}`,
    `environments:
  test:
    enabled: true

    rules:
      - name: long
        when: { email: { in: [${'some@example.com, '.repeat(3)}some@example.com] } }
        serve: true
`,
  ],
  [
    'keeps a list of conditions on the line of its rule, and as lines elsewhere',
    'segment',
    'when: {any: [{segment: a}, {segment: b}], not: {c: 1}}\n',
    'when:\n  any:\n    - { segment: a }\n    - { segment: b }\n  not: { c: 1 }\n',
  ],
  [
    'quotes what parsers disagree on, and what looks like a number, a date or a version',
    'segment',
    'when: {a: [Plain, "no", "1.10", "2027-01-01", "v4.9", "12:30", "=5.2.0", "a, b", "true", "null", "", "/healthz", "ünder"]}\n',
    'when: { a: [Plain, "no", "1.10", "2027-01-01", "v4.9", "12:30", "=5.2.0", "a, b", "true", "null", "", /healthz, ünder] }\n',
  ],
  [
    'leaves dates of date fields and `stage: off` plain',
    'flag',
    'expiresAt: "2027-03-01"\nenvironments: {test: {enabled: true, rollout: {stage: "off", stages: [{name: all, percent: 100}]}}}\n',
    'expiresAt: 2027-03-01\n\nenvironments:\n  test:\n    enabled: true\n\n    rollout:\n      stage: off\n      stages:\n        - { name: all, percent: 100 }\n',
  ],
  [
    'escapes what nobody would see',
    'segment',
    'description: "a\\u200bb\\u00a0c\\U000e0041"\n',
    'description: "a\\u200bb\\u00a0c\\U000e0041"\n',
  ],
  [
    'folds long prose, and keeps the lines of a text that has some',
    'guardrail',
    `description: ${'word '.repeat(30)}\nquery: "sum(\\n  rate(x)\\n)"\n`,
    `description: >-\n  ${'word '.repeat(22)}word\n  ${'word '.repeat(6)}word\nquery: |-\n  sum(\n    rate(x)\n  )\n`,
  ],
  [
    'parts the cases',
    'cases',
    '- {expect: {value: 1}, context: {}, environment: test, name: one}\n- name: two\n\n  environment: test\n',
    '- name: one\n  environment: test\n  context: {}\n  expect: { value: 1 }\n\n- name: two\n  environment: test\n',
  ],
  [
    'keeps every comment with its value',
    'flag',
    `# License

# What it is called.
key: a.b.c # for ever
# Where.
environments: # all
  # Live.
  production:
    rollout: 5
    enabled:   true   # on
    # ends production
  # ends environments
type: ops
# ends all
`,
    `# License

# What it is called.
key: a.b.c # for ever
type: ops

# Where.
environments: # all
  # Live.
  production:
    enabled: true # on

    rollout: 5
    # ends production
  # ends environments
# ends all
`,
  ],
  [
    'keeps one blank line of the author’s where the style has none of its own',
    'policy',
    '\n\nbucketing: flagd-v2\nenvironments: [a]\n\n\n# Us.\n\nteams:\n  x: {codeOwner: "@x"}\n\n  z: {codeOwner: "@y"}\n',
    'bucketing: flagd-v2\nenvironments: [a]\n\n# Us.\n\nteams:\n  x: { codeOwner: "@x" }\n\n  z: { codeOwner: "@y" }\n',
  ],
  [
    'drops marks, tabs and spaces that mean nothing',
    'retired',
    '\uFEFF---\r\n-   key:\ta.b.c   \r\n...\r\n',
    '- { key: a.b.c }\n',
  ],
  ['leaves an empty ledger empty', 'retired', '# Nothing yet.\n[ ]', '# Nothing yet.\n[]\n'],
];

describe('format', () => {
  it.each(cases)('%s', (_, kind, before, after) => {
    const once = format(kind, before);
    expect(once).toBe(after);
    expect(format(kind, once)).toBe(once);
    expect(hasSameMeaning(kind, before, once)).toBe(true);
  });

  const schema = '../schema/policy.schema.json';
  it.each([
    ['adds', '# Ours.\nbucketing: flagd-v2\n'],
    ['corrects', '# yaml-language-server: $schema=../wrong.json\n# Ours.\nbucketing: flagd-v2\n'],
    ['moves', '# Ours.\n# yaml-language-server: $schema=../wrong.json\nbucketing: flagd-v2\n'],
  ])('%s the line that names the schema', (_, before) => {
    const after = `# yaml-language-server: $schema=${schema}\n# Ours.\nbucketing: flagd-v2\n`;
    expect(format('policy', before, schema)).toBe(after);
    expect(format('policy', after, schema)).toBe(after);
  });

  it.each(['a: [', 'a: 1\na: 2\n', 'a: &x 1\nb: *x\n', '? [a]\n: 1\n'])('refuses %j', (text) => {
    expect(() => format('flag', text)).toThrow(/only a file without problems can be formatted/);
  });
});

describe('hasSameMeaning', () => {
  const base = 'key: a # c\nvariants: { a: 1, b: "2" }\n';
  it.each([
    ['the same in another order of a schema’s keys', 'variants: {a: 1, "b": "2"}\nkey: "a" # c\n', true],
    ['another order of variants', 'key: a # c\nvariants: { b: "2", a: 1 }\n', false],
    ['another value', 'key: b # c\nvariants: { a: 1, b: "2" }\n', false],
    ['a value of another type', 'key: a # c\nvariants: { a: 1, b: 2 }\n', false],
    ['a missing key', 'key: a # c\n', false],
    ['a missing comment', 'key: a\nvariants: { a: 1, b: "2" }\n', false],
    ['a null for an absent key', 'key: a # c\nvariants: { a: 1, b: "2", c: null }\n', false],
  ])('tells %s', (_, text, expected) => {
    expect(hasSameMeaning('flag', base, text)).toBe(expected);
  });
});
