/** What a replay counted of some contexts: plain arrays that can be sent to another thread and added up. */
import { KIND_COUNTS } from './attribute-kinds.js';
import { addAll, newSums } from './sums.js';
import { addValueGroups, newValueGroups, type ValueGroups } from './value-groups.js';

/** How many of each thing are counted. */
export interface TallyShape {
  /** Pairs of what is served before and after, of all subjects. */
  readonly cells: number;
  readonly environments: number;
  readonly segments: number;
  readonly by: number;
  readonly rules: number;
  readonly attributes: number;
}

/** Counts. Where it says slots, see `sums.ts`. */
export interface Tally {
  /** One slot: every context. */
  readonly all: Float64Array;
  /** How many have a weight of their own. */
  weighted: number;
  /** By kind, see {@link KEY_SLOTS}. */
  readonly keys: Float64Array;
  /** A slot a cell. */
  readonly cells: Float64Array;
  /** A slot an environment: who gets another value of any flag. */
  readonly changed: Float64Array;
  /** A slot a segment. */
  readonly members: Float64Array;
  /** A slot a segment and environment. */
  readonly changedMembers: Float64Array;
  /** By each attribute that users are broken down by. */
  readonly values: readonly ValueGroups[];
  /** By rule: for how many contexts it decided. */
  readonly hits: Float64Array;
  /** By rule: for how many its condition held; right where it decided for none at all. */
  readonly matches: Float64Array;
  /** From rule × {@link TAKERS} + result to how many contexts that the rule holds for got the result; as `matches`. */
  readonly takenBy: Map<number, number>;
  /** By attribute, `KIND_COUNTS` each. */
  readonly kinds: Float64Array;
}

/** Where targeting keys are counted, by their kind. */
export const KEY_SLOTS = { plain: 0, hashed: 1, synthetic: 2, missing: 3 } as const;

/** More results than a flag can have: 200 rules and a rollout of 100 variants each, and three ways to fall outside. */
export const TAKERS = 2 ** 16;

/** Counts of nothing. */
export function newTally(shape: TallyShape): Tally {
  return {
    all: newSums(1),
    weighted: 0,
    keys: new Float64Array(Object.keys(KEY_SLOTS).length),
    cells: newSums(shape.cells),
    changed: newSums(shape.environments),
    members: newSums(shape.segments),
    changedMembers: newSums(shape.segments * shape.environments),
    values: Array.from({ length: shape.by }, newValueGroups),
    hits: new Float64Array(shape.rules),
    matches: new Float64Array(shape.rules),
    takenBy: new Map(),
    kinds: new Float64Array(shape.attributes * KIND_COUNTS),
  };
}

/** The memory of a tally's arrays, to be handed to another thread instead of copied. */
export function buffersOf(tally: Tally): readonly ArrayBuffer[] {
  return arraysOf(tally).map(({ buffer }) => buffer as ArrayBuffer);
}

/** Adds counts of the same shape. Sums of weights depend on the order of the parts, which is the files'. */
export function addTally(total: Tally, part: Tally): void {
  const [arrays, more] = [arraysOf(total), arraysOf(part)];
  for (const [index, array] of arrays.entries()) addAll(array, more[index] as Float64Array);
  total.weighted += part.weighted;
  const environments = total.changed.length / total.all.length;
  for (const [index, groups] of total.values.entries()) {
    addValueGroups(groups, part.values[index] as ValueGroups, environments);
  }
  for (const [taker, count] of part.takenBy) total.takenBy.set(taker, (total.takenBy.get(taker) ?? 0) + count);
}

function arraysOf(tally: Tally): readonly Float64Array[] {
  const { all, keys, cells, changed, members, changedMembers, hits, matches, kinds } = tally;
  return [all, keys, cells, changed, members, changedMembers, hits, matches, kinds];
}
