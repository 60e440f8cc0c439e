/** Which row of a targeting key counts: two numbers a key, for there may be many millions. */
import { NO_USER, UserTable } from '../../contexts/user-table.js';
import { UsageError } from '../../errors.js';

/** Tells of contexts which of them do not count. */
export interface Repeats {
  /** Contexts in their order, by their keys' numbers. @returns 1 of one that does not count; undefined where all do */
  mark(numbers: Float64Array, weights: Float64Array): Uint8Array | undefined;
}

/**
 * The keys so far: at most 32 bytes each, 256 MiB for as many as files may have (`MAX_CONTEXTS`). The first row of a key
 * counts, as long as no later one has a smaller weight: see {@link hasLighter}.
 */
export class SeenKeys implements Repeats {
  /** Of each key the smallest weight. */
  readonly #keys = new UserTable(1);
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
      if (number === NO_USER || this.#add(number, weights[index] as number)) continue;
      repeats ??= new Uint8Array(numbers.length);
      repeats[index] = 1;
    }
    return this.#hasLighter ? new Uint8Array(numbers.length).fill(1) : repeats;
  }

  /** For the same rows again: of each key the first row with its smallest weight counts. */
  lightest(): Repeats {
    return new LightestRows(this.#keys);
  }

  /** Whether the key is new. */
  #add(number: number, weight: number): boolean {
    const { slot, isNew } = this.#keys.slotOf(number);
    const weights = weightsOf(this.#keys);
    if (isNew) weights[slot] = weight;
    else if (weight < (weights[slot] as number)) {
      weights[slot] = weight;
      this.#hasLighter = true;
    }
    return isNew;
  }
}

function weightsOf(keys: UserTable): Float64Array {
  return keys.columns[0] as Float64Array;
}

/** No row has it: weights are above 0. */
const TAKEN = 0;

class LightestRows implements Repeats {
  constructor(private readonly keys: UserTable) {}

  /** @throws UsageError where a key was not there the first time */
  mark(numbers: Float64Array, weights: Float64Array): Uint8Array {
    return Uint8Array.from(numbers, (number, index) => {
      if (number === NO_USER) return 0;
      const { slot, isNew } = this.keys.slotOf(number);
      if (isNew) throw new UsageError('the files changed while they were read; run it again');
      const lightest = weightsOf(this.keys);
      if (lightest[slot] !== weights[index]) return 1;
      lightest[slot] = TAKEN;
      return 0;
    });
  }
}
