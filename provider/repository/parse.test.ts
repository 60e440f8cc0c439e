import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { MAX_FILE_BYTES, parse, parseFully, type ParseResult } from './parse.js';
import type { Problem, ProblemCode } from './problem.js';
import { decodeText } from './yaml/text.js';

const encoder = new TextEncoder();
const parseText = (text: string): ParseResult => parse('flags/a/b/c.yaml', encoder.encode(text));

function valueOf(text: string): unknown {
  const result = parseText(text);
  expect(result).toMatchObject({ ok: true });
  // What is in the subset, `parse` reads without the YAML library.
  expect(parseFully('flags/a/b/c.yaml', decodeText(encoder.encode(text)).text)).toEqual(result);
  return result.ok ? result.value : undefined;
}

function problemsOf(result: ParseResult): readonly Problem[] {
  expect(result.ok).toBe(false);
  return result.ok ? [] : result.problems;
}

/** The code, line and column of each problem, as `code line:column`. */
const briefly = (text: string): string[] =>
  problemsOf(parseText(text)).map(({ code, line, column }) => `${code} ${line}:${column}`);

describe('what is read', () => {
  it.each<[string, string, unknown]>([
    [
      'the core schema',
      'a: true\nb: FALSE\nc: 5\nd: -0.5\ne: ~\nf: null\ng:\nh: text\n',
      {
        a: true,
        b: false,
        c: 5,
        d: -0.5,
        e: null,
        f: null,
        g: null,
        h: 'text',
      },
    ],
    ['lists and flow collections', '- 1\n- [a, { b: c }]\n- {}\n', [1, ['a', { b: 'c' }], {}]],
    [
      'every kind of string',
      "a: x\nb: \"\\u00e9\"\nc: 'it''s'\nd: |\n  1\n  2\ne: >-\n  1\n  2\n",
      {
        a: 'x',
        b: 'é',
        c: "it's",
        d: '1\n2\n',
        e: '1 2',
      },
    ],
    ['a document start', '---\na: 1\n', { a: 1 }],
    ['a document end', 'a: 1\n...\n# the end\n', { a: 1 }],
    ['both', '# first\n--- # start\na: 1\n...\n', { a: 1 }],
    ['comments', '# a\na: 1 # b\n  # c\n', { a: 1 }],
    ['a null document', '~', null],
    [
      'keys by their source text',
      'true: 1\n5: 2\n-1.5: 3\nFalse: 4\n"": 5\n? x\n: 6\n',
      {
        true: 1,
        '5': 2,
        '-1.5': 3,
        False: 4,
        '': 5,
        x: 6,
      },
    ],
    [
      'keys like inherited names',
      'constructor: 1\ntoString: { hasOwnProperty: 2 }\n',
      {
        constructor: 1,
        toString: { hasOwnProperty: 2 },
      },
    ],
    ['a quoted merge key', '"<<": 1', { '<<': 1 }],
    ['stage: off', 'rollout: { stage: off }', { rollout: { stage: 'off' } }],
    [
      'dates in date fields',
      'expiresAt: 2027-03-01\nwhen: { at: { before: 2026-12-20T00:00:00Z } }\n',
      {
        expiresAt: '2027-03-01',
        when: { at: { before: '2026-12-20T00:00:00Z' } },
      },
    ],
    [
      'quoted look-alikes',
      'a: "no"\nb: \'1.10\'\nc: "2026-01-02"\n"on": "0x1F"\n',
      {
        a: 'no',
        b: '1.10',
        c: '2026-01-02',
        on: '0x1F',
      },
    ],
    [
      'versions, addresses, percentages',
      '[4.2.0, 10.0.0.1, 0.5, 0, 100, 1e3, v1.10, 100 %, nope, office, 2026-1]',
      ['4.2.0', '10.0.0.1', 0.5, 0, 100, 1000, 'v1.10', '100 %', 'nope', 'office', '2026-1'],
    ],
    [
      'a text that begins like a date',
      'description: 2026-01-02 is the day\n',
      { description: '2026-01-02 is the day' },
    ],
    ['the largest safe integers', '[9007199254740991, -9007199254740991]', [9007199254740991, -9007199254740991]],
    ['a visible escape of an invisible character', 'a: "\\u200b"', { a: '\u200b' }],
    ['surrogate pairs as escapes', 'a: "\\ud83d\\ude00"', { a: '😀' }],
    ['letters of any script, and emoji', 'a: "日本語 ελληνικά العربية 😀"', { a: '日本語 ελληνικά العربية 😀' }],
  ])('%s', (_, text, value) => {
    expect(valueOf(text)).toStrictEqual(value);
  });

  it('has plain objects that inherit nothing from the file', () => {
    const value = valueOf('constructor: { prototype: { polluted: true } }\n') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.hasOwn(value, 'constructor')).toBe(true);
    expect('polluted' in {}).toBe(false);
  });

  it.each([32, 1])('nests %i deep', (depth) => {
    expect(parseText('['.repeat(depth) + ']'.repeat(depth)).ok).toBe(true);
    expect(parseText(`${'- '.repeat(depth)}x`).ok).toBe(true);
    expect(parseText(`${'{a: '.repeat(depth)}x${'}'.repeat(depth)}`).ok).toBe(true);
  });

  it('takes other date fields where it is told', () => {
    const result = parse('f', encoder.encode('born: 2026-01-02\n'), new Set(['born']));
    expect(result).toEqual({ ok: true, value: { born: '2026-01-02' } });
  });

  it('takes a file of exactly the limit', () => {
    expect(valueOf('a'.repeat(MAX_FILE_BYTES))).toHaveLength(MAX_FILE_BYTES);
  });
});

