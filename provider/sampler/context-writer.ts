/** Writes contexts down in the form in which they are held, and anew when there is more or less to be kept of them. */
import { attributeTree, type AttributeTree } from './attribute-tree.js';
import { keyedHash } from './keyed-hash.js';
import { fillIn, readAttributes } from './read-attributes.js';
import { rowOf, rowText } from './row-text.js';

/** A context, written. */
export interface WrittenContext {
  readonly text: string;
  /** Whether there was a value for every attribute that is kept. */
  readonly isComplete: boolean;
  /** Attributes that were there and are not in the text. */
  readonly dropped: number;
}

const NOTHING_FOLLOWED: AttributeTree = attributeTree([], new Set());

/** One for a sampler. */
export class ContextWriter {
  readonly #secret: string | undefined;
  readonly #maxBytes: number;
  #tree = NOTHING_FOLLOWED;

  /** @param secret of the keyed hashes; undefined: targeting keys are kept as they are */
  constructor(secret: string | undefined, maxBytes: number) {
    this.#secret = secret;
    this.#maxBytes = maxBytes;
  }

  /** Which attributes are kept from now on. */
  set tree(tree: AttributeTree) {
    this.#tree = tree;
  }

  /** The context of a user that is not held. */
  write(targetingKey: string | number, context: object): WrittenContext {
    const { attributes, isComplete, dropped } = this.#read(context);
    const key = this.#secret === undefined ? targetingKey : keyedHash(this.#secret, targetingKey);
    const row = rowText(key, attributes, this.#maxBytes);
    return { text: row.text, isComplete, dropped: dropped + row.dropped };
  }

  /** What was written, and what only another context of the same user has. */
  extend(text: string, context: object): WrittenContext {
    const { targetingKey, ...attributes } = rowOf(text);
    const { attributes: others, dropped } = this.#read(context);
    fillIn(attributes, others);
    return this.#again(targetingKey, attributes, dropped);
  }

  /** What a context of the same user says now, and of what was written only what is still kept. */
  renew(text: string, context: object): WrittenContext {
    const { targetingKey, ...old } = rowOf(text);
    const { attributes, dropped } = this.#read(context);
    fillIn(attributes, readAttributes(old, this.#tree.root, asItIs).attributes);
    return this.#again(targetingKey, attributes, dropped);
  }

  /** Of what was written only what is still kept. */
  prune(text: string): WrittenContext {
    const { targetingKey, ...old } = rowOf(text);
    return this.#again(targetingKey, old, 0);
  }

  #read(context: object): ReturnType<typeof readAttributes> {
    return readAttributes(context, this.#tree.root, (value) => keyedHash(this.#secret ?? '', value));
  }

  /** What is read of what was read is complete where nothing is missing. */
  #again(targetingKey: string | number, kept: object, droppedBefore: number): WrittenContext {
    const { attributes, isComplete } = readAttributes(kept, this.#tree.root, asItIs);
    const { text, dropped } = rowText(targetingKey, attributes, this.#maxBytes);
    return { text, isComplete, dropped: droppedBefore + dropped };
  }
}

/** What is written is hashed already. */
function asItIs(value: string | number): string {
  return String(value);
}
