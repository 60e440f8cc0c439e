/** One slot for each user of files of contexts: a number that stands for the targeting key, and what is known of the user. */
import { hasher, type EvaluationContext } from '../../provider/engine/index.js';
import { keyKindOf } from '../../provider/sampler/index.js';

/** Stands for a context without a targeting key, which is a user of its own. */
export const NO_USER = 0;

/**
 * Two hashes of 32 bits: the salts' lengths differ modulo 4, so that MurmurHash3 cuts a key into other blocks, and keys
 * that one confuses, the other tells apart. They share nothing with those of rollouts and of the sampler.
 */
const [high, low] = [hasher('guidon-contexts:user:'), hasher('guidon-contexts:user:low:')];

/** The second hash's bits that fit beside 32 in a whole number. */
const LOW_BITS = 21;

/**
 * A whole number below 2^53 that stands for a context's user, and is evenly spread; {@link NO_USER} where there is no
 * targeting key. Among a million users, the odds that any two share one are 1 in 18,000; such two count as one.
 */
export function userNumber({ targetingKey }: EvaluationContext): number {
  if (keyKindOf(targetingKey) === 'missing') return NO_USER;
  const key = targetingKey as string | number;
  const number = (high(key) >>> 0) * 2 ** LOW_BITS + (low(key) >>> (32 - LOW_BITS));
  return number === NO_USER ? 1 : number;
}

/** Slots at first; a power of two, as always. */
const FIRST_SLOTS = 2 ** 12;

/** Users and their slots, in an open-addressing table: at most 16 bytes a user, and what {@link columns} hold. */
export class UserTable {
  #users = new Float64Array(FIRST_SLOTS);
  #columns: readonly Float64Array[];
  #size = 0;

  /** @param width - How many numbers are kept of each user: 0 at first */
  constructor(private readonly width: number) {
    this.#columns = columnsOf(width, FIRST_SLOTS);
  }

  /** How many users there are. */
  get size(): number {
    return this.#size;
  }

  /** A number of each slot, by column; good until the next {@link slotOf}. */
  get columns(): readonly Float64Array[] {
    return this.#columns;
  }

  /** The users, {@link NO_USER} where a slot is free; as {@link columns}. */
  get users(): Float64Array {
    return this.#users;
  }

  /** A user's slot, made where there is none: `isNew` then. */
  slotOf(user: number): { readonly slot: number; readonly isNew: boolean } {
    if ((this.#size + 1) * 4 > this.#users.length * 3) this.#grow();
    const slot = find(this.#users, user);
    const isNew = this.#users[slot] === NO_USER;
    if (isNew) {
      this.#users[slot] = user;
      this.#size++;
    }
    return { slot, isNew };
  }

  #grow(): void {
    const [users, columns] = [this.#users, this.#columns];
    this.#users = new Float64Array(users.length * 2);
    this.#columns = columnsOf(this.width, this.#users.length);
    for (const [slot, user] of users.entries()) {
      if (user === NO_USER) continue;
      const at = find(this.#users, user);
      this.#users[at] = user;
      for (const [index, column] of columns.entries())
        (this.#columns[index] as Float64Array)[at] = column[slot] as number;
    }
  }
}

function columnsOf(width: number, slots: number): readonly Float64Array[] {
  return Array.from({ length: width }, () => new Float64Array(slots));
}

/** Where a user is, or would be; the table is never full. */
function find(users: Float64Array, user: number): number {
  const mask = users.length - 1;
  // The low 32 bits hold bits of both hashes.
  let slot = user & mask;
  while (users[slot] !== user && users[slot] !== NO_USER) slot = (slot + 1) & mask;
  return slot;
}
