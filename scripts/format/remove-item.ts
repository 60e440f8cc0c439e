/** Removes one of several items from a text. */
import { isModeline } from './format.js';
import type { CollectionNode, Item } from './node.js';
import { endOfItem, splice, startOfLine, startOfNextLine } from './source.js';

/** The text without an item, the comments about it, and the blank line that parted it from its neighbour. */
export function removeItem(text: string, collection: CollectionNode, item: Item): string {
  const index = collection.items.indexOf(item);
  const next = collection.items[index + 1];
  const line = startOfLine(text, item.start);
  const isFirstOfLine = text.slice(line, item.start).trim() === '';
  if (next !== undefined && (collection.isFlow || !isFirstOfLine)) return splice(text, item.start, next.start, '');
  if (collection.isFlow)
    return splice(text, endOfItem(text, collection.items[index - 1] as Item), endOfItem(text, item), '');
  const start = startOfRemarks(text, line, item.start - line);
  const end = startOfNextLine(text, endOfItem(text, item));
  return spliceLines(text, start, end, { isFirst: index === 0, isLast: next === undefined });
}

/** Where the comments directly above begin; those that stand in the item's own column are about it. */
function startOfRemarks(text: string, line: number, column: number): number {
  for (let start = line; start > 0;) {
    const above = startOfLine(text, start - 1);
    const content = text.slice(above, start).trimEnd();
    const isRemark = content.startsWith('#', column) && content.trimStart().startsWith('#') && !isModeline(content);
    if (!isRemark) return start;
    start = above;
  }
  return 0;
}

function spliceLines(
  text: string,
  start: number,
  end: number,
  { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
) {
  const before = startOfBlankLines(text, start);
  const after = endOfBlankLines(text, end);
  if (before < start && (isLast || after > end)) return splice(text, before, end, '');
  return splice(text, start, isFirst ? after : end, '');
}

function startOfBlankLines(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && text.slice(startOfLine(text, start - 1), start).trim() === '')
    start = startOfLine(text, start - 1);
  return start;
}

function endOfBlankLines(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && text.slice(end, startOfNextLine(text, end)).trim() === '')
    end = startOfNextLine(text, end);
  return end;
}
