/** Collections on one line. */
import { hasComment, isFilled, type CollectionNode, type Item, type Node } from './node.js';
import { writeKey, writeString } from './scalar.js';
import { styleWithin, type Style } from './style.js';

/**
 * A collection between brackets; undefined where it has more than `width` characters, comments or texts of several
 * lines, or where its style wants lines.
 */
export function writeInline(collection: CollectionNode, style: Style, width: number): string | undefined {
  const { kind, items } = collection;
  if (items.length === 0) return kind === 'list' ? '[]' : '{}';
  if (style.layout === 'block' || hasComment(collection.ending)) return undefined;
  if (
    style.layout !== 'line' &&
    kind === 'list' &&
    items.some(({ value }) => isFilled(value) && value.kind === 'mapping')
  ) {
    return undefined;
  }
  const parts: string[] = [];
  let length = kind === 'list' ? 0 : 2;
  for (const item of items) {
    const part = writeItem(item, style, width - length);
    // Two characters for the brackets, or for the comma and the space before.
    length += 2 + (part?.length ?? 0);
    if (part === undefined || length > width) return undefined;
    parts.push(part);
  }
  return kind === 'list' ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
}

function writeItem(item: Item, style: Style, width: number): string | undefined {
  if (hasComment(item.above) || item.beside !== undefined) return undefined;
  const label = item.key === undefined ? '' : `${writeKey(item.key)}: `;
  const value = writeValue(item.value, styleWithin(style, item.key), width - label.length);
  return value === undefined ? undefined : label + value;
}

function writeValue(node: Node, style: Style, width: number): string | undefined {
  if (node.kind !== 'scalar') return writeInline(node, style, width);
  if (typeof node.value === 'number') return node.source;
  if (typeof node.value !== 'string') return String(node.value);
  return node.value.includes('\n') ? undefined : writeString(node.value, { isFlow: true, isExempt: style.isExempt });
}
