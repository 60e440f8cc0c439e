/** From nodes to text. */
import { writeInline } from './inline.js';
import { isFilled, type CollectionNode, type Item, type Node, type Remark } from './node.js';
import { writeKey } from './scalar.js';
import { LINE_WIDTH, styleWithin, type Style } from './style.js';
import { writeLines } from './text-block.js';

/** The lines of a document's root. */
export function printRoot(root: Node, style: Style): readonly string[] {
  if (isFilled(root)) return printCollection(root, style, 0);
  if (root.kind === 'scalar') return withLabel('', root, style, '', 2);
  return [root.kind === 'list' ? '[]' : '{}'];
}

function printCollection(collection: CollectionNode, style: Style, column: number): readonly string[] {
  const lines: string[] = [];
  const pad = ' '.repeat(column);
  let previous: Item | undefined;
  for (const item of collection.items) {
    const { comments, entry } = printItem(item, style, column);
    const isParted = previous !== undefined && (style.isParted?.(item.key, previous.key) ?? comments[0] === '');
    lines.push(...indented([...(isParted ? [''] : []), ...tidy(comments)], pad), ...entry);
    previous = item;
  }
  const { ending } = collection;
  return [...lines, ...indented([...(ending[0] === '' ? [''] : []), ...tidy([...ending, 'end']).slice(0, -1)], pad)];
}

/** An item's own lines, and the remarks before them: a dash that begins several lines has no room for a comment. */
function printItem(item: Item, style: Style, column: number): { comments: readonly Remark[]; entry: readonly string[] } {
  const { key, value, above, beside } = item;
  const inner = styleWithin(style, key);
  const label = ' '.repeat(column) + (key === undefined ? '-' : `${writeKey(key)}:`);
  const isCrowded = key === undefined && value.kind !== 'scalar' && inlineAfter(label, value, inner) === undefined;
  if (beside === undefined || isCrowded) {
    const comments = beside === undefined ? above : [...above, beside];
    return { comments, entry: withLabel(label, value, inner, '', column + 2) };
  }
  return { comments: above, entry: withLabel(label, value, inner, ` ${beside}`, column + 2) };
}

function withLabel(label: string, value: Node, style: Style, comment: string, column: number): readonly string[] {
  const start = label === '' ? '' : `${label} `;
  if (value.kind === 'scalar') {
    const [first = '', ...rest] = writeLines(value, style, start.length, column);
    return [`${start}${first}${comment}`, ...indented(rest, ' '.repeat(column))];
  }
  const inline = inlineAfter(label, value, style);
  if (inline !== undefined) return [`${start}${inline}${comment}`];
  const lines = printCollection(value, style, column);
  if (!label.endsWith('-')) return [`${label}${comment}`, ...lines];
  const [first = '', ...rest] = lines;
  return [`${start}${first.trimStart()}`, ...rest];
}

function inlineAfter(label: string, value: CollectionNode, style: Style): string | undefined {
  return writeInline(value, style, LINE_WIDTH - label.length - 1);
}

/** Without blank lines at the start, and at most one in a row. */
function tidy(remarks: readonly Remark[]): readonly Remark[] {
  const first = remarks.findIndex((remark) => remark !== '');
  return first < 0 ? [] : remarks.slice(first).filter((remark, index, all) => remark !== '' || all[index - 1] !== '');
}

function indented(lines: readonly string[], pad: string): readonly string[] {
  return lines.map((line) => (line === '' ? '' : pad + line));
}
