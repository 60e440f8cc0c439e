/** Edits of YAML that change the text of the touched value and nothing else: comments, quotes and line ends stay. */
import type { JsonValue } from '../provider/engine/index.js';
import { isFilled, type CollectionNode, type Item, type Node } from './format/node.js';
import { read, withoutMark } from './format/read.js';
import { flowText, scalarText } from './edit/value-text.js';
import { endOfItem, endOfLine, lineBreakOf, linesOf, splice } from './edit/lines.js';

/** The way to a value: keys and indices from 0. */
export type EditPath = readonly [string | number, ...(string | number)[]];

/**
 * Sets a value; mappings that are missing on the way are made. A string keeps the quotes of the one that it replaces.
 * @throws RangeError where the path leads through something that is no mapping, or beyond a list; Error for a text that
 * a flag repository refuses as YAML
 */
export function setIn(text: string, path: EditPath, value: JsonValue): string {
  return edit(text, (body, root) => set(body, root, path, value));
}

/**
 * Removes a value with its key and the comments about it: those in its lines and directly above. The last of a
 * collection leaves it empty, `{}` or `[]`. A text that lacks the value stays as it is.
 * @throws as {@link setIn}
 */
export function removeIn(text: string, path: EditPath): string {
  return edit(text, (body, root) => remove(body, root, path));
}

/**
 * Adds a value at the end of a list, in the list's own style; an empty path is the document. A missing list is made.
 * @throws as {@link setIn}, and RangeError where something else than a list is there
 */
export function appendTo(text: string, path: readonly (string | number)[], value: JsonValue): string {
  return edit(text, (body, root) => append(body, root, path, value));
}

function edit(text: string, change: (body: string, root: Node) => string): string {
  const body = withoutMark(text);
  return text.slice(0, text.length - body.length) + change(body, read(body).root);
}

function set(text: string, root: Node, path: EditPath, value: JsonValue): string {
  const { parent, step, item } = lookUp(root, path);
  if (item !== undefined) return replace(text, item, value);
  const [key, ...deeper] = path.slice(path.indexOf(step, path.length - 1 - missing(root, path)));
  return insert(text, parent, String(key), deeper, value);
}