describe('what is refused, and where', () => {
  it.each<[string, string, readonly string[]]>([
    ['nothing', '', ['wrong-type 1:1']],
    ['comments only', '# a\n\n# b\n', ['wrong-type 1:1']],
    ['an empty document', '---\n', ['wrong-type 1:1']],
    ['duplicate keys', 'a: 1\nb: 2\na: 3\na: 4\n', ['yaml-duplicate-key 3:1', 'yaml-duplicate-key 4:1']],
    ['duplicate keys in a flow mapping', 'x: {a: 1, "a": 2}', ['yaml-duplicate-key 1:11']],
    ['keys that become one', 'true: 1\n"true": 2\n', ['yaml-duplicate-key 2:1']],
    ['an inherited name twice', 'constructor: 1\nconstructor: 2\n', ['yaml-duplicate-key 2:1']],
    [
      'anchors and aliases',
      'a: &x 1\nb: *x\nc: &y { d: 1 }\n',
      ['yaml-anchor 1:4', 'yaml-anchor 2:4', 'yaml-anchor 3:4'],
    ],
    ['an unknown alias', 'a: *nowhere\n', ['yaml-anchor 1:4']],
    ['an alias as a key', '? *x\n: 1\n', ['yaml-anchor 1:3']],
    ['an anchor on a key', '&x a: 1\n', ['yaml-anchor 1:1']],
    ['a nameless anchor', 'a: &\n', ['yaml-anchor 1:4']],
    ['merge keys', 'a:\n  <<: { b: 1 }\n', ['yaml-merge-key 2:3']],
    [
      'tags',
      'a: !!str 5\nb: ! x\nc: !local { d: 1 }\nd: !<tag:x> 1\n',
      ['yaml-tag 1:4', 'yaml-tag 2:4', 'yaml-tag 3:4', 'yaml-tag 4:4'],
    ],
    ['a range that reads as a tag', 'semver: !=4.2.0\n', ['yaml-tag 1:9']],
    ['directives', '%YAML 1.1\n%TAG ! tag:x\n---\na: 1\n', ['yaml-directive 1:1', 'yaml-directive 2:1']],
    ['a directive without a document start', '%YAML 1.2\na: 1\n', ['yaml-directive 1:1']],
    ['two documents', 'a: 1\n---\nb: 2\n', ['yaml-multiple-documents 2:1']],
    ['documents after an end', 'a: 1\n...\nb: 2\n', ['yaml-multiple-documents 3:1']],
    ['an empty second document', '---\na: 1\n---\n', ['yaml-multiple-documents 3:1']],
    ['a list as a key', '? [a]\n: 1\n', ['yaml-key 1:3']],
    ['an unquoted template', 'query: {{flag}}\n', ['yaml-key 1:9']],
    ['null as a key', '~: 1\nnull: 2\n', ['yaml-key 1:1', 'yaml-key 2:1']],
    ['an empty key', ': 1\n', ['yaml-key 1:1']],
    ['__proto__', '__proto__: 1\na: { "__proto__": 2 }\n', ['forbidden-key 1:1', 'forbidden-key 2:6']],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, ['nesting-too-deep 1:33']],
    ['33 levels of block lists', `${'- '.repeat(33)}x`, ['nesting-too-deep 1:65']],
    ['33 levels by implicit pairs', `${'[a: '.repeat(17)}x${']'.repeat(17)}`, ['nesting-too-deep 1:65']],
    ['integers beyond 2^53', '[9007199254740992, -9007199254740992]', ['number-unsafe 1:2', 'number-unsafe 1:20']],
    ['large floats', 'a: 1e400\nb: -1e400\nc: 1e21\n', ['number-unsafe 1:4', 'number-unsafe 2:4', 'number-unsafe 3:4']],
    ['half a surrogate pair', 'a: "\\ud800"\n"\\udc00": 1\n', ['encoding-invalid 1:4', 'encoding-invalid 2:1']],
    [
      'several at once',
      'a: no\n<<: 1\nb: !t 1\n# \u200b\nc: &x 1\na: 2\n',
      [
        'ambiguous-scalar 1:4',
        'yaml-merge-key 2:1',
        'yaml-tag 3:4',
        'invisible-character 4:3',
        'yaml-anchor 5:4',
        'yaml-duplicate-key 6:1',
      ],
    ],
    [
      'what stands before a syntax error, but no guesses after it',
      'a: no\nb: "x\nc: no\n',
      ['ambiguous-scalar 1:4', 'yaml-syntax 2:4'],
    ],
  ])('%s', (_, text, expected) => {
    expect(briefly(text)).toEqual(expected);
  });

  it.each([
    'y',
    'Y',
    'n',
    'N',
    'yes',
    'Yes',
    'YES',
    'no',
    'NO',
    'on',
    'On',
    'off',
    'OFF',
    '007',
    '-01',
    '00',
    '08',
    '0123.5',
    '1_000',
    '1_0.5',
    '0_1',
    '12:30:45',
    '1:30',
    '16:9',
    '-1:2.5',
    '0x1F',
    '0X1f',
    '-0x1',
    '0o17',
    '0b101',
    '.inf',
    '-.Inf',
    '+.INF',
    '.nan',
    '.NaN',
    '1.10',
    '1.0',
    '0.0',
    '-2.50',
    '.50',
    '1.50e3',
    '2026-01-02',
    '2026-1-2',
    '2026-01-02T03:04:05Z',
    '2026-01-02 03:04:05.5 +01:00',
    '2026-01-02t03:04:05z',
  ])('%s without quotes, as a value, an item and a key', (source) => {
    expect(briefly(`a: ${source}\n`)).toEqual(['ambiguous-scalar 1:4']);
    expect(briefly(`- ${source}\n`)).toEqual(['ambiguous-scalar 1:3']);
    expect(briefly(`x: {${source}: 1}\n`)).toEqual(['ambiguous-scalar 1:5']);
    expect(valueOf(`a: "${source}"\n`)).toEqual({ a: source });
  });

  it.each([
    'stage: OFF',
    'stage: no',
    'state: off',
    'stage: [off]',
    'before: 12:30:45',
    'before: [2026-01-02]',
    'after: no',
  ])('%s, though the field is exempt from another rule', (text) => {
    expect(briefly(text)).toMatchObject([expect.stringMatching(/^ambiguous-scalar/)]);
  });

  it.each([
    ['\u0000', 'U+0000'],
    ['\u0007', 'U+0007'],
    ['\u000b', 'U+000B'],
    ['\u001b', 'U+001B'],
    ['\u001f', 'U+001F'],
    ['\u007f', 'U+007F'],
    ['\u0085', 'U+0085'],
    ['\u00a0', 'U+00A0'],
    ['\u00ad', 'U+00AD'],
    ['\u034f', 'U+034F'],
    ['\u061c', 'U+061C'],
    ['\u115f', 'U+115F'],
    ['\u1160', 'U+1160'],
    ['\u180e', 'U+180E'],
    ['\u2003', 'U+2003'],
    ['\u200b', 'U+200B'],
    ['\u200d', 'U+200D'],
    ['\u200f', 'U+200F'],
    ['\u2028', 'U+2028'],
    ['\u2029', 'U+2029'],
    ['\u202e', 'U+202E'],
    ['\u2060', 'U+2060'],
    ['\u2066', 'U+2066'],
    ['\u2800', 'U+2800'],
    ['\u3000', 'U+3000'],
    ['\u3164', 'U+3164'],
    ['\ue000', 'U+E000'],
    ['\ufe0f', 'U+FE0F'],
    ['\ufeff', 'U+FEFF'],
    ['\uffa0', 'U+FFA0'],
    ['\ufffe', 'U+FFFE'],
    ['\u{e0041}', 'U+E0041'],
    ['\u{e0100}', 'U+E0100'],
    ['\u{f0000}', 'U+F0000'],
    ['\r', 'U+000D'],
  ])('%j in a value, a key and a comment', (character, name) => {
    for (const text of [`a: "x${character}y"\n`, `"a${character}": 1\n`, `a: 1 # x${character}y\n`]) {
      const [problem, ...others] = problemsOf(parseText(text));
      expect(problem).toMatchObject({
        code: 'invisible-character',
        line: 1,
        column: text.indexOf(character) + 1,
        found: name,
      });
      expect(problem?.frame).not.toContain(character);
      expect(others).toEqual([]);
    }
  });

  it('one problem a run of invisible characters, and says when they reorder', () => {
    const [run, ...others] = problemsOf(parseText('a: x # \u200b\u202e\u200b\n'));
    expect(run).toMatchObject({
      found: 'U+200B U+202E',
      endColumn: 11,
      message: expect.stringContaining('another order'),
    });
    expect(others).toEqual([]);
  });

  it('a file over the limit', () => {
    expect(problemsOf(parseText('a'.repeat(MAX_FILE_BYTES + 1)))).toMatchObject([
      { code: 'file-too-large', line: 1, column: 1, frame: '', found: '1,048,577 bytes' },
    ]);
  });

  it.each<[string, readonly number[], number, number]>([
    ['a lone byte', [0x61, 0x3a, 0x20, 0xff], 1, 4],
    ['Latin-1 after CRLF', [0x61, 0x0d, 0x0a, 0x62, 0xe9, 0x62], 2, 2],
    ['an overlong slash', [0x62, 0xc0, 0xaf], 1, 2],
    ['an encoded surrogate', [0xed, 0xa0, 0x80], 1, 1],
    ['a character cut short', [0x61, 0xe2, 0x82], 1, 2],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00], 1, 1],
  ])('bytes that are not UTF-8: %s', (_, bytes, line, column) => {
    expect(problemsOf(parse('f', Uint8Array.from(bytes)))).toMatchObject([{ code: 'encoding-invalid', line, column }]);
  });
});

