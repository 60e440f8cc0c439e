/** What files of contexts hold: users, keys, and the attributes with their values. */
import { keyKindOf, type KeyKind } from '../../../provider/sampler/index.js';
import type { ContextKeys, WeightedContext } from '../contexts.js';
import { isPlainObject } from '../reading/nest.js';
import type { RowReader } from '../row-reader.js';
import { NO_USER, userNumber, UserTable } from '../user-table.js';
import { AttributeCounter, newBudget, type ValueKind } from './attribute.js';

/** Attributes that are told apart: as many as a context may have. More, and names are values. */
export const MAX_PATHS = 1_000;

/** Counts of contexts, each user once. */
export class ContextCounts {
  /** Contexts: the first of each targeting key, and each without. */
  contexts = 0;
  /** Rows after the first of their targeting key. */
  repeated = 0;
  weight = 0;
  squaredWeights = 0;
  /** Contexts with a weight of their own. */
  weighted = 0;
  readonly keys: Record<keyof ContextKeys, number> = { plain: 0, hashed: 0, synthetic: 0, missing: 0 } satisfies Record<
    KeyKind,
    number
  >;
  /** By path: objects' names with dots between; a name that has a dot itself in quotes, for no rule can read it. */
  readonly attributes = new Map<string, AttributeCounter>();
  /** Attributes beyond {@link MAX_PATHS}, as often as they occurred. */
  untold = 0;
  readonly #users = new UserTable(0);
  readonly #budget = newBudget();

  /** Adds a context, unless its user was there before. */
  add({ context, weight, isWeighted }: WeightedContext): void {
    const user = userNumber(context);
    if (user !== NO_USER && !this.#users.slotOf(user).isNew) {
      this.repeated++;
      return;
    }
    this.contexts++;
    this.weight += weight;
    this.squaredWeights += weight * weight;
    if (isWeighted) this.weighted++;
    this.keys[keyKindOf(context['targetingKey'])]++;
    this.#addObject(context, '', weight);
  }

  /** Kish's effective sample size: how many equally weighted contexts would tell as much. */
  get effective(): number {
    return this.squaredWeights === 0 ? 0 : this.weight ** 2 / this.squaredWeights;
  }

  #addObject(object: Readonly<Record<string, unknown>>, prefix: string, weight: number): void {
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      const path = prefix + (name.includes('.') || name === '' ? JSON.stringify(name) : name);
      const kind = kindOfValue(value);
      this.#counter(path)?.add(value, kind, weight);
      if (kind === 'object') this.#addObject(value as Readonly<Record<string, unknown>>, `${path}.`, weight);
    }
  }

  #counter(path: string): AttributeCounter | undefined {
    const known = this.attributes.get(path);
    if (known !== undefined) return known;
    if (this.attributes.size >= MAX_PATHS) {
      this.untold++;
      return undefined;
    }
    const counter = new AttributeCounter(this.#budget);
    this.attributes.set(path, counter);
    return counter;
  }
}

/** Counts all contexts of some files. @throws UsageError as {@link RowReader.batches} */
export async function countContexts(reader: RowReader): Promise<ContextCounts> {
  const counts = new ContextCounts();
  for await (const contexts of reader.batches()) for (const context of contexts) counts.add(context);
  return counts;
}

function kindOfValue(value: unknown): ValueKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'date';
  if (isPlainObject(value)) return 'object';
  return typeof value === 'number' || typeof value === 'boolean' ? (typeof value as 'number' | 'boolean') : 'string';
}
