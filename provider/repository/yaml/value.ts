/** A YAML node tree to plain values. */
import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { JsonValue } from '../../engine/index.js';
import { quoteSource, type Refusal, type Refuse } from './refusal.js';
import { ambiguityOf } from './scalars.js';
import { MAX_NESTING, nestingRefusal } from './stream.js';

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** Matches half a surrogate pair only: with the u flag, a whole one is another character. */
const loneSurrogate = /\p{Cs}/u;

/** Turns nodes into plain objects, lists and scalars; what the format does not allow goes to `refuse`. */
export class ValueReader {
  /** @param dateFields the keys whose values may be plain dates */
  constructor(
    private readonly dateFields: ReadonlySet<string>,
    private readonly refuse: Refuse,
  ) {}

  /** The value of a node; meaningless once anything was refused. */
  read(node: ParsedNode, field?: string, depth = 1): JsonValue {
    if (isScalar(node)) return this.#scalar(node, field);
    if (depth > MAX_NESTING) return this.#refuseNesting(node);
    if (isMap(node)) return this.#mapping(node, depth);
    if (isSeq(node)) return node.items.map((item) => this.read(item, undefined, depth + 1));
    return null; // An alias, refused already where its token was read.
  }

  #mapping(node: YAMLMap.Parsed, depth: number): JsonValue {
    const mapping: Record<string, JsonValue> = {};
    for (const { key: keyNode, value } of node.items as ParsedPair[]) {
      const key = this.#key(keyNode);
      if (key === undefined) continue;
      if (Object.hasOwn(mapping, key)) this.refuse(duplicateKey(keyNode, key));
      if (value === null && isPlain(keyNode) && key.includes(':')) this.refuse(at(keyNode, 'yaml-syntax', noSpace));
      mapping[key] = value === null ? null : this.read(value, key, depth + 1);
    }
    return mapping;
  }

  #key(node: ParsedNode): string | undefined {
    if (isAlias(node)) return undefined; // Refused already where its token was read.
    const key = keyText(node);
    if (key === undefined) return this.#refuseKey(at(node, 'yaml-key', notAScalarKey));
    if (isPlain(node)) {
      if (key === '<<') return this.#refuseKey(at(node, 'yaml-merge-key', mergeKey));
      this.#isAmbiguous(node, undefined);
    }
    // Assigning to it would change the prototype of the mapping.
    if (key === '__proto__') return this.#refuseKey(at(node, 'forbidden-key', protoKey));
    this.#checkText(node, key);
    return key;
  }

  /** The parser counts brackets; the pairs that a list may hold without braces are mappings too. */
  #refuseNesting(node: ParsedNode): null {
    this.refuse(nestingRefusal(node.range[0]));
    return null;
  }

  #refuseKey(refusal: Refusal): undefined {
    this.refuse(refusal);
  }

  #scalar(node: Scalar.Parsed, field: string | undefined): JsonValue {
    if (isPlain(node) && this.#isAmbiguous(node, field)) return null;
    const { value } = node;
    if (typeof value === 'string') return this.#checkText(node, value);
    if (typeof value === 'number') return this.#checkNumber(node, value);
    if (typeof value === 'boolean' || value === null) return value;
    throw new TypeError(`the core schema has no ${typeof value}`);
  }

  #isAmbiguous(node: Scalar.Parsed, field: string | undefined): boolean {
    const { source } = node;
    if (field === 'stage' && source === 'off') return false;
    const ambiguity = ambiguityOf(source, field !== undefined && this.dateFields.has(field));
    if (ambiguity !== undefined)
      this.refuse(at(node, 'ambiguous-scalar', { found: quoteSource(source), ...ambiguity }));
    return ambiguity !== undefined;
  }

  /** Only an escape can make such a string: no UTF-8 text holds one. */
  #checkText(node: ParsedNode, text: string): string {
    if (isScalar(node) && node.type === 'QUOTE_DOUBLE' && loneSurrogate.test(text)) {
      this.refuse(at(node, 'encoding-invalid', halfCharacter));
    }
    return text;
  }

  #checkNumber(node: Scalar.Parsed, value: number): number {
    const isSafe = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!isSafe) this.refuse(at(node, 'number-unsafe', { found: quoteSource(node.source), ...unsafeNumber }));
    return value;
  }
}

/** A key as its mapping has it: a plain scalar by its source text, a quoted one by what it says; undefined for any other node. */
export function keyText(node: ParsedNode): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return node.source;
}

function isPlain(node: ParsedNode): node is Scalar.Parsed {
  return isScalar(node) && node.type === 'PLAIN';
}

type Explanation = Pick<Refusal, 'message' | 'found' | 'expected' | 'fix'>;

function at(node: ParsedNode, code: Refusal['code'], explanation: Explanation): Refusal {
  return { code, start: node.range[0], end: node.range[1], ...explanation };
}

const duplicateKey = (node: ParsedNode, key: string): Refusal =>
  at(node, 'yaml-duplicate-key', {
    message: 'this mapping has the key twice',
    found: `${quoteSource(key)} again`,
    expected: 'each key once; `true` and "true" are one key',
    fix: 'remove one of the two, or rename it',
  });

const notAScalarKey: Explanation = {
  message: 'a key must be text',
  found: 'an empty key, null, a list or a mapping',
  expected: 'a string, a number, `true` or `false`',
  fix: 'quote the key',
};

/** In `{a:1}` all of `a:1` is a key, of null. */
const noSpace: Explanation = {
  message: 'there is no space after the colon of this key',
  expected: '`key: value`',
  fix: 'put a space after the colon',
};

const mergeKey: Explanation = {
  message: 'merge keys are not allowed: a diff would not show what they bring',
  found: '`<<`',
  expected: 'every key written out',
  fix: 'write the merged keys out, or move what is shared to a segment',
};

const protoKey: Explanation = {
  message: 'this key is not allowed anywhere, for programs take it for something else',
  found: '`__proto__`',
  expected: 'any other key',
  fix: 'rename it',
};

const halfCharacter: Explanation = {
  message: 'an escape here is half of a surrogate pair, which no UTF-8 holds',
  expected: 'whole characters',
  fix: 'write the character itself, or `\\U` and its eight digits',
};

const unsafeNumber: Explanation = {
  message: 'programs cannot hold this number exactly',
  expected: 'a finite number; integers within ±9007199254740991',
  fix: 'write a smaller number, or text in quotes',
};
