/** Edits of YAML that change the text of the touched value and nothing else: comments, quotes and line ends stay. */
import type { JsonValue } from '../provider/engine/index.js';
import { addBelowKey, addDocument, addToFilled, nestedValue, type Addition } from './format/insert-item.js';
import { isFilled, type CollectionNode, type Item, type Node } from './format/node.js';
import { read, withoutMark } from './format/read.js';
import { removeItem } from './format/remove-item.js';
import { hasInvisible, quote } from './format/scalar.js';
import { endOfLabel, endOfLine, isAbsent, splice } from './format/source.js';
import { valueText } from './format/value-text.js';

/** The way to a value: keys, and indices from 0; empty for the document. */
export type EditPath = readonly (string | number)[];

/**
 * Sets a value. Mappings that are missing on the way are made; a string keeps the quotes of the one that it replaces.
 * @throws RangeError where the path leads through something that is no mapping, or beyond the end of a list; Error for a
 * text that a flag repository refuses as YAML
 */
export function setIn(text: string, path: EditPath, value: JsonValue): string {
  return edit(text, path, (body, reached) =>
    reached.rest.length === 0
      ? replaceValue(body, reached, value)
      : insert(body, reached, { keys: keysOf(reached.rest), value }),
  );
}

/**
 * Removes a value with its key and the comments about it: those in its lines and directly above. The last item leaves
 * its collection empty, `{}` or `[]`. A text that lacks the value stays as it is.
 * @throws RangeError for an empty path; Error for a text that a flag repository refuses as YAML
 */
export function removeIn(text: string, path: EditPath): string {
  if (path.length === 0) throw new RangeError('a document cannot be removed from itself');
  return edit(text, path, (body, { rest, item, parent, owner }) => {
    if (rest.length > 0 || item === undefined || parent === undefined) return body;
    if (parent.items.length > 1) return removeItem(body, parent, item);
    return replaceValue(body, { node: parent, item: owner, parent: undefined }, parent.kind === 'list' ? [] : {});
  });
}

/**
 * Adds a value at the end of a list, in the list's own style. A missing list is made.
 * @throws RangeError where something else than a list is, and as {@link setIn}
 */
export function appendTo(text: string, path: EditPath, value: JsonValue): string {
  return edit(text, path, (body, reached) => {
    const { node, rest } = reached;
    if (rest.length > 0) return insert(body, reached, { keys: keysOf(rest), value: [value] });
    if (node.kind === 'mapping' || (node.kind === 'scalar' && node.value !== null))
      throw new RangeError('this is no list');
    return insert(body, reached, { keys: [], value });
  });
}

/** How far a path leads. */
interface Reached {
  readonly node: Node;
  /** The item whose value `node` is; undefined for the document. */
  readonly item: Item | undefined;
  /** The collection that holds `item`, and the item whose value that is. */
  readonly parent: CollectionNode | undefined;
  readonly owner: Item | undefined;
  /** The steps that lead to nothing. */
  readonly rest: EditPath;
}

function edit(text: string, path: EditPath, change: (body: string, reached: Reached) => string): string {
  const body = withoutMark(text);
  return text.slice(0, text.length - body.length) + change(body, reach(read(body).root, path));
}

function reach(root: Node, path: EditPath): Reached {
  let reached: Reached = { node: root, item: undefined, parent: undefined, owner: undefined, rest: path };
  for (const [index, step] of path.entries()) {
    const { node, item: owner } = reached;
    const item = node.kind === 'scalar' ? undefined : itemAt(node, step);
    if (node.kind === 'scalar' || item === undefined) break;
    reached = { node: item.value, item, parent: node, owner, rest: path.slice(index + 1) };
  }
  return reached;
}

function itemAt({ kind, items }: CollectionNode, step: string | number): Item | undefined {
  if (kind === 'mapping') return items.find(({ key }) => key === String(step));
  return typeof step === 'number' ? items[step] : undefined;
}

function keysOf(steps: EditPath): readonly string[] {
  return steps.map((step) => {
    if (typeof step === 'number') throw new RangeError(`there is no list with an item ${step}`);
    return step;
  });
}

function insert(text: string, { node, item, parent }: Reached, addition: Addition): string {
  const kind = addition.keys.length === 0 ? 'list' : 'mapping';
  const isNull = node.kind === 'scalar' && node.value === null;
  if (!isNull && node.kind !== kind) throw new RangeError(`the path leads through something that is no ${kind}`);
  if (isFilled(node)) return addToFilled(text, node, addition);
  if (item === undefined) return addDocument(text, node.start, node.end, addition);
  if (isAbsent(node) && item.key !== undefined && parent?.isFlow === false) {
    return addBelowKey(text, item, parent.column + 2, addition);
  }
  return replaceValue(text, { node, item, parent }, nestedValue(addition));
}

function replaceValue(
  text: string,
  { node, item, parent }: Pick<Reached, 'node' | 'item' | 'parent'>,
  value: JsonValue,
): string {
  if (node.kind === 'scalar' && node.value === value && !isAbsent(node)) return text;
  const written =
    likeQuoted(text, node, value) ?? valueText(value, { isFlow: parent?.isFlow === true, key: item?.key });
  if (item === undefined || (!isAbsent(node) && !isBelowKey(node, item)))
    return splice(text, node.start, node.end, written);
  // The value moves up behind its key, and before a comment that stands there.
  const label = endOfLabel(text, item);
  const end = isAbsent(node) ? label : endOfLine(text, node.end);
  const colon = label === item.labelEnd && item.key !== undefined ? ':' : '';
  const comment = isAbsent(node) || item.beside === undefined ? '' : ` ${item.beside}`;
  return splice(text, label, end, `${colon} ${written}${comment}`);
}

/** Whether a value is on the lines below its key. */
function isBelowKey(node: Node, { key }: Item): boolean {
  return isFilled(node) && !node.isFlow && key !== undefined;
}

/** A string in the quotes of the string that it replaces; undefined where those can't hold it. */
function likeQuoted(text: string, node: Node, value: JsonValue): string | undefined {
  if (node.kind !== 'scalar' || typeof value !== 'string') return undefined;
  if (text[node.start] === '"') return quote(value);
  return text[node.start] === "'" && !hasInvisible(value) ? `'${value.replaceAll("'", "''")}'` : undefined;
}
