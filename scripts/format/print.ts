/** From nodes to text. */
import { writeInline } from './inline.js';
import { isFilled, type CollectionNode, type Item, type Node, type Remark, type ScalarNode } from './node.js';
import { writeKey } from './scalar.js';
import { LINE_WIDTH, styleWithin, type Style } from './style.js';
import { writeLines } from './text-block.js';

interface Printed {
  /** For the lines above, not yet indented. */
  readonly remarks: readonly Remark[];
  readonly lines: readonly string[];
}

/** The lines of a document's root. */
export function printRoot(root: Node, style: Style): readonly string[] {
  if (isFilled(root)) return printCollection(root, style, 0);
  if (root.kind === 'scalar' && root.value === null && root.source === '') return [];
  if (root.kind === 'scalar') return printScalar('', root, style, '', 2);
  return [root.kind === 'list' ? '[]' : '{}'];
}

function printCollection(collection: CollectionNode, style: Style, column: number): readonly string[] {
  const lines: string[] = [];
  const pad = ' '.repeat(column);
  let previous: Item | undefined;
  for (const item of collection.items) {
    const { remarks, lines: own } = printItem(item, style, column);
    const isParted = previous !== undefined && (style.isParted?.(item.key, previous.key) ?? remarks[0] === '');
    lines.push(...indented([...(isParted ? [''] : []), ...tidy(remarks)], pad), ...own);
    previous = item;
  }
  const { ending } = collection;
  return [...lines, ...indented([...(ending[0] === '' ? [''] : []), ...tidy([...ending, 'end']).slice(0, -1)], pad)];
}

/** An item's own lines, and the remarks before them. */
function printItem(item: Item, style: Style, column: number): Printed {
  const { key, value, above, beside } = item;
  const inner = styleWithin(style, key);
  const label = ' '.repeat(column) + (key === undefined ? '-' : `${writeKey(key)}:`);
  const tail = beside === undefined ? '' : ` ${beside}`;
  if (value.kind === 'scalar') return { remarks: above, lines: printScalar(label, value, inner, tail, column + 2) };
  const inline = writeInline(value, inner, LINE_WIDTH - label.length - 1);
  if (inline !== undefined) return { remarks: above, lines: [`${label} ${inline}${tail}`] };
  const lines = printCollection(value, inner, column + 2);
  if (key !== undefined) return { remarks: above, lines: [`${label}${tail}`, ...lines] };
  // A dash that begins several lines has no room for comments, neither its own nor those of what it begins.
  const first = lines.findIndex((line) => !line.trimStart().startsWith('#'));
  const displaced = lines.slice(0, first).map((line) => line.trimStart());
  const dashed = `${label} ${lines[first]?.trimStart()}`;
  return {
    remarks: [...above, ...(beside === undefined ? [] : [beside]), ...displaced],
    lines: [dashed, ...lines.slice(first + 1)],
  };
}

function printScalar(label: string, value: ScalarNode, style: Style, tail: string, column: number): readonly string[] {
  const start = label === '' ? '' : `${label} `;
  const [first = '', ...rest] = writeLines(value, style, start.length, column);
  return [`${start}${first}${tail}`, ...indented(rest, ' '.repeat(column))];
}

/** Without blank lines at the start, and at most one in a row. */
function tidy(remarks: readonly Remark[]): readonly Remark[] {
  const first = remarks.findIndex((remark) => remark !== '');
  return first < 0 ? [] : remarks.slice(first).filter((remark, index, all) => remark !== '' || all[index - 1] !== '');
}

function indented(lines: readonly string[], pad: string): readonly string[] {
  return lines.map((line) => (line === '' ? '' : pad + line));
}
