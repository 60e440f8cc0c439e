/** From a file's text to nodes with their comments. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node as YamlNode,
  type YAMLSeq,
} from 'yaml';
import { attachComments } from './attach.js';
import { findComments } from './comments.js';
import {
  hasComment,
  isFilled,
  type CollectionNode,
  type Item,
  type Node,
  type Remark,
  type ScalarNode,
} from './node.js';

/** A file that was read. */
export interface SourceDocument {
  /** Comments about the file rather than about its first item: a blank line parts them from it. */
  readonly header: readonly Remark[];
  readonly root: Node;
  /** The comments of a file that holds no collection, and so no item to have them. */
  readonly loose: readonly Remark[];
}

/**
 * Reads a text without a byte order mark.
 * @throws Error for a text that a flag repository refuses: one that is not YAML, or has anchors
 */
export function read(text: string): SourceDocument {
  const root = new Reader(text).node(parseStrictly(text).contents, 0);
  const comments = findComments(text);
  if (!isFilled(root)) {
    return { header: [], root, loose: comments.map((comment) => comment.text) };
  }
  attachComments(text, root, comments);
  const [{ above }] = root.items;
  const blank = above.lastIndexOf('');
  return { header: blank < 0 ? [] : takeHeader(above, blank), root, loose: [] };
}

function takeHeader(above: Remark[], blank: number): readonly Remark[] {
  const header = above.splice(0, blank + 1).slice(0, -1);
  return hasComment(header) ? header : [];
}

/** The text as a YAML 1.2 core document. @throws Error where it is none */
export function parseStrictly(text: string): Document.Parsed {
  const document = parseDocument(text, { version: '1.2', keepSourceTokens: true, prettyErrors: false, strict: true });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`only a file without problems can be formatted: ${error.message}`);
  return document;
}

/** The text without its byte order mark, which counts as a column where it stands. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

class Reader {
  constructor(private readonly text: string) {}

  /** @param position where an absent value would be */
  node(node: YamlNode | null, position: number): Node {
    if (isMap<YamlNode, YamlNode>(node)) {
      const items = node.items.map(({ key, value }) => this.pair(key, value));
      return this.collection('mapping', node, items);
    }
    if (isSeq<YamlNode>(node)) {
      return this.collection(
        'list',
        node,
        node.items.map((value, index) => this.entry(node, value, index)),
      );
    }
    if (isAlias(node)) throw new Error('only a file without problems can be formatted: it has an alias');
    return this.scalar(node, position);
  }

  private pair(key: YamlNode, value: YamlNode | null): Item {
    const [start, end] = rangeOf(key);
    return this.item(keyText(key), value, start, end);
  }

  private entry(list: YAMLSeq<YamlNode>, value: YamlNode, index: number): Item {
    const [start, end] = dashOf(list, index) ?? rangeOf(value);
    return this.item(undefined, value, start, end);
  }

  private item(key: string | undefined, value: YamlNode | null, start: number, labelEnd: number): Item {
    const node = this.node(value, labelEnd);
    return { key, value: node, above: [], beside: undefined, start, labelEnd, end: Math.max(node.end, labelEnd) };
  }

  private collection(kind: CollectionNode['kind'], node: YamlNode & { flow?: boolean }, items: readonly Item[]) {
    const [start, closed] = rangeOf(node);
    const isFlow = node.flow === true;
    const first = items[0]?.start ?? start;
    const column = first - (this.text.lastIndexOf('\n', first - 1) + 1);
    return { kind, items, ending: [], isFlow, column, start, end: isFlow ? closed : (items.at(-1)?.end ?? start) };
  }

  private scalar(node: YamlNode | null, position: number): ScalarNode {
    if (!isScalar(node)) return { kind: 'scalar', value: null, source: '', start: position, end: position };
    const [start, end] = rangeOf(node);
    const source = node.source ?? '';
    // An absent value's range may lie behind comments; a block scalar's ends behind blank lines.
    const isAbsent = node.type === 'PLAIN' && source === '';
    if (isAbsent) return { kind: 'scalar', value: null, source, start: position, end: position };
    const length = this.text.slice(start, end).trimEnd().length;
    return { kind: 'scalar', value: node.value as ScalarNode['value'], source, start, end: start + length };
  }
}

/** A key is a string, whatever it would be as a value: the text of a plain one, the content of a quoted one. */
function keyText(key: YamlNode): string {
  if (!isScalar(key)) throw new Error('only a file without problems can be formatted: it has a collection as a key');
  return key.type === 'PLAIN' ? (key.source ?? '') : String(key.value);
}

function rangeOf(node: YamlNode): readonly [number, number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}

/** Where a block list's dash is. */
function dashOf(list: YAMLSeq<YamlNode>, index: number): readonly [number, number] | undefined {
  if (list.srcToken?.type !== 'block-seq') return undefined;
  const dash = list.srcToken.items[index]?.start.find(({ type }) => type === 'seq-item-ind');
  return dash && [dash.offset, dash.offset + 1];
}
