/** What there is under one attribute path, counted as contexts come by, in bounded memory. */
import type { AttributeKind } from '../../impact/findings/observed.js';
import { hasher } from '../../../provider/engine/index.js';
import { isHashedKey } from '../hashed-key.js';
import { lookOf, type Look } from '../looks.js';

/** Values that are told apart; of more it is said only that there are more. Most attributes that rules read have fewer. */
export const MAX_DISTINCT = 10_000;

/** Values that are told apart in all attributes together: some 100 MB where they are long. */
const MAX_VALUES = 500_000;

/** How many values all counters hold. */
export interface ValueBudget {
  left: number;
}

/** What a description starts with. */
export function newBudget(): ValueBudget {
  return { left: MAX_VALUES };
}

/** In characters: a longer value is told apart by its hash, and shown cut. */
const MAX_KEPT_LENGTH = 100;

/** Where so many of the values differ, each is probably one user's. */
const NEARLY_ALL = 0.8;

/** The kinds that a value can be of, the commonest in JSON first. */
export const valueKinds = [
  'string',
  'number',
  'boolean',
  'date',
  'list',
  'object',
  'null',
] as const satisfies readonly AttributeKind[];

/** One of {@link valueKinds}. */
export type ValueKind = (typeof valueKinds)[number];

/** A value, and who has it. */
export interface CountedValue {
  /** As JSON; cut where it is long. */
  readonly text: string;
  readonly contexts: number;
  readonly weight: number;
}

interface Count {
  contexts: number;
  weight: number;
  /** Only of a value that is told apart by its hash. */
  readonly shown?: string;
}

const longHash = [hasher('guidon-contexts:value:'), hasher('guidon-contexts:value:low:')] as const;

/** Counts the values of one attribute. */
export class AttributeCounter {
  /** How many contexts have it, and how much they weigh. */
  contexts = 0;
  weight = 0;
  /** Contexts by kind. */
  readonly kinds: Record<ValueKind, number> = {
    string: 0,
    number: 0,
    boolean: 0,
    date: 0,
    list: 0,
    object: 0,
    null: 0,
  };
  /** Contexts whose value looks like this. */
  readonly looks = new Map<Look, number>();
  /** Contexts whose value is a keyed hash. */
  hashed = 0;
  /** Of its texts, in characters (UTF-16 units). */
  shortest = Number.POSITIVE_INFINITY;
  longest = 0;
  /** Contexts whose value came when there were too many to tell apart. */
  #untold = 0;
  readonly #values = new Map<string, Count>();

  constructor(private readonly budget: ValueBudget) {}

  /** Adds the value of one context. */
  add(value: unknown, kind: ValueKind, weight: number): void {
    this.contexts++;
    this.weight += weight;
    this.kinds[kind]++;
    if (typeof value === 'string') {
      this.shortest = Math.min(this.shortest, value.length);
      this.longest = Math.max(this.longest, value.length);
      if (isHashedKey(value)) this.hashed++;
    }
    const look = lookOf(value);
    if (look !== undefined) this.looks.set(look, (this.looks.get(look) ?? 0) + 1);
    // Objects have paths of their own.
    if (kind !== 'object') this.#count(JSON.stringify(value), weight);
  }

  /** How many distinct values there are; `isMore` where there are more than that. */
  get distinct(): { readonly count: number; readonly isMore: boolean } {
    return { count: this.#values.size, isMore: this.#untold > 0 };
  }

  /**
   * Whether its values tell contexts apart, so that they may tell who somebody is: nearly all differ (as far as can be
   * told), or one of them looks like an address or a number of somebody's.
   */
  get isIdentifying(): boolean {
    const { string, number, date, list } = this.kinds;
    const tellable = string + number + date + list;
    const differing = this.#values.size + this.#untold;
    return this.looks.size > 0 || (tellable > 0 && differing >= tellable * NEARLY_ALL);
  }

  /** The commonest values, the heaviest first; of more than {@link MAX_DISTINCT} those among the first that came. */
  commonest(limit: number): readonly CountedValue[] {
    return [...this.#values]
      .toSorted(([a, one], [b, other]) => other.weight - one.weight || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([text, { shown = text, contexts, weight }]) => ({ text: shown, contexts, weight }));
  }

  #count(text: string, weight: number): void {
    const isLong = text.length > MAX_KEPT_LENGTH;
    const key = isLong ? `#${longHash[0](text)}:${longHash[1](text)}:${text.length}` : text;
    const known = this.#values.get(key);
    if (known !== undefined) {
      known.contexts++;
      known.weight += weight;
    } else if (this.#values.size < MAX_DISTINCT && this.budget.left > 0) {
      this.budget.left--;
      // A slice of a long text would keep the whole of it.
      const shown = isLong ? { shown: `${Buffer.from(text.slice(0, MAX_KEPT_LENGTH)).toString()}…` } : {};
      this.#values.set(key, { contexts: 1, weight, ...shown });
    } else this.#untold++;
  }
}
