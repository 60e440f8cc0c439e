import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fixtureNames, readFixture } from '../../testing/fixture.js';
import { DATE_FIELDS } from '../../parse.js';
import { decodeText } from '../text.js';
import { readSubset } from './read.js';
import { readBoth, type Reading } from './testing/agreement.js';
import { mutated } from './testing/mutation.js';
import { nearSubsetTexts, oddKeys, oddScalars } from './testing/near-subset.js';

/** More than the default for a long run: it stops where the two readers disagree, at whatever text. */
const numRuns = Number(process.env['SUBSET_RUNS'] ?? 2_000);

const flagsFolder = join(import.meta.dirname, '../../../../flags');
const flagFiles = (readdirSync(flagsFolder, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => [file, readFileSync(join(flagsFolder, file), 'utf8')] as const);

describe('both readers', () => {
  test('agree on texts near the subset', () => {
    fc.assert(
      fc.property(nearSubsetTexts, (text) => void readBoth(text)),
      { numRuns },
    );
  });

  test('agree on such texts after slips', () => {
    fc.assert(
      fc.property(mutated(nearSubsetTexts), (text) => void readBoth(text)),
      { numRuns },
    );
  });

  test('agree on real files after slips', () => {
    const texts = fc.constantFrom(...flagFiles.map(([, text]) => text));
    fc.assert(
      fc.property(mutated(texts), (text) => void readBoth(text)),
      { numRuns },
    );
  });

  test.each([
    ['near the subset', nearSubsetTexts, 0.45],
    ['near the subset after slips', mutated(nearSubsetTexts), 0.15],
    ['of real files after slips', mutated(fc.constantFrom(...flagFiles.map(([, text]) => text))), 0.3],
  ])('are asked for enough texts %s that are in it, and that are not', (_, texts, share) => {
    const readings = fc.sample(texts, { numRuns: 1_000, seed: 1 }).map(readBoth);
    expect(readings.filter((reading) => reading === 'subset').length).toBeGreaterThan(1_000 * share);
    expect(readings.filter((reading) => reading === 'full').length).toBeGreaterThan(20);
    expect(readings.filter((reading) => reading === 'refused').length).toBeGreaterThan(100);
  });

  const kinds = new Set(['retired.yaml', 'segments/partners.yaml', 'guardrails/mispicks.yaml']);
  const cut = flagFiles.filter(([file]) => kinds.has(file) || file.startsWith('payments/methods/klarna'));

  it.each<readonly [string, string]>([
    ...cut,
    ['texts of several lines', 'a: |\n  b\n\n   c\nd: # e\n  - >-\n    f\n    g\n  - |- # h\n    i\n'],
  ])('agree on every beginning of %s', (_, text) => {
    expect(cut).toHaveLength(5);
    for (let length = 0; length <= text.length; length += 1) readBoth(text.slice(0, length));
  });
});

describe('the files of this repository', () => {
  it('are many', () => expect(flagFiles.length).toBeGreaterThan(40));

  it.each(flagFiles)('%s is in the subset', (_, text) => expect(readBoth(text)).toBe('subset'));
});

describe.each(['valid', 'invalid'] as const)('the %s fixtures', async (kind) => {
  const names = await fixtureNames(kind);

  it('are many', () => expect(names.length).toBeGreaterThan(20));

  it.each(names)('%s reads alike', async (name) => {
    const { files } = await readFixture(kind, name);
    for (const file of Object.values(files)) {
      if (typeof file === 'object' && 'kind' in file) continue;
      const { text } = decodeText(typeof file === 'string' ? Buffer.from(file) : file);
      readBoth(text);
    }
  });
});

/** Where a scalar can stand. */
const places: Readonly<Record<string, (scalar: string) => string>> = {
  v: (scalar) => `a: ${scalar}\n`,
  i: (scalar) => `- ${scalar}\n`,
  f: (scalar) => `[x, ${scalar}, z]\n`,
  k: (scalar) => `${scalar}: 1\n`,
  m: (scalar) => `{ ${scalar}: 1 }\n`,
};

/** The places in which scalars are in the subset; those of no row are so nowhere. */
const scalars: readonly (readonly [places: string, ...scalars: readonly string[]])[] = [
  [
    'vifkm',
    'true',
    'false',
    '1',
    '0',
    '10',
    '0.5',
    '1.5',
    '123456789',
    '1234567890',
    '999999999999999',
    '4.2.0',
    '14d',
  ],
  ['vifkm', '5e', '5d5', '2026-01-02 is', 'v1.10', 'NaN', 'Infinity', 'constructor', 'toString', 'ünder', '日本', '😀'],
  ['vifkm', 'a:b', 'a :b', 'a#b', 'a#', 'x:y', 'a"', "it's", 'a b', 'a  b', '/', '/x', '_x', 'http://x.y/z?a=b#c'],
  ['vifkm', '"a"', '""', "'a'", "'c'", "''", "'\\'", '" a "', '"#"', '"a: b"', '"<<"', '"a\\"b"', '"a\\\\"', '"\\n"'],
  ['vifkm', '"a\\nb"', '"\\u00e9"', '"\\/\\b\\f\\t\\r"'],
  ['vif', 'null', '-1', '-0.5', '{}', '[]', '[a]', '[a, b]', '{a: 1}', '{ a: [1, { b: c }] }', 'a '],
  ['vif', '__proto__', '"__proto__"'],
  ['km', 'True', 'TRUE', 'FALSE', '1.', '1e3', '1E3', '1e-3', '0e1', 'a:', '0.1234567890123456789'],
  ['km', '9007199254740991', '9007199254740993', '99999999999999999999'],
  ['vik', 'a]', 'a}', 'a{', 'a[b', 'a[0]'],
  ['vifk', 'a,b'],
  ['vi', 'a #b', 'a #', '"a" # c'],
  ['ik', '- a', '- - a'],
  ['i', 'a: b'],
];
const placesOf = new Map(scalars.flatMap(([letters, ...group]) => group.map((scalar) => [scalar, letters])));
const allScalars = [...new Set([...oddScalars, ...oddKeys.filter(({ length }) => length < 100), ...placesOf.keys()])];

it('the table names no scalar twice', () => {
  expect(placesOf.size).toBe(scalars.reduce((count, [, ...group]) => count + group.length, 0));
});

describe.each(Object.entries(places))('in the place %s', (place, write) => {
  it.each(allScalars.map((scalar) => [scalar, placesOf.get(scalar)?.includes(place) === true]))(
    '%j is in the subset: %s',
    (scalar, isInSubset) => expect(readBoth(write(scalar)) === 'subset').toBe(isInSubset),
  );
});

const deep = (count: number, start: string, end = ''): string => start.repeat(count) + end.repeat(count);
const mappings = (count: number, end = ' 1\n'): string =>
  Array.from({ length: count }, (_, depth) => `${depth === 0 ? '' : '\n'}${'  '.repeat(depth)}a:`).join('') + end;

/** Texts by the reader that reads them: both, the full one alone, or none. */
const documents: Readonly<Record<string, Readonly<Partial<Record<Reading, readonly string[]>>>>> = {
  'the ends of a text': {
    subset: ['a: 1', 'a: 1\n', '\n\na: 1\n\n', 'a: 1\n  \n', '  \na: 1\n   ', '# c\na: 1\n# d', '#\na: 1\n  #'],
    full: [' a: 1\n', '  - a\n', ' {}\n', '---\na: 1\n', '--- # c\na: 1\n', 'a: 1\n...\n'],
    refused: [
      '',
      '\n',
      '# c\n',
      ' ',
      '\ufeffa: 1\n',
      '\ufeff\ufeffa: 1\n',
      'a: 1\r',
      'a: 1\r\n',
      'a: 1\rb: 2\n',
      'a: 1\n---\n',
      '... \na: 1\n',
      '%YAML 1.2\n---\na: 1\n',
      '%a\na: 1\n',
      'a: 1\n---\nb: 2\n',
      'a: 1\n--- b\n',
      'a: 1\n...\nb: 2\n',
    ],
  },
  'scalars and brackets as a whole document': {
    subset: ['{}', '[]\n', '{ a: 1 } # c\n', '[a]\n\n# c\n', '{ a: [{ b: c }] }\n'],
    full: [
      'a\n',
      'a b\n',
      '1\n',
      '"a"\n',
      '|\n a\n',
      'null\n',
      '~\n',
      "'a'",
      'a\nb\n',
      '- \n',
      '-\n',
      '-',
      '[\na\n]\n',
      '{ a: 1,\n  b: 2 }\n',
      '{ a: 1\n}\n',
      '{ a: 1 # c\n}\n',
      '[ # c\n a]',
    ],
    refused: [
      '{}\n{}\n',
      '{ a: 1 }\nb: 2\n',
      '[a]\n- b\n',
      '{}x',
      '{}]',
      '{',
      '[',
      '{ a',
      '{ a: 1',
      '[a',
      '[a,',
      '{ a: 1,',
      '[a]: 1\n',
      '{ a: 1 }: 2\n',
    ],
  },
  indentation: {
    subset: [
      'a:\n  b: 1\nc:\n  - d\n',
      'a:\n  b:\n    c: 1\n  d: 2\ne: 3\n',
      '- a: 1\n  b: 2\n- - c\n  - d\n- e\n',
      '- a:\n    b: 1\n  c:\n    - d\n',
      '- - - a\n    - b\n  - c\n',
      '- - a: 1\n    b: 2\n  - c: 3\n',
    ],
    full: [
      'a:\n b: 1\n',
      'a:\n   b: 1\n',
      'a:\n    b: 1\n',
      'a:\n- b\n',
      'a:\n- b\nc: 1\n',
      'a:\n   - b\n',
      '-\n  a: 1\n',
      '-  a: 1\n   b: 2\n',
      '-   - a\n',
      '- a:\n  b: 1\n',
      '- a: 1\n\n  b:\n  - 2\n',
      'a:\nb: 1\n',
      'a:\n',
      'a: \n',
      'a: b\n  c\n',
      'a: b\n c\n',
      'a:\n  b\n',
      'a:\n  "b"\n',
      'a:\n  [b]\n',
      'a:\n  {}\n',
      '- a\n  b\n',
      'a: "b\n  c"\n',
      'a:\tb\n',
      'a: b\t\n',
      'a: b\t# c\n',
      '-\ta\n',
      '\t\na: 1\n',
      'a: 1\n\t# c\n',
      'a: "\t"\n',
      '# \t\na: 1\n',
    ],
    refused: [
      'a: 1\n  b: 2\n',
      'a:\n    b: 1\n  c: 2\n',
      'a:\n  b: 1\n c: 2\n',
      '- a\n b\nc: d\n',
      'a: 1\n- b\n',
      '- a\nb: 1\n',
      'a:\n\tb: 1\n',
      'a: 1\n\tb: 2\n',
      'a: - b\n',
      'a: b: c\n',
      'a: 1\n b: 2\n',
      '- a: 1\n   b: 2\n',
      '- a: 1\n b: 2\n',
      'a: 1\nb\n',
      'a: 1\nb\nc: 2\n',
      'a: [b\nc: d\n',
      'a: { b: 1\nc: d\n',
      'a: "b\nc: d"\n',
      "a: 'b\nc: d'\n",
      'a: [b]]\n',
    ],
  },
  comments: {
    subset: [
      'a: 1 # b\n',
      'a: 1  #\n',
      'a: # b\n  c: 1\n',
      'a:\n# b\n  c: 1\n',
      'a:\n      # b\n  c: 1\n',
      'a: "b" # c\n',
      '- a # b\n# c\n- d\n',
      '- a: 1\n# b\n  c: 2\n',
      'a: [b] # c\n',
      'a: {} # c\n',
      'a: 1\n   # b\n # c\nd: 2\n',
      'a: b#c\n',
    ],
    full: ['- # a\n  b: 1\n', 'a # b: 1\n', 'a:# b\n', 'a: #b\n', '-# a\n'],
    refused: [
      'a: "b"# c\n',
      'a: [b]# c\n',
      'a: {}#\n',
      'a: [b #c]\n',
      '# a\n- # b\nc: 1\n',
      'a: b # c\n  # d\n  ? e\n',
    ],
  },
  keys: {
    subset: [
      '5: a\n1: b\nx: c\n0: d\n',
      '{ 5: a, 1: b, x: c, 0: d }\n',
      'a.b: 1\n"a": 2\n',
      '\'a\': 1\n"b": 2\n',
      '"": 1\n',
      'true: 1\nfalse: 2\n',
      'constructor: 1\ntoString: 2\nvalueOf: 3\nhasOwnProperty: 4\n',
      `${'k'.repeat(1_024)}: 1\n`,
      `"${'k'.repeat(1_022)}": 1\n`,
      `- ${'k'.repeat(1_024)}: 1\n`,
    ],
    full: [
      '-1: a\n',
      'a : 1\n',
      '"a" : 1\n',
      '? a\n',
      '? a\n: b\n',
      '{ "a":1 }\n',
      '{ a : 1 }\n',
      '"a":\n',
      '{ a: , b: 1 }\n',
      '{ a: }\n',
      `{ ${'k'.repeat(1_025)}: 1 }\n`,
    ],
    refused: [
      'a: 1\na: 2\n',
      'a: 1\n"a": 2\n',
      '5: 1\n"5": 2\n',
      '{ a: 1, a: 2 }\n',
      'constructor: 1\nconstructor: 2\n',
      '<<: {}\n',
      '- a: 1\n  a: 2\n',
      '__proto__: 1\n',
      '{ __proto__: 1 }\n',
      '"__proto__": 1\n',
      '? []\n: 1\n',
      ': 1\n',
      'null: 1\n',
      `${'k'.repeat(1_025)}: 1\n`,
      `"${'k'.repeat(1_023)}": 1\n`,
      `a:\n  ${'k'.repeat(1_025)}: 1\n`,
    ],
  },
  'words that certain fields admit': {
    subset: [
      'stage: off\n',
      '{ stage: off }\n',
      '- stage: off\n',
      'expiresAt: 2027-03-01\n',
      '"stage": off\n',
      'stage: "off"\n',
      'from: 2026-12-20T00:00:00Z\n',
      '{ before: 2027-1-1 }\n',
      'until: 2026-12-20 10:00:00\n',
      'expiresAt: never\n',
    ],
    refused: [
      'stage: [off]\n',
      'stage: Off\n',
      'stage:\n  - off\n',
      'off: stage\n',
      'expiresAt: [2027-03-01]\n',
      'from: 1.10\n',
      '[stage, off]\n',
      'a: { from: 2027-03-01, to: 2027-03-01 }\n',
      '2027-03-01: from\n',
      'expiresAt: no\n',
    ],
  },
  'texts of several lines': {
    subset: [
      'a: |\n  b\n',
      'a: |-\n  b\n',
      'a: >-\n  b\n',
      'a: >-\n  b\n  c\n',
      'a: |\n  b\n\n  c\n',
      'a: |\n  b\n\n\n\nd: 1\n',
      'a: |\n  b\n    c\n   d\n',
      '- |\n  a\n- >-\n  b\n',
      '- a: |\n    b\n  c: 1\n',
      'a:\n  - b\n  - |-\n    c\nd: e\n',
      'a: | # b\n  c\n',
      'a: |\n  # b\n  c: d\n  - e\n',
      'a: >-\n  b  c\n# d\n',
      'a: |\n  b\n# c\nd: 1\n',
      'a: |\n  b\n # c\n',
      'a: |\n  b\n ',
    ],
    full: [
      'a: |\n  b\n \nc: 1\n',
      'a: |\n b\n',
      'a: |\n   b\n',
      'a: |\n  b',
      'a: |\n\n  b\n',
      'a: |\n',
      'a: |\nb: 1\n',
      'a: >\n  b\n',
      'a: |+\n  b\n\n',
      'a: |2\n  b\n',
      'a: |2-\n  b\n',
      'a: >+\n  b\n',
      'a: |\n  b \n',
      'a: |\n  b\n  \n  c\n',
      'a: >-\n  b\n\n  c\n',
      '|\n  a\n',
      'a: >-\n  b\n   c\n',
      '- |\n a\n',
      '- |\n   a\n',
      'a:\n  b: |\n   c\n',
      'a:\n  |\n  b\n',
      'a: |-\n  b',
    ],
    refused: [
      'a: |\n   b\n  c\n',
      'a: |x\n  b\n',
      'a: |#\n  b\n',
      'a: | b\n',
      'a: |\n  b\n c\n',
      '[|]\n',
      'a: >-b\n',
      'a: |\n  b\n  c\n d: 1\n',
    ],
  },
  nesting: {
    subset: [
      deep(32, '[', ']'),
      `${deep(31, '{ a: ')}{}${deep(31, ' }')}`,
      `${deep(32, '- ')}x\n`,
      `${deep(31, '- ')}a: 1\n`,
      mappings(32),
      `${mappings(31, '')} { b: 1 }\n`,
    ],
    refused: [
      deep(33, '[', ']'),
      `${deep(32, '{ a: ')}{}${deep(32, ' }')}`,
      `${deep(33, '- ')}x\n`,
      `${deep(32, '- ')}a: 1\n`,
      `${deep(32, '- ')}[]\n`,
      mappings(33),
      `${mappings(32, '')} { b: 1 }\n`,
    ],
  },
};

describe.each(Object.entries(documents))('%s', (_, texts) => {
  it.each(Object.entries(texts).flatMap(([reading, group]) => group.map((text) => [text, reading])))(
    '%j is read by: %s',
    (text, reading) => expect(readBoth(text)).toBe(reading),
  );
});

/** The number of tokens from which on a text is refused is the library's; none may slip through below it. */
describe('texts of very many tokens', () => {
  it.each<[string, Reading, string]>([
    ['133,332 items of three between brackets', 'subset', `[${'1,'.repeat(133_331)}1]`],
    ['133,333 of them', 'refused', `[${'1,'.repeat(133_332)}1]`],
    ['79,999 items of five on lines', 'subset', '- 1\n'.repeat(79_999)],
    ['80,000 of them', 'refused', '- 1\n'.repeat(80_000)],
  ])('%s', (_, reading, text) => expect(readBoth(text)).toBe(reading));
});

describe('a long text is read, or given up, in time linear in its length', () => {
  const repeat = (text: string): string => text.repeat(Math.ceil(262_144 / text.length));
  /** Parted by two spaces; `\n`, `\t` and `_` stand for a newline, a tab and a space. */
  const hostile = String.raw`
    a  _  \n  _\n  #  #_\n  _#  :_  :  a:  a:_  a:_\n  -_  -\n  -_-_\n  -_-_a\n  [  ]  {  {_a:_  [a,_  ,  "  '  \
    "a  'a  ""  |\n  1  0  1_  .  \t  \r  é  a:_|\n__b\n  __a:_|\n\n\n  a_b  a_#  a__  a:_''_  2027-  1:  null  ab:_"\u0041"\n`
    .trim()
    .split(/\s+/)
    .map((text) =>
      text
        .replaceAll('_', ' ')
        .replaceAll(String.raw`\n`, '\n')
        .replaceAll(String.raw`\t`, '\t'),
    );
  const starts = ['', 'a: ', 'a: "', '- ', '[', '{ ', 'a: |\n  b\n', '# '];

  it.each(hostile)('%j again and again', (text) => {
    for (const start of starts) readSubset(start + repeat(text), DATE_FIELDS);
    expect(readBoth(repeat(text).slice(0, 16_384))).toBeTypeOf('string');
  });

  it.each<[string, string]>([
    ['keys', Array.from({ length: 50_000 }, (_, index) => `key-${index}: ${index}\n`).join('')],
    ['keys like indices', Array.from({ length: 50_000 }, (_, index) => `${50_000 - index}: a\n`).join('')],
    ['lines of a text', `a: |\n${'  b\n\n'.repeat(200_000)}`],
    ['blank lines', `a: 1\n${'\n'.repeat(350_000)}`],
    ['escapes', `a: "${'\\n'.repeat(500_000)}"\n`],
  ])('%s', (_, text) => expect(readSubset(text, DATE_FIELDS)).toBeDefined());
});
