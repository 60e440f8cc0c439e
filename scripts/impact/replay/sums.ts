/** Counts of weighted contexts: for each slot of an array three numbers, which is all that a share and its error need. */

/** How many contexts, the sum of their weights, and the sum of their weights' squares. */
export interface Sums {
  readonly contexts: number;
  readonly weight: number;
  readonly squares: number;
}

/** Numbers in an array for each slot. */
export const SLOT = 3;

/** An array of so many slots, all of nothing. */
export function newSums(slots: number): Float64Array {
  return new Float64Array(slots * SLOT);
}

/** Counts one context in a slot. */
export function addContext(sums: Float64Array | number[], slot: number, weight: number): void {
  const at = slot * SLOT;
  (sums[at] as number)++;
  (sums[at + 1] as number) += weight;
  (sums[at + 2] as number) += weight * weight;
}

/** Adds an array to another one of the same length, or behind which there is nothing yet. */
export function addAll(sums: Float64Array | number[], more: ArrayLike<number>): void {
  for (let at = 0; at < more.length; at++) sums[at] = (sums[at] ?? 0) + (more[at] as number);
}

/** Reads a slot. */
export function sumsAt(sums: ArrayLike<number>, slot: number): Sums {
  const at = slot * SLOT;
  return { contexts: sums[at] ?? 0, weight: sums[at + 1] ?? 0, squares: sums[at + 2] ?? 0 };
}

/** The sum of some. */
export function addSums(all: readonly Sums[]): Sums {
  let [contexts, weight, squares] = [0, 0, 0];
  for (const one of all) {
    contexts += one.contexts;
    weight += one.weight;
    squares += one.squares;
  }
  return { contexts, weight, squares };
}
