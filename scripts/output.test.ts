import { describe, expect, it } from 'vitest';
import type { Problem } from '../provider/repository/index.js';
import { renderNotices, renderReport } from './output.js';
import { emphasised, type Section } from './report.js';

const plain = { columns: undefined, hasColour: false };

function rendered(section: Section, screen: Parameters<typeof renderReport>[2] = plain): string {
  return renderReport({ outcome: 'clean', sections: [section] }, 'text', screen);
}

describe('text', () => {
  it('prints a document byte for byte', () => {
    expect(rendered({ kind: 'document', text: 'a\u001b\n\n' })).toBe('a\u001b\n\n');
  });

  it.each([
    ['a control character', 'a\u0007b', 'a\\u{7}b'],
    ['an escape sequence', '\u001b[31m', '\\u{1b}[31m'],
    ['C1 controls', '\u009b31m', '\\u{9b}31m'],
    ['a right-to-left override', '\u202eabc', '\\u{202e}abc'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['a line break', 'a\nb', 'a\\u{a}b'],
    ['a tab', 'a\tb', 'a  b'],
  ])('writes %s so that it can be seen and does nothing', (_what, text, shown) => {
    expect(rendered({ kind: 'lines', lines: [text] })).toBe(`${shown}\n`);
  });

  it('has colours only where they are wanted', () => {
    const lines = [['a ', emphasised('bad', 'b')]];
    expect(rendered({ kind: 'lines', lines })).toBe('a b\n');
    expect(rendered({ kind: 'lines', lines }, { ...plain, hasColour: true })).toBe('a \u001b[31mb\u001b[39m\n');
  });
});

describe('the log of a workflow run', () => {
  it.each([
    ['::set-output name=workspace::/tmp', ': :set-output name=workspace::/tmp'],
    ['    ::stop-commands::x', '    : :stop-commands::x'],
    ['reason ##[set-output name=workspace]/tmp', 'reason ## [set-output name=workspace]/tmp'],
    ['a::b and #[c]', 'a::b and #[c]'],
  ])('takes nothing that somebody wrote for a command: %s', (line, shown) => {
    const report = { outcome: 'clean', sections: [{ kind: 'lines', lines: ['first', line] }] } as const;
    expect(renderReport(report, 'github', plain)).toBe(`first\n${shown}\n`);
  });
});

describe('a table', () => {
  const table = {
    columns: [{ heading: 'KEY' }, { heading: 'WORDS', isElastic: true }],
    rows: [
      ['a', 'twelve words'],
      ['longer', emphasised('good', 'no')],
    ],
  };

  it.each([
    [undefined, 'KEY     WORDS\na       twelve words\nlonger  no\n'],
    [20, 'KEY     WORDS\na       twelve words\nlonger  no\n'],
    [17, 'KEY     WORDS\na       twelve w…\nlonger  no\n'],
    [14, 'KEY     WORDS\na       twelv…\nlonger  no\n'],
    [9, 'KEY  WOR…\na    twe…\nlo…  no\n'],
  ])('fits %s columns', (columns, expected) => {
    const text = rendered({ kind: 'table', table }, { columns, hasColour: false });
    expect(text).toBe(expected);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns ?? 20);
  });

  it('aligns by what is seen and not by escapes', () => {
    const text = rendered({ kind: 'table', table }, { columns: 80, hasColour: true });
    expect(text.replaceAll(/\u001b\[\d+m/g, '')).toBe(rendered({ kind: 'table', table }));
  });
});

describe('problems', () => {
  const problem: Problem = {
    code: 'unknown-key',
    severity: 'error',
    file: 'flags/a,b:c/x.yaml',
    line: 3,
    column: 5,
    endLine: 4,
    endColumn: 2,
    message: '100% wrong\r\n::set-output name=x::y',
    frame: '',
  };
  const report = { outcome: 'findings' as const, sections: [{ kind: 'problems' as const, problems: [problem] }] };

  it('cannot forge a workflow command', () => {
    expect(renderReport(report, 'github', plain)).toBe(
      '::error file=flags/a%2Cb%3Ac/x.yaml,line=3,col=5,endLine=4,title=unknown-key::' +
        '100%25 wrong%0D%0A::set-output name=x::y\n',
    );
  });

  it('have a URI in SARIF', () => {
    const log = JSON.parse(renderReport(report, 'sarif', plain)) as object;
    expect(JSON.stringify(log)).toContain('"uri":"flags/a%2Cb%3Ac/x.yaml"');
  });
});

it('notices go to standard error, in every format', () => {
  const report = { outcome: 'clean' as const, sections: [], notices: ['one', emphasised('warning', 'two')] };
  expect(renderNotices(report, plain)).toBe('one\ntwo\n');
});
