/** Where a document's nodes stand in its text. */
import { isCollection, isMap, isSeq, type Pair, type ParsedNode } from 'yaml';
import { RefusalList } from './refusal.js';
import type { Pointer } from '../problem.js';
import { keyText } from './value.js';
import { readYaml } from './stream.js';

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** Offsets in UTF-16 units; the end is exclusive. */
export interface Location {
  readonly start: number;
  readonly end: number;
  /** Whether only the first line is meant: a whole block of keys or items points at nothing. */
  readonly isBlock: boolean;
}

/** A text, parsed again so that pointers can be looked up in it. */
export class NodeIndex {
  readonly #root: ParsedNode | undefined;

  /** @param text any text; where it is not YAML, everything is at its start */
  constructor(text: string) {
    this.#root = readYaml(text, new RefusalList()).root;
  }

  /** Where the node is, or the nearest of those around it that exists. A block of a key's is at the key. */
  locate(pointer: Pointer, at: 'key' | 'value'): Location {
    let node = this.#root;
    let key: ParsedNode | undefined;
    for (const part of pointer) {
      const next = childOf(node, part);
      if (next === undefined) break;
      ({ node, key } = next);
    }
    if (node === undefined) return { start: 0, end: 0, isBlock: false };
    if (key !== undefined && (at === 'key' || isBlock(node))) return rangeOf(key);
    return rangeOf(node);
  }
}

interface Child {
  readonly node: ParsedNode;
  readonly key: ParsedNode | undefined;
}

function childOf(parent: ParsedNode | undefined, part: string | number): Child | undefined {
  if (isSeq(parent)) {
    const node = typeof part === 'number' ? parent.items[part] : undefined;
    return node && { node, key: undefined };
  }
  if (!isMap(parent)) return undefined;
  const pair = (parent.items as ParsedPair[]).find(({ key }) => keyText(key) === String(part));
  return pair && { node: pair.value ?? pair.key, key: pair.key };
}

function isBlock(node: ParsedNode): boolean {
  return isCollection(node) && node.flow !== true;
}

function rangeOf(node: ParsedNode): Location {
  return { start: node.range[0], end: node.range[1], isBlock: isBlock(node) };
}
