/** Markdown tables, their columns aligned as prettier does. */

/** A column's heading, and whether it holds figures. */
export interface MarkdownColumn {
  readonly heading: string;
  readonly isNumeric?: boolean;
}

/** Prettier's least width of a column's rule. */
const MIN_WIDTH = 3;

/** A table; a bar in a cell does not end it. */
export function markdownTable(columns: readonly MarkdownColumn[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map((_, index) => (row[index] ?? '').replaceAll('|', '\\|')));
  const widths = columns.map(({ heading }, index) =>
    Math.max(MIN_WIDTH, heading.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const padded = columns.map(({ isNumeric = false }, index) => (text: string): string => {
    const width = widths[index] ?? 0;
    return isNumeric ? text.padStart(width) : text.padEnd(width);
  });
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, index) => padded[index]?.(text)).join(' | ')} |`;
  const rule = columns.map(({ isNumeric = false }, index) =>
    isNumeric ? `${'-'.repeat((widths[index] ?? 0) - 1)}:` : '-'.repeat(widths[index] ?? 0),
  );
  return [line(columns.map(({ heading }) => heading)), line(rule), ...cells.map(line)].join('\n');
}
