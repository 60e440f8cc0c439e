/** Reads of a context what may be kept of it, and nothing else; whatever the context is, within a bounded time. */
import { types } from 'node:util';
import type { AttributeNode } from './attribute-tree.js';

/** A value as it is kept: of JSON, without null. */
export type KeptValue = string | number | boolean | KeptObject | readonly (string | number | boolean)[];

/** Attributes as they are kept; without a prototype, so that any name is one. */
export interface KeptObject {
  [name: string]: KeptValue;
}

/** What was read of a context. */
export interface Reading {
  readonly attributes: KeptObject;
  /** Whether every attribute that is followed was there. */
  readonly isComplete: boolean;
  /** How many were there and are not kept: unreadable, of no kind that a rule can read, or too large. */
  readonly dropped: number;
}

/** In UTF-16 units; no rule compares with anything as long, and one such value would fill a row. */
const MAX_TEXT_LENGTH = 1_024;

/** A longer list is dropped. */
const MAX_ELEMENTS = 256;

/** How many UTF-16 units of values one reading may come to: several times what is kept, so that the largest can go. */
const MAX_READ_LENGTH = 16_384;

/** What any value counts for, besides its text. */
const VALUE_LENGTH = 16;

/**
 * Reads the attributes of a tree. Own data properties only: a getter is the application's code, which a sample has no
 * business to run. Of an object only what the tree has below it, `{}` where that is nothing; of a list its strings,
 * numbers and booleans, since that is all that `contains` sees; a Date as its ISO text; no null, which is the same as
 * nothing to every operator. Never throws.
 */
export function readAttributes(
  context: object,
  root: AttributeNode,
  hash: (value: string | number) => string,
): Reading {
  return new AttributeReading(hash).read(context, root);
}

class AttributeReading {
  #left = MAX_READ_LENGTH;
  #dropped = 0;
  #isComplete = true;

  constructor(private readonly hash: (value: string | number) => string) {}

  read(context: object, root: AttributeNode): Reading {
    const attributes = this.#object(context, root);
    return { attributes, isComplete: this.#isComplete, dropped: this.#dropped };
  }

  #object(source: object, { children }: AttributeNode): KeptObject {
    const kept = Object.create(null) as KeptObject;
    for (const [name, node] of children) {
      const value = this.#attribute(source, name, node);
      if (value === undefined) this.#isComplete = false;
      else kept[name] = value;
    }
    return kept;
  }

  #attribute(source: object, name: string, node: AttributeNode): KeptValue | undefined {
    try {
      const present = Object.getOwnPropertyDescriptor(source, name);
      if (present === undefined) return undefined;
      return present.get === undefined && present.set === undefined ? this.#value(present.value, node) : this.#drop();
    } catch {
      // A proxy, or a list with a trap in it: whatever it does, the application's evaluation goes on.
      return this.#drop();
    }
  }

  #value(value: unknown, node: AttributeNode): KeptValue | undefined {
    const isObject = typeof value === 'object' && value !== null;
    if (isObject && !types.isDate(value) && !Array.isArray(value)) {
      if (!this.#spend(0)) return this.#drop();
      const kept = this.#object(value, node);
      return node.isRead || Object.keys(kept).length > 0 ? kept : undefined;
    }
    if (value === undefined || value === null || !node.isRead) return undefined;
    if (Array.isArray(value)) return this.#list(value, node) ?? this.#drop();
    return this.#scalar(isObject ? Date.prototype.toISOString.call(value) : value, node) ?? this.#drop();
  }

  #drop(): undefined {
    this.#dropped++;
    return undefined;
  }

  #list(list: readonly unknown[], node: AttributeNode): readonly (string | number | boolean)[] | undefined {
    const { length } = list;
    if (!(length <= MAX_ELEMENTS)) return undefined;
    const kept: (string | number | boolean)[] = [];
    for (let index = 0; index < length; index++) {
      const element: unknown = Object.getOwnPropertyDescriptor(list, index)?.value;
      if (!isScalar(element)) continue;
      const scalar = this.#scalar(element, node);
      if (scalar === undefined) return undefined;
      kept.push(scalar);
    }
    return kept;
  }

  #scalar(value: unknown, { isHashed }: AttributeNode): string | number | boolean | undefined {
    if (!isScalar(value)) return undefined;
    if (typeof value === 'string' && value.length > MAX_TEXT_LENGTH) return undefined;
    if (!this.#spend(typeof value === 'string' ? value.length : 0)) return undefined;
    return isHashed ? this.hash(String(value)) : value;
  }

  #spend(length: number): boolean {
    this.#left -= length + VALUE_LENGTH;
    return this.#left >= 0;
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** Adds to `attributes` what only `others` has. */
export function fillIn(attributes: KeptObject, others: KeptObject): void {
  for (const [name, other] of Object.entries(others)) {
    const own = attributes[name];
    if (own === undefined) attributes[name] = other;
    else if (isObject(own) && isObject(other)) fillIn(own, other);
  }
}

function isObject(value: KeptValue): value is KeptObject {
  return typeof value === 'object' && !Array.isArray(value);
}
