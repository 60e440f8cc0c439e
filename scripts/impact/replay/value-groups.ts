/** Users by the value of an attribute. */
import { canonical } from '../../../provider/engine/index.js';
import { addContext, SLOT } from './sums.js';

/** Distinct values of an attribute that are told apart, those that come first: more than there are countries. */
export const MAX_VALUES = 500;

/** Longest value that is told apart, in UTF-16 units of its JSON; nobody reads more of a table's cell. */
const MAX_VALUE_LENGTH = 200;

/** Counts by value. Can be sent to another thread. */
export interface ValueGroups {
  /** From a value as JSON, undefined where there is none, to its slot. */
  readonly slots: Map<string | undefined, number>;
  /** A slot a value. */
  readonly members: number[];
  /** A slot a value and environment. */
  readonly changed: number[];
  /** Contexts whose value is not told apart. */
  others: number;
}

/** Counts of nothing. */
export function newValueGroups(): ValueGroups {
  return { slots: new Map(), members: [], changed: [], others: 0 };
}

/** Finds the slots of values; remembers scalars, of which most contexts have the same few. */
export class ValueSlots {
  readonly #scalars = new Map<unknown, number>();

  constructor(
    private readonly groups: ValueGroups,
    private readonly environments: number,
  ) {}

  /** The slot of a value; -1 where it is not told apart. */
  of(value: unknown): number {
    const isScalar = typeof value !== 'object' || value === null;
    const known = isScalar ? this.#scalars.get(value) : undefined;
    if (known !== undefined) return known;
    const text = value === undefined ? undefined : canonical(value);
    const slot =
      text !== undefined && text.length > MAX_VALUE_LENGTH ? -1 : slotOf(this.groups, text, this.environments);
    if (isScalar && slot >= 0) this.#scalars.set(value, slot);
    return slot;
  }

  /** Counts a context by its value. */
  count(slot: number, weight: number): void {
    if (slot < 0) this.groups.others++;
    else addContext(this.groups.members, slot, weight);
  }
}

/** Adds counts to others, in the order of their values. */
export function addValueGroups(total: ValueGroups, part: ValueGroups, environments: number): void {
  total.others += part.others;
  for (const [text, from] of part.slots) {
    const members = part.members.slice(from * SLOT, (from + 1) * SLOT);
    const to = slotOf(total, text, environments);
    if (to < 0) {
      total.others += members[0] as number;
      continue;
    }
    addAt(total.members, to * SLOT, members);
    const width = environments * SLOT;
    addAt(total.changed, to * width, part.changed.slice(from * width, (from + 1) * width));
  }
}

function addAt(sums: number[], start: number, more: readonly number[]): void {
  for (const [index, number] of more.entries()) (sums[start + index] as number) += number;
}

function slotOf(groups: ValueGroups, text: string | undefined, environments: number): number {
  const known = groups.slots.get(text);
  if (known !== undefined) return known;
  if (groups.slots.size >= MAX_VALUES) return -1;
  const slot = groups.slots.size;
  groups.slots.set(text, slot);
  for (let more = 0; more < SLOT; more++) groups.members.push(0);
  for (let more = 0; more < SLOT * environments; more++) groups.changed.push(0);
  return slot;
}
