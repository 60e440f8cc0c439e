/** Lists and tables of a comment that fit, and say how much does not; and sentences that others had a hand in. */
import { spellInvisible } from '../../../provider/repository/index.js';
import { inert } from '../../control/inert-markdown.js';
import { markdownTable, type MarkdownColumn } from '../../output/markdown-table.js';
import { counted } from '../../report.js';

/** As many lines as are shown and fit, from the first on, and one on how many more there are. */
export function fittingLines(
  lines: readonly string[],
  { maxCount, maxLength, noun }: { readonly maxCount: number; readonly maxLength: number; readonly noun: string },
): readonly string[] {
  let length = 0;
  const shown: string[] = [];
  for (const line of lines.slice(0, maxCount)) {
    length += line.length + 1;
    if (length > maxLength) break;
    shown.push(line);
  }
  const rest = lines.length - shown.length;
  return rest === 0 ? shown : [...shown, `- and ${counted(rest, `more ${noun}`)}`];
}

/**
 * As many rows as fit into a table, aligned, and a line on how many more there are.
 * @param rows those that would be shown
 * @param total how many there are
 */
export function fittingTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
  { total, maxLength, noun }: { readonly total: number; readonly maxLength: number; readonly noun: string },
): string {
  const cells = rows.map((row) => row.map(unambiguous));
  for (let count = rows.length; count >= 0; count -= 1) {
    const table = count === 0 ? '' : markdownTable(columns, cells.slice(0, count));
    if (table.length > maxLength) continue;
    const more = total > count ? `and ${counted(total - count, `more ${noun}`)}` : '';
    return [table, more].filter((part) => part !== '').join('\n\n');
  }
  return '';
}

/** Of a bar that is escaped behind a backslash, some readers of Markdown say that it is the backslash that is escaped. */
function unambiguous(cell: string): string {
  return cell.replaceAll('\\|', '\\U+007C');
}

/** A sentence in which nothing is active, turns text around, or is not seen. @param maxLength in characters */
export function sentence(text: string, maxLength: number): string {
  return inert(visible(text.replaceAll(/\s/g, ' ')), maxLength);
}

/** Lines with what nobody sees spelled out. */
export function visible(text: string): string {
  return text.split('\n').map(spellInvisible).join('\n');
}
