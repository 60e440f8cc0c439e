/** Puts keys in order, and comments where they can stand in the formatted text. */
import { isFilled, type CollectionNode, type Item, type Node, type Remark } from './node.js';
import { styleWithin, type Style } from './style.js';

/** The same values in the order of the style. */
export function arrange(node: Node, style: Style): Node {
  return node.kind === 'scalar' ? node : arrangeCollection(node, style);
}

function arrangeCollection(collection: CollectionNode, style: Style): CollectionNode {
  const items = collection.items.map((item) =>
    hoist({ ...item, value: arrange(item.value, styleWithin(style, item.key)) }),
  );
  return { ...collection, items: style.order === undefined ? items : sorted(items, style.order) };
}

function sorted(items: readonly Item[], order: readonly string[]): readonly Item[] {
  const rank = ({ key }: Item): number => {
    const index = order.indexOf(key ?? '');
    return index < 0 ? order.length : index;
  };
  return [...items].sort((a, b) => rank(a) - rank(b));
}

/**
 * No line is free before the first key behind a dash, nor within empty brackets: comments there move before the item.
 */
function hoist(item: Item): Item {
  const { value } = item;
  if (value.kind === 'scalar') return item;
  if (!isFilled(value))
    return { ...item, above: [...item.above, ...withoutBlanks(value.ending)], value: { ...value, ending: [] } };
  const [first, ...others] = value.items;
  if (item.key !== undefined) return item;
  const above = [...item.above, ...withoutBlanks(first.above)];
  return { ...item, above, value: { ...value, items: [{ ...first, above: [] }, ...others] } };
}

function withoutBlanks(remarks: readonly Remark[]): readonly Remark[] {
  return remarks.filter((remark) => remark !== '');
}