describe('syntax errors', () => {
  it.each<[string, string, string, RegExp]>([
    ['a tab as indentation', 'a:\n\tb: 1\n', '2:1', /tab/],
    ['a tab before the first key', '\ta: 1\n', '1:1', /tab/],
    ['no space after a colon', 'key:value\nother: 1\n', '1:1', /no space after the colon/],
    ['no space after a later colon', 'other: 1\nkey:value\n', '2:1', /no space after the colon/],
    ['no space after a colon in a flow mapping', 'a: {b:1}\n', '1:5', /no space after the colon/],
    ['a quote never closed', 'a: 1\nb: "x\nc: 2\n', '2:4', /quote is never closed/],
    ['a single quote never closed', "a: 'x\n", '1:4', /quote is never closed/],
    ['a quote closed by an escape, at the end', 'a: "x\\"', '1:4', /quote is never closed/],
    ['a quote closed by a doubled one, at the end', "a: 'x''", '1:4', /quote is never closed/],
    ['a quote alone', '"', '1:1', /quote is never closed/],
    ['a list never closed', 'a: [1, 2\nb: 3\n', '1:4', /`\[` is never closed/],
    ['a mapping never closed', 'a: {b: 1\n', '1:4', /`{` is never closed/],
    ['the wrong bracket', 'a: [b}\n', '1:6', /does not close the `\[`/],
    ['a bracket too many', 'a: {b: 1}}\n', '1:10', /closes nothing/],
    ['a colon in a value', 'a: foo: bar\n', '1:4', /holds a colon/],
    ['deeper than its siblings', 'a: 1\n b: 2\n', '2:2', /indented deeper/],
    ['between two levels', 'a:\n    b: 1\n  c: 2\n', '3:3', /aligned with nothing/],
    ['a list item among keys', 'a: 1\n- b\n', '2:1', /list item stands among the keys/],
    ['a key after a list', '- a\nb: 1\n', '2:1', /value before it has ended/],
    ['a key among list items', '- name: x\n when: {}\n', '2:2', /among the items/],
    ['a line without a colon', 'a: 1\nb\nc: 2\n', '2:1', /neither a key/],
    ['a list on the line of its key', 'a: - b\n', '1:4', /cannot start on the line/],
    ['text after a quoted value', 'a: "x" y\n', '1:8', /more text after/],
    ['an apostrophe in single quotes', "a: 'it's'\n", '1:8', /more text after/],
    ['a reserved character', 'a: @acme/team\n', '1:4', /without quotes/],
    ['a percent sign in front', 'a: %b\n', '1:4', /without quotes/],
    ['an unknown escape', 'a: "\\d"\n', '1:5', /no such escape/],
    ['a range as a block header', 'semver: >=4.2.0\n', '1:10', /block of text/],
    ['a missing comma', 'a: {"b" "c"}\n', '1:9', /no comma/],
    ['a comma too many', 'a: [1, , 2]\n', '1:8', /nothing before this comma/],
    ['a comment without a space', 'a: [b]#x\n', '1:7', /comment starts without a space/],
    ['no comma before a key', 'a: {b: 1 c: 2}\n', '1:8', /no comma before the next key/],
    ['what nobody foresaw', '--- a: b\n', '1:5', /^not YAML: block collection cannot start/],
  ])('%s', (_, text, place, message) => {
    const [problem, ...others] = problemsOf(parseText(text));
    expect(problem).toMatchObject({ code: 'yaml-syntax', severity: 'error', message: expect.stringMatching(message) });
    expect(`${problem?.line}:${problem?.column}`).toBe(place);
    expect(problem?.fix).toMatch(/^[a-z]/);
    expect(others).toEqual([]);
  });

  it('reports each line that is wrong', () => {
    expect(briefly('a: @b\nc: 1\nd: - e\nf: "g" h\n')).toEqual([
      'yaml-syntax 1:4',
      'yaml-syntax 3:4',
      'yaml-syntax 4:8',
    ]);
  });
});

