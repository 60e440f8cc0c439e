import { describe, expect, it } from 'vitest';
import { renderResults } from './render.js';
import type { Results } from './results.js';

const near = (median: number) => ({ median, lowerQuartile: median * 0.9, upperQuartile: median * 1.1 });
const figure = (nanoseconds: number, ratio: number, bytes: number) => ({
  nanoseconds: near(nanoseconds),
  ratio: near(ratio),
  bytes,
});

const side = { packageName: 'x', version: '1.2.3' };
const results: Results = {
  node: 'v20.19.0',
  cores: 2,
  date: '2026-11-24',
  isQuick: false,
  sides: [
    { title: 'Guidon', packageName: undefined, version: undefined },
    { ...side, title: 'Other', note: 'has promises only', notes: { 'object value': 'parses' } },
    { ...side, title: 'Third', cannot: { 'object value': 'has no objects' } },
  ],
  direct: [
    {
      case: 'static',
      flags: 10,
      figures: { Guidon: figure(10, 1, 0.2), Other: figure(123, 12.3, 1_234), Third: figure(57, 5.66, 80) },
    },
    { case: 'static', flags: 1_000, figures: { Guidon: figure(15, 1, 0), Other: figure(30, 2, 16) } },
    { case: 'object value', flags: 1_000, figures: { Guidon: figure(10, 1, 0), Other: figure(12_345, 1_234.5, 16) } },
  ],
  client: [
    {
      case: 'static',
      columns: [
        { title: 'a constant', nanoseconds: near(100), ratio: near(1) },
        { title: 'Guidon', nanoseconds: near(102), ratio: near(1.02) },
      ],
    },
  ],
  push: [
    { transport: 'file', flags: 1_000, total: near(30), parts: [{ name: 'fetch', milliseconds: near(20) }] },
    { transport: 'SSH', skipped: 'sshd is not installed' },
  ],
  preview: {
    contexts: 1_000_000,
    flags: 2_000,
    changedFlags: 20,
    sides: [
      { title: 'flagctl', milliseconds: near(4_000), cpuMilliseconds: near(7_000), megabytes: 300.4 },
      { title: 'a loop', milliseconds: near(24_000), cpuMilliseconds: near(25_000), megabytes: 200 },
    ],
  },
  sampler: [
    { case: 'an evaluation', nanoseconds: near(150.4), ratio: near(1) },
    { case: 'a sample', nanoseconds: near(75), ratio: near(0.499) },
  ],
};

/** The row that begins with `first`, its cells trimmed. */
function cells(text: string, first: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith(`| ${first}`));
  return rows.map((row) => row.split('|').map((cell) => cell.trim()));
}

describe('results as Markdown', () => {
  const text = renderResults(results);

  it('tells ratios, the nearest in bold, and our own growth with the flags', () => {
    expect(cells(text, 'static').slice(0, 2)).toEqual([
      ['', 'static', '10', '12 ×', '**5.7 ×**', '1.0 ×', ''],
      ['', 'static', '1,000', '**2.0 ×**', '–', '1.5 ×', ''],
    ]);
  });

  it('says in a footnote what a side cannot express, and what to know of a side or a row', () => {
    expect(cells(text, 'Asked directly')[0]).toEqual([
      '',
      'Asked directly',
      'Flags',
      'Other¹',
      'Third',
      'Guidon itself',
      '',
    ]);
    expect(cells(text, 'object value')[0]).toEqual(['', 'object value', '1,000', '**1,200 ×**²', '–³', '1.0 ×', '']);
    expect(text).toContain('¹ Other has promises only. ² Other parses. ³ Third has no objects.');
  });

  it('tells the most bytes at any number of flags', () => {
    expect(cells(text, 'object value')[1]).toEqual(['', 'object value', '0', '16', '–', '']);
    expect(cells(text, 'static').slice(2, 3)).toEqual([['', 'static', '0', '1,200', '80', '']]);
  });

  it('tells a transport that could not be measured with its reason', () => {
    expect(cells(text, 'file')[0]).toEqual(['', 'file', '1,000', '30 (27–33)', '20.0', '']);
    expect(text).toContain('sshd is not installed');
  });

  it('tells what previews take, and by how much longer a loop does', () => {
    expect(cells(text, 'flagctl')[0]).toEqual(['', 'flagctl', '4.0', '7.0', '300', '1.0 ×', '']);
    expect(cells(text, 'a loop')[0]).toEqual(['', 'a loop', '24.0', '25.0', '200', '6.0 ×', '']);
  });

  it('tells what sampling adds', () => {
    expect(cells(text, 'a sample')[0]).toEqual(['', 'a sample', '75', '0.50 ×', '']);
  });

  it('warns of a quick run', () => {
    expect(text).not.toContain('mean nothing');
    expect(renderResults({ ...results, isQuick: true })).toContain('mean nothing');
  });
});
