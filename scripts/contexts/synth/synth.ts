/** A population made up from its description. */
import type { JsonValue } from '../../../provider/engine/index.js';
import { SYNTHETIC_PREFIX } from '../../../provider/sampler/index.js';
import { drawOf, type Draft, type Draw } from './distribution.js';
import { groupsOf, interleaved, type Group } from './groups.js';
import { distributionOf, type AttributesDocument, type PopulationDocument } from './population.js';
import { Random, wordOf } from './random.js';

/** A made-up context as a row: `targetingKey`, `$weight` where it stands for several users, and the attributes. */
export interface SynthRow {
  readonly [attribute: string]: JsonValue;
}

/**
 * Makes the contexts, one after the other. A value depends on nothing but the seed, the attribute's path, its own
 * distribution and the number of its targeting key: a change of one attribute leaves all others as they were.
 * @param document as it was checked
 * @param count how many; at least as many as there are profiles and one
 */
export function* synthesize(document: PopulationDocument, count: number, seed: string): Generator<SynthRow> {
  const groups = groupsOf(document, count).map((group) => new GroupMaker(group, seed, count < document.users));
  let number = 0;
  for (const index of interleaved(groups.map(({ group }) => group))) {
    const group = groups[index];
    if (group !== undefined) yield group.next(++number);
  }
}

interface Attribute {
  readonly path: string;
  readonly word: number;
  readonly draw: Draw;
}

/** Makes the contexts of one group. */
class GroupMaker {
  /** Those without `by` first: the others may ask for them. */
  readonly #attributes: readonly Attribute[];
  /** In the order of the description: the way to each in a row. */
  readonly #ways: readonly (readonly [path: string, parts: readonly string[]])[];
  readonly #random = new Random();
  readonly #seed: number;
  #made = 0;

  constructor(
    readonly group: Group,
    seed: string,
    private readonly isWeighted: boolean,
  ) {
    this.#seed = wordOf(`seed:${seed}`);
    this.#attributes = compiled(group.attributes);
    this.#ways = Object.keys(group.attributes).map((path) => [path, path.split('.')]);
  }

  next(number: number): SynthRow {
    const row: Record<string, JsonValue> = { targetingKey: `${SYNTHETIC_PREFIX}${number}` };
    const { users, contexts } = this.group;
    if (this.isWeighted)
      row['$weight'] = boundary(this.#made + 1, users, contexts) - boundary(this.#made, users, contexts);
    this.#made++;
    const values = new Map<string, JsonValue | undefined>();
    const draft: Draft = { number, valueOf: (path) => values.get(path) };
    for (const { path, word, draw } of this.#attributes) {
      values.set(path, draw(this.#random.seed(this.#seed, word, number), draft));
    }
    for (const [path, parts] of this.#ways) put(row, parts, values.get(path));
    return row;
  }
}

/** Where a context begins in the row of all users; exact, since users times contexts stay below 2^53 in each step. */
function boundary(index: number, users: number, contexts: number): number {
  const each = Math.floor(users / contexts);
  return each * index + Math.floor(((users - each * contexts) * index) / contexts);
}

function compiled(attributes: AttributesDocument): readonly Attribute[] {
  const all = Object.entries(attributes).map(([path, attribute]) => ({
    path,
    word: wordOf(`path:${path}`),
    draw: drawOf(attribute),
    isDependent: distributionOf(attribute).by !== undefined,
  }));
  return [...all.filter(({ isDependent }) => !isDependent), ...all.filter(({ isDependent }) => isDependent)];
}

function put(row: Record<string, JsonValue>, parts: readonly string[], value: JsonValue | undefined): void {
  if (value === undefined) return;
  let target = row;
  for (const part of parts.slice(0, -1)) {
    if (!Object.hasOwn(target, part)) target[part] = {};
    target = target[part] as Record<string, JsonValue>;
  }
  target[parts.at(-1) ?? ''] = value;
}
