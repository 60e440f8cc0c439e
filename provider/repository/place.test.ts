import { describe, expect, it } from 'vitest';
import { place, placeAll } from './place.js';
import { SourceText } from './place-frame.js';
import {
  compareProblems,
  problemOf,
  renderProblem,
  type Pointer,
  type Problem,
  type UnplacedProblem,
} from './problem.js';
import type { Tree, TreeEntry } from './tree.js';

const encoder = new TextEncoder();
const unplaced: UnplacedProblem = { code: 'unknown-key', file: 'flags/a.yaml', message: 'unknown key' };
const placeIn = (text: string, problem: Partial<UnplacedProblem>): Problem | undefined =>
  place(encoder.encode(text), [{ ...unplaced, ...problem }])[0];

/** The text that a problem's span covers. */
function covered(text: string, { line, column, endLine, endColumn }: Problem): string {
  const lines = text
    .replaceAll('\r\n', '\n')
    .replace('\uFEFF', '')
    .split('\n')
    .slice(line - 1, endLine);
  lines.push((lines.pop() ?? '').slice(0, endColumn - 1));
  const [first = '', ...others] = lines;
  return [first.slice(column - 1), ...others].join('\n');
}

const flag = `# a comment
key: a.b.c
environments:
  production:
    enabled: true
    rules:
      - { name: staff, when: { segment: staff }, serve: true }
      - name: pilot
        when:
          country: [DE, AT]
        rollout: 10
    'odd key': >
      folded
  5: five
list: [1, two, {x: null, y}]
`;

describe('where a pointer points', () => {
  it.each<[string, Pointer, 'key' | 'value' | undefined, number, string]>([
    ['a scalar', ['key'], 'value', 2, 'a.b.c'],
    ['the value, if nothing is said', ['key'], undefined, 2, 'a.b.c'],
    ['a key', ['key'], 'key', 2, 'key'],
    ['a block mapping is its key', ['environments', 'production'], 'value', 4, 'production'],
    ['a block list is its key', ['environments', 'production', 'rules'], 'value', 6, 'rules'],
    [
      'an item in flow style',
      ['environments', 'production', 'rules', 0],
      'value',
      7,
      '{ name: staff, when: { segment: staff }, serve: true }',
    ],
    ['into an item', ['environments', 'production', 'rules', 0, 'when', 'segment'], 'key', 7, 'segment'],
    ['an item in block style is its first line', ['environments', 'production', 'rules', 1], 'value', 8, 'name: pilot'],
    ['an item of a flow list', ['environments', 'production', 'rules', 1, 'when', 'country', 1], 'value', 10, 'AT'],
    ['a quoted key', ['environments', 'production', 'odd key'], 'key', 12, "'odd key'"],
    ['a block scalar', ['environments', 'production', 'odd key'], 'value', 12, '>\n      folded\n'],
    ['a number as a key', ['environments', '5'], 'value', 14, 'five'],
    ['a null', ['list', 2, 'x'], 'value', 15, 'null'],
    ['a key without a value', ['list', 2, 'y'], 'value', 15, 'y'],
    ['the root', [], 'value', 2, 'key: a.b.c'],
    ['a missing key of the root', ['owner'], 'key', 2, 'key: a.b.c'],
    ['a missing key further down', ['environments', 'production', 'nope', 'deeper'], 'value', 4, 'production'],
    ['a missing item', ['list', 9], 'value', 15, '[1, two, {x: null, y}]'],
    ['below a scalar', ['key', 'deeper'], 'value', 2, 'a.b.c'],
    ['a name where an item is', ['list', 'x'], 'value', 15, '[1, two, {x: null, y}]'],
  ])('%s', (_, pointer, at, line, text) => {
    const problem = placeIn(flag, { pointer, ...(at === undefined ? {} : { at }) });
    expect(problem?.line).toBe(line);
    expect(problem && covered(flag, problem)).toBe(text);
  });

  it.each([
    ['no YAML', 'a: "x'],
    ['too deep', '['.repeat(1_000)],
    ['nothing', ''],
    ['comments only', '# a\n'],
    ['not UTF-8', '\ud800'],
  ])('a file that is %s has its problems somewhere in it', (_, text) => {
    expect(placeIn(text, { pointer: ['a', 0, 'b'] })).toMatchObject({ line: 1 });
  });

  it('counts lines and columns alike with a byte order mark and CRLF', () => {
    const same = placeIn(flag, { pointer: ['list', 1] });
    expect(placeIn(`\uFEFF${flag.replaceAll('\n', '\r\n')}`, { pointer: ['list', 1] })).toEqual(same);
  });

  it('keeps a place that is known already, and adds the frame', () => {
    expect(placeIn('* @a\n/x\n', { line: 2, column: 1, endLine: 2, endColumn: 3 })).toMatchObject({
      line: 2,
      endColumn: 3,
      frame: '1 | * @a\n2 | /x\n  | ^^',
    });
  });

  it('keeps what a problem says, and nothing else of it', () => {
    const problem = placeIn('a: 1', {
      pointer: ['a'],
      at: 'key',
      severity: 'warning',
      found: 'f',
      expected: 'e',
      fix: 'x',
    });
    expect(problem).toStrictEqual({
      code: 'unknown-key',
      severity: 'warning',
      file: 'flags/a.yaml',
      message: 'unknown key',
      found: 'f',
      expected: 'e',
      fix: 'x',
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 2,
      frame: '1 | a: 1\n  | ^',
    });
  });
});

