/** A table as lines that fit the terminal. */
import type { Table } from '../report.js';
import { emphasised } from '../report.js';
import { paint, widthOf, type Screen } from './screen.js';

const GAP = '  ';
/** An elastic column keeps this much; less says nothing. */
const MIN_ELASTIC_WIDTH = 8;

/** The heading and the rows; cells end in `…` where the terminal is too narrow for them. */
export function tableLines({ columns, rows }: Table, screen: Screen): readonly string[] {
  const natural = columns.map(({ heading }, index) =>
    rows.reduce((width, row) => Math.max(width, widthOf(row[index] ?? '')), heading.length),
  );
  const gaps = GAP.length * (columns.length - 1);
  const widths = screen.columns === undefined ? natural : fitted(natural, columns, screen.columns - gaps);
  const headings = columns.map(({ heading }) => emphasised('strong', heading));
  return [headings, ...rows].map((row) =>
    columns
      .map((_, index) => {
        const cell = row[index] ?? '';
        const width = widths[index] ?? 0;
        return paint(cell, screen, width) + ' '.repeat(Math.max(0, width - widthOf(cell)));
      })
      .join(GAP)
      .trimEnd(),
  );
}

/** Takes what is missing from the widest column, the elastic ones first. */
function fitted(natural: readonly number[], columns: Table['columns'], available: number): readonly number[] {
  const widths = [...natural];
  const isElastic = (index: number): boolean => columns[index]?.isElastic === true;
  const shrink = (isCandidate: (index: number) => boolean, minimum: number): void => {
    const candidates = widths.map((_, index) => index).filter(isCandidate);
    for (let excess = sum(widths) - available; excess > 0; excess -= 1) {
      const widest = candidates.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a), candidates[0] ?? 0);
      if (candidates.length === 0 || (widths[widest] ?? 0) <= minimum) return;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  };
  shrink(isElastic, MIN_ELASTIC_WIDTH);
  shrink(() => true, 1);
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
