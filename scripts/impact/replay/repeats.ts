/** Which targeting keys were there before: one number a key, for there may be many millions. */
import { hasher, type EvaluationContext } from '../../../provider/engine/index.js';
import { keyKindOf } from '../../../provider/sampler/index.js';

/** Stands for a context without a targeting key, which is nobody's repetition. */
export const NO_KEY = 0;

/**
 * Two hashes of 32 bits that have nothing to do with each other: for the salts' lengths differ, MurmurHash3 cuts a key
 * into other blocks.
 */
const [first, second] = [hasher('repeat'), hasher('repeats')];

/** The second hash's bits that fit beside 32 in a whole number. */
const SECOND_BITS = 21;

/**
 * A whole number of 53 bits for a targeting key; {@link NO_KEY} where there is none. Among a million keys, the odds that
 * any two share one are 1 in 18,000, and then one user is left out.
 */
export function keyNumber({ targetingKey }: EvaluationContext): number {
  if (keyKindOf(targetingKey) === 'missing') return NO_KEY;
  const key = targetingKey as string | number;
  const number = (first(key) >>> 0) * 2 ** SECOND_BITS + (second(key) >>> (32 - SECOND_BITS));
  return number === NO_KEY ? 1 : number;
}

/** Slots at first: half a megabyte. */
const FIRST_SLOTS = 2 ** 16;

/**
 * The keys so far, in an open-addressing table: 16 MiB for a million keys, 128 MiB for as many as files may have
 * (`MAX_CONTEXTS`).
 */
export class SeenKeys {
  #slots = new Float64Array(FIRST_SLOTS);
  #size = 0;

  /** Adds keys in their order. @returns 1 where a key was there before; undefined where none was */
  mark(numbers: Float64Array): Uint8Array | undefined {
    let repeats: Uint8Array | undefined;
    for (let index = 0; index < numbers.length; index++) {
      const number = numbers[index] as number;
      if (number === NO_KEY || this.#add(number)) continue;
      repeats ??= new Uint8Array(numbers.length);
      repeats[index] = 1;
    }
    return repeats;
  }

  #add(number: number): boolean {
    if (!insert(this.#slots, number)) return false;
    this.#size++;
    if (this.#size * 4 > this.#slots.length * 3) this.#grow();
    return true;
  }

  #grow(): void {
    const larger = new Float64Array(this.#slots.length * 2);
    for (const number of this.#slots) if (number !== NO_KEY) insert(larger, number);
    this.#slots = larger;
  }
}

/** Whether the number is new. The table, whose length is a power of two, is never full. */
function insert(slots: Float64Array, number: number): boolean {
  const mask = slots.length - 1;
  // The low 32 bits, of both hashes.
  for (let at = number & mask; ; at = (at + 1) & mask) {
    const found = slots[at] as number;
    if (found === number) return false;
    if (found !== NO_KEY) continue;
    slots[at] = number;
    return true;
  }
}