describe('a code frame', () => {
  it.each<[string, string, number, number, string]>([
    ['the first line', 'ab\ncd\n', 0, 2, '1 | ab\n  | ^^\n2 | cd'],
    ['the last line', 'ab\ncd\n', 4, 5, '1 | ab\n2 | cd\n  |  ^'],
    ['the end of the text', 'ab\n', 3, 3, '1 | ab\n2 |\n  | ^'],
    ['between blank lines', '\nx\n\ny', 1, 2, '1 |\n2 | x\n  | ^'],
    ['numbers of two lengths', `${'\n'.repeat(8)}a\nb`, 8, 9, ' 8 |\n 9 | a\n   | ^\n10 | b'],
    ['tabs', 'a\t\tb', 3, 4, '1 | a  b\n  |    ^'],
    ['wide characters', 'é😀b', 3, 4, '1 | é😀b\n  |    ^'],
    ['several lines', 'abc\nd', 1, 5, '1 | abc\n  |  ^^\n2 | d'],
    ['control and bidirectional characters', 'a\u001b\u202e\u{e0041}b', 1, 2, '1 | a\uFFFD\uFFFD\uFFFD\uFFFDb\n  |  ^'],
  ])('%s', (_, text, start, end, frame) => {
    const source = new SourceText(text);
    expect(source.frame(source.span(start, end))).toBe(frame);
  });

  it.each([0, 39, 60, 500, 999])('shows 120 columns around offset %i of a long line', (offset) => {
    const line = Array.from({ length: 1_000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
    const source = new SourceText(`short\n${line}\n`);
    const [, shown = '', carets = ''] = source.frame(source.span(6 + offset, 7 + offset)).split('\n');
    expect(shown.length).toBeLessThanOrEqual(4 + 120);
    expect(shown[carets.indexOf('^')]).toBe(line[offset]);
    expect(shown.includes('…')).toBe(true);
  });

  it('cuts the carets where it cuts the line', () => {
    const source = new SourceText('x'.repeat(1_000));
    const [, carets] = source.frame(source.span(0, 1_000)).split('\n');
    expect(carets).toBe(`  | ${'^'.repeat(120)}`);
  });

  it('is empty for an empty text', () => {
    expect(new SourceText('').frame({ line: 1, column: 1, endLine: 1, endColumn: 1 })).toBe('');
  });
});

describe('rendering', () => {
  it('says where, what, and what to do', () => {
    const problem = placeIn('a: 1\nenviroments: {}\nb: 2\n', {
      pointer: ['enviroments'],
      at: 'key',
      message: 'unknown key `enviroments`',
      found: '`enviroments`',
      expected: 'a key of a flag',
      fix: 'did you mean `environments`?',
    });
    expect(problem && renderProblem(problem)).toBe(
      [
        'flags/a.yaml:2:1  error unknown-key',
        'unknown key `enviroments`',
        '1 | a: 1',
        '2 | enviroments: {}',
        '  | ^^^^^^^^^^^',
        '3 | b: 2',
        'found: `enviroments`',
        'expected: a key of a flag',
        'fix: did you mean `environments`?',
      ].join('\n'),
    );
  });

  it('leaves out what there is not', () => {
    expect(renderProblem(problemOf({ ...unplaced, severity: 'warning' }))).toBe(
      'flags/a.yaml:1:1  warning unknown-key\nunknown key',
    );
  });

  it('spells out what a terminal or a log would act on', () => {
    const hostile = problemOf({ ...unplaced, file: 'a\nb', message: '\u001b[2J', found: '\u202ex\t', fix: 'é' });
    expect(renderProblem(hostile)).toBe('aU+000Ab:1:1  error unknown-key\nU+001B[2J\nfound: U+202ExU+0009\nfix: é');
  });
});

describe('order', () => {
  const at = (file: string, line: number, column: number, code: Problem['code'] = 'unknown-key'): Problem =>
    problemOf({ ...unplaced, file, code, line, column });
  const sorted = [
    at('B', 9, 9),
    at('a', 1, 2),
    at('a', 2, 1, 'missing-key'),
    at('a', 2, 1),
    at('a', 2, 10),
    at('a', 10, 1),
    at('b', 1, 1),
  ];

  it('is by file, line, column and code', () => {
    expect([...sorted].reverse().sort(compareProblems)).toEqual(sorted);
    expect(sorted.map((problem) => compareProblems(problem, problem))).toEqual(sorted.map(() => 0));
  });
});

describe('the problems of a tree', () => {
  const files: Readonly<Record<string, string>> = {
    'flags/a.yaml': 'x: 1\n',
    'flags/b.yaml': '\n\ny: 2\n',
    CODEOWNERS: '* @a\n',
  };
  const entry = (path: string, kind: TreeEntry['kind'] = 'file'): TreeEntry => ({ path, id: `id of ${path}`, kind });
  const readIds: string[] = [];
  const tree: Tree = {
    revision: 'r',
    repository: 'n',
    root: 'flags',
    hasCodeowners: true,
    entries: [
      ...Object.keys(files).map((path) => entry(path)),
      entry('flags/link.yaml', 'symlink'),
      entry('flags/large.yaml'),
    ],
    read: async (entries) => {
      readIds.push(...entries.map(({ id }) => id));
      return new Map(
        entries.flatMap(({ id, path }) => (path in files ? [[id, encoder.encode(files[path])] as const] : [])),
      );
    },
  };

  it('are placed in their files, of which only those are read that have some', async () => {
    const problems = await placeAll(tree, [
      { ...unplaced, file: 'flags/b.yaml', pointer: ['y'], at: 'key' },
      { ...unplaced, file: 'flags/link.yaml' },
      { ...unplaced, file: 'flags/b.yaml', pointer: ['y'] },
      { ...unplaced, file: 'flags/large.yaml' },
      { ...unplaced, file: 'flags/absent.yaml' },
      { ...unplaced, file: 'CODEOWNERS', line: 1, column: 3, endLine: 1, endColumn: 5 },
    ]);
    expect(problems.map(({ file, line, column, frame }) => [file, line, column, frame !== ''])).toEqual([
      ['flags/b.yaml', 3, 1, true],
      ['flags/b.yaml', 3, 4, true],
      ['flags/link.yaml', 1, 1, false],
      ['flags/large.yaml', 1, 1, false],
      ['flags/absent.yaml', 1, 1, false],
      ['CODEOWNERS', 1, 3, true],
    ]);
    expect(readIds.toSorted()).toEqual(['id of CODEOWNERS', 'id of flags/b.yaml', 'id of flags/large.yaml']);
  });

  it('are none where there are none', async () => {
    expect(await placeAll({ ...tree, read: () => Promise.reject(new Error('nothing to read')) }, [])).toEqual([]);
  });
});
