/** Which row of a targeting key counts: two numbers a key, for there may be many millions. */
import { hasher, type EvaluationContext } from '../../../provider/engine/index.js';
import { keyKindOf } from '../../../provider/sampler/index.js';
import { UsageError } from '../../errors.js';

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

/** Tells of contexts which of them do not count. */
export interface Repeats {
  /** Contexts in their order, by their keys' numbers. @returns 1 of one that does not count; undefined where all do */
  mark(numbers: Float64Array, weights: Float64Array): Uint8Array | undefined;
}

/** Slots at first: a megabyte. */
const FIRST_SLOTS = 2 ** 16;

/**
 * The keys so far, in an open-addressing table: 32 MiB for a million keys, 256 MiB for as many as files may have
 * (`MAX_CONTEXTS`). The first row of a key counts, as long as no later one has a smaller weight: see {@link hasLighter}.
 */
export class SeenKeys implements Repeats {
  #slots = new Float64Array(FIRST_SLOTS);
  /** The smallest of each key. */
  #weights = new Float64Array(FIRST_SLOTS);
  #size = 0;
  #hasLighter = false;

  /**
   * Whether a later row of a key has a smaller weight. In samples that one hash of the users coordinates, that row is
   * the right one (`provider/sampler/sample.ts`): what was marked is of no use, and {@link lightest} is to mark all anew.
   */
  get hasLighter(): boolean {
    return this.#hasLighter;
  }

  mark(numbers: Float64Array, weights: Float64Array): Uint8Array | undefined {
    let repeats: Uint8Array | undefined;
    for (let index = 0; index < numbers.length; index++) {
      const number = numbers[index] as number;
      if (number === NO_KEY || this.#add(number, weights[index] as number)) continue;
      repeats ??= new Uint8Array(numbers.length);
      repeats[index] = 1;
    }
    return this.#hasLighter ? new Uint8Array(numbers.length).fill(1) : repeats;
  }

  /** For the same rows again: of each key the first row with its smallest weight counts. */
  lightest(): Repeats {
    return new LightestRows(this.#slots, this.#weights);
  }

  /** Whether the key is new. */
  #add(number: number, weight: number): boolean {
    const at = slotOf(this.#slots, number);
    if (this.#slots[at] === number) {
      if (weight < (this.#weights[at] as number)) {
        this.#weights[at] = weight;
        this.#hasLighter = true;
      }
      return false;
    }
    this.#slots[at] = number;
    this.#weights[at] = weight;
    if (++this.#size * 4 > this.#slots.length * 3) this.#grow();
    return true;
  }

  #grow(): void {
    const [slots, weights] = [this.#slots, this.#weights];
    this.#slots = new Float64Array(slots.length * 2);
    this.#weights = new Float64Array(slots.length * 2);
    for (const [index, number] of slots.entries()) {
      if (number === NO_KEY) continue;
      const at = slotOf(this.#slots, number);
      this.#slots[at] = number;
      this.#weights[at] = weights[index] as number;
    }
  }
}

/** No row has it: weights are above 0. */
const TAKEN = 0;

class LightestRows implements Repeats {
  constructor(
    private readonly slots: Float64Array,
    private readonly weights: Float64Array,
  ) {}

  /** @throws UsageError where a key was not there the first time */
  mark(numbers: Float64Array, weights: Float64Array): Uint8Array {
    return Uint8Array.from(numbers, (number, index) => {
      if (number === NO_KEY) return 0;
      const at = slotOf(this.slots, number);
      if (this.slots[at] !== number) throw new UsageError('the files changed while they were read; run it again');
      if (this.weights[at] !== weights[index]) return 1;
      this.weights[at] = TAKEN;
      return 0;
    });
  }
}

/** Where a number is, or would be. The table, whose length is a power of two, is never full. */
function slotOf(slots: Float64Array, number: number): number {
  const mask = slots.length - 1;
  // The low 32 bits, of both hashes.
  for (let at = number & mask; ; at = (at + 1) & mask) {
    const found = slots[at];
    if (found === number || found === NO_KEY) return at;
  }
}
