/** Whether two texts mean the same: what has to hold of every text that was formatted. */
import { isMap, isScalar, isSeq, type Node as YamlNode } from 'yaml';
import { findComments } from './comments.js';
import { isModeline } from './format.js';
import { parseStrictly, withoutMark } from './read.js';
import { styles, styleWithin, type DocumentKind, type Style } from './style.js';

/**
 * Whether two texts have equal values and the same comments. Mappings are compared in order where order may have a
 * meaning, as it has among `variants`. A text that is not YAML means nothing, and so never the same.
 */
export function hasSameMeaning(kind: DocumentKind, before: string, after: string): boolean {
  const [one, other] = [withoutMark(before), withoutMark(after)];
  return valuesOf(kind, one) === valuesOf(kind, other) && commentsOf(one) === commentsOf(other);
}

function valuesOf(kind: DocumentKind, text: string): string {
  return JSON.stringify(ordered(parseStrictly(text).contents, styles[kind]));
}

/** A node as JSON that differs wherever the values or their kinds do. */
function ordered(node: YamlNode | null, style: Style): unknown {
  if (isMap<YamlNode, YamlNode>(node)) {
    const pairs = node.items.map(({ key, value }) => {
      const name = isScalar(key) && key.type === 'PLAIN' ? String(key.source) : isScalar(key) ? String(key.value) : key;
      return [name, ordered(value, styleWithin(style, String(name)))] as const;
    });
    return { pairs: style.order === undefined ? pairs : pairs.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) };
  }
  if (isSeq<YamlNode>(node)) return node.items.map((item) => ordered(item, styleWithin(style, undefined)));
  return isScalar(node) ? node.value : null;
}

function commentsOf(text: string): string {
  const comments = findComments(text).map((comment) => comment.text);
  return comments
    .filter((comment) => !isModeline(comment))
    .sort()
    .join('\n');
}
