/** A text as lines, columns and code frames. */
import { maskInvisible } from './yaml/invisible.js';
import type { Span } from './problem.js';

/** Characters of a line that a frame shows; with the gutter it fits a terminal of 128 columns. */
const MAX_SHOWN = 120;
/** Characters shown before the place, where a line is cut. */
const SHOWN_BEFORE = 40;

/** A text whose lines are counted; make one only where there is a problem. */
export class SourceText {
  readonly #lineStarts: readonly number[];

  /** @param text with `\n` at the end of each line */
  constructor(private readonly text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /** The lines and columns of a stretch of the text; offsets beyond its end count as the end. */
  span(start: number, end: number): Span {
    const { line, column } = this.#position(start);
    const last = this.#position(Math.max(start, end));
    return { line, column, endLine: last.line, endColumn: last.column };
  }

  /** The offset of the end of the line that an offset is in, before the newline. */
  endOfLine(offset: number): number {
    const end = this.text.indexOf('\n', offset);
    return end === -1 ? this.text.length : end;
  }

  /** The first line of a span between its neighbours, with carets below it; empty for an empty text. */
  frame({ line, column, endLine, endColumn }: Span): string {
    if (this.text === '') return '';
    const shown = this.#line(line);
    const from = shown.length <= MAX_SHOWN ? 0 : Math.max(0, column - 1 - SHOWN_BEFORE);
    const gutter = String(Math.min(line + 1, this.#lineStarts.length)).length;
    const row = (number: number): string =>
      `${String(number).padStart(gutter)} | ${cut(this.#line(number), from)}`.trimEnd();
    const stop = Math.min(endLine > line ? shown.length + 1 : endColumn, from + MAX_SHOWN + 1);
    const carets = ' '.repeat(column - 1 - from) + '^'.repeat(Math.max(1, stop - column));
    const rows = [row(line), `${' '.repeat(gutter)} | ${carets}`];
    if (line > 1) rows.unshift(row(line - 1));
    // A text ends with a newline, after which there is no line to show.
    if (this.#line(line + 1) !== '') rows.push(row(line + 1));
    return rows.join('\n');
  }

  #position(offset: number): { readonly line: number; readonly column: number } {
    const bounded = Math.max(0, Math.min(offset, this.text.length));
    let [line, above] = [0, this.#lineStarts.length];
    while (above - line > 1) {
      const middle = (line + above) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= bounded) line = middle;
      else above = middle;
    }
    return { line: line + 1, column: bounded - (this.#lineStarts[line] ?? 0) + 1 };
  }

  /** A line by its number, without its newline; empty beyond the last. */
  #line(number: number): string {
    const start = this.#lineStarts[number - 1];
    return start === undefined ? '' : this.text.slice(start, this.endOfLine(start));
  }
}

/** The part of a line from `from` on, of the length that fits; every character is as wide as its UTF-16 units. */
function cut(line: string, from: number): string {
  const shown = maskInvisible(line.slice(from, from + MAX_SHOWN).replaceAll('\t', ' '));
  const start = from > 0 && shown !== '' ? `…${shown.slice(1)}` : shown;
  return from + MAX_SHOWN < line.length ? `${start.slice(0, -1)}…` : start;
}
