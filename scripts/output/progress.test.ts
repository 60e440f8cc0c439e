import { describe, expect, it } from 'vitest';
import { progressOn } from './progress.js';

/** A terminal that remembers what it was written, and shows one line. */
class Screen {
  readonly written: string[] = [];

  constructor(
    readonly isTTY: boolean | undefined,
    readonly columns: number | undefined = 80,
  ) {}

  write(text: string): void {
    this.written.push(text);
  }

  /** What stands in the line now. */
  get line(): string {
    return this.written.join('').split('\r\u001b[K').at(-1) ?? '';
  }
}

describe('progress', () => {
  it('is one line, which the next one replaces and the end clears', () => {
    const screen = new Screen(true);
    const { say, clear } = progressOn(screen, {});
    say('merging');
    expect(screen.written).toEqual(['merging']);
    say('replaying', 0.5);
    expect(screen.written.slice(1)).toEqual(['\r\u001b[K', 'replaying ██████████░░░░░░░░░░ 50 %']);
    clear();
    clear();
    expect(screen.written.slice(3)).toEqual(['\r\u001b[K']);
    expect(screen.line).toBe('');
  });

  it.each<[done: number, line: string]>([
    [0, '░░░░░░░░░░░░░░░░░░░░ 0 %'],
    [0.049, '░░░░░░░░░░░░░░░░░░░░ 4 %'],
    [0.999999, '███████████████████░ 99 %'],
    [1, '████████████████████ 100 %'],
    [1.2, '████████████████████ 100 %'],
    [-1, '░░░░░░░░░░░░░░░░░░░░ 0 %'],
  ])('of %s is a bar that is full at the end only', (done, line) => {
    const screen = new Screen(true);
    progressOn(screen, {}).say('x', done);
    expect(screen.line).toBe(`x ${line}`);
  });

  it('without a number is the message', () => {
    const screen = new Screen(true);
    progressOn(screen, {}).say('x', Number.NaN);
    expect(screen.line).toBe('x');
  });

  it('is written once for what looks the same', () => {
    const screen = new Screen(true);
    const { say } = progressOn(screen, {});
    for (let row = 0; row < 10_000; row += 1) say('replaying', row / 10_000);
    expect(screen.written.filter((text) => text.startsWith('replaying'))).toHaveLength(100);
  });

  it.each<[columns: number, line: string]>([
    [80, 'replaying contexts ████████░░░░░░░░░░░░ 42 %'],
    [44, 'replaying contexts ████████░░░░░░░░░░░░ 42 %'],
    [43, 'replaying contexts 42 %'],
    [10, 'replaying…'],
  ])('never wraps: on %s columns', (columns, line) => {
    const screen = new Screen(true, columns);
    progressOn(screen, {}).say('replaying contexts', 0.42);
    expect(screen.line).toBe(line);
  });

  it('moves the cursor by nothing that somebody wrote', () => {
    const screen = new Screen(true);
    progressOn(screen, {}).say('reading \u001b[2Ja\n', 0.1);
    expect(screen.line).toBe('reading \\u{1b}[2Ja\\u{a} ██░░░░░░░░░░░░░░░░░░ 10 %');
  });

  it.each<[where: string, isTTY: boolean | undefined, environment: Readonly<Record<string, string>>]>([
    ['a pipe', undefined, {}],
    ['a file', false, {}],
    ["a CI's terminal", true, { CI: 'true' }],
    ['a terminal that clears no line', true, { TERM: 'dumb' }],
  ])('says nothing on %s', (_, isTTY, environment) => {
    const screen = new Screen(isTTY);
    const { say, clear } = progressOn(screen, environment);
    say('merging');
    say('replaying', 0.5);
    clear();
    expect(screen.written).toEqual([]);
  });
});