describe('hostile files', () => {
  const bomb = [
    'a0: &a0 [x, x]',
    ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
  ].join('\n');
  const filled = (text: string): string => text.repeat(Math.floor(MAX_FILE_BYTES / text.length));

  it.each<[string, string, ProblemCode]>([
    ['a bomb of aliases', bomb, 'yaml-anchor'],
    ['10,000 lists deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'nesting-too-deep'],
    ['10,000 mappings deep', `${'{a: '.repeat(10_000)}1${'}'.repeat(10_000)}`, 'nesting-too-deep'],
    ['1 MiB of [', filled('['), 'nesting-too-deep'],
    ['1 MiB of dashes', filled('- '), 'nesting-too-deep'],
    ['1 MiB of {a: ', filled('{a: '), 'nesting-too-deep'],
    ['1 MiB of explicit keys', filled('? '), 'nesting-too-deep'],
    [
      '1,000 levels of indentation',
      Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'nesting-too-deep',
    ],
    ['1 MiB of ]', filled(']'), 'file-too-large'],
    ['1 MiB of quotes', filled('"" '), 'file-too-large'],
    ['1 MiB of short keys', filled('a: 1\n'), 'file-too-large'],
    ['1 MiB of anchors', filled('&a '), 'yaml-anchor'],
    ['1 MiB of aliases', filled('*a\n'), 'yaml-anchor'],
    ['1 MiB of directives', filled('%a\n'), 'yaml-directive'],
    ['1 MiB of documents', filled('---\na\n'), 'yaml-multiple-documents'],
    ['1 MiB of invisible characters', filled('x\u200b').slice(0, MAX_FILE_BYTES / 4), 'invisible-character'],
    ['100,000 digits and a letter', `a: ${'1_'.repeat(50_000)}x: 1`, 'yaml-syntax'],
  ])('%s', (_, text, code) => {
    const problems = problemsOf(parseText(text));
    expect(problems[0]?.code).toBe(code);
    expect(problems.length).toBeLessThanOrEqual(100);
    for (const { frame, found = '' } of problems) {
      expect(frame.length).toBeLessThan(600);
      expect(found.length).toBeLessThan(100);
    }
  });
});

describe('for any input', () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          'a',
          ': ',
          ':',
          '- ',
          '[',
          ']',
          '{',
          '}',
          ',',
          '"',
          "'",
          '\n',
          '\n  ',
          ' ',
          '#',
          '&a',
          '*a',
          '!t',
          '|',
          '>',
          '? ',
          '---',
          '...',
          '%',
          '\t',
          '\\',
          '\r\n',
          '1',
          'no',
          '<<',
          '\u001f',
          '\u0002',
        ),
      )
      .map((parts) => parts.join('')),
  );

  it('bytes are read or refused, and never throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          anyText.map((text) => encoder.encode(text)),
        ),
        (bytes) => {
          const result = parse('f', bytes);
          if (result.ok) return;
          expect(result.problems).not.toHaveLength(0);
          for (const { line, column, endLine, endColumn } of result.problems) {
            expect(Math.min(line, column, endColumn)).toBeGreaterThanOrEqual(1);
            expect(endLine).toBeGreaterThanOrEqual(line);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('a byte order mark and CRLF change neither value nor problems', () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => !/[\r\uFEFF]/.test(text)),
        (text) => {
          const plain = parseText(text);
          expect(parseText(`\uFEFF${text}`)).toEqual(plain);
          expect(parseText(text.replaceAll('\n', '\r\n'))).toEqual(plain);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('any JSON value that is written as YAML with quoted strings is read back', () => {
    const text = fc.string({ unit: 'grapheme-ascii' });
    const number = fc.oneof(
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, fc.boolean(), fc.constant(null), text, number, tie('list'), tie('mapping')),
      list: fc.array(tie('value')),
      mapping: fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        tie('value'),
        { noNullPrototype: true },
      ),
    })).value;
    fc.assert(
      fc.property(json, fc.boolean(), (value, flow) => {
        const written = stringify(value, {
          defaultStringType: 'QUOTE_DOUBLE',
          collectionStyle: flow ? 'flow' : 'block',
          aliasDuplicateObjects: false,
        });
        expect(valueOf(written)).toStrictEqual(value);
      }),
      { numRuns: 1_000 },
    );
  });
});
