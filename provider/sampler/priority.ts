/**
 * The priority of a user: a number from 0 to below 1 that is the same for all flags, processes and windows, and evenly
 * spread over users whatever their targeting keys look like.
 *
 * Two hashes of 32 bits make 52: among the million smallest priorities that a fleet may hold, the odds that any two
 * users share one are about one in ten thousand; such two would count as one.
 *
 * Where there is a secret, priorities are of that secret: nobody else can choose a targeting key with a small one, by
 * which a few hundred would push all other users out and stand for millions, or tell which keys may have been sampled.
 */
import { createHmac } from 'node:crypto';
import { hasher } from '../engine/index.js';

const HIGH_UNIT = 2 ** -32;
const LOW_BITS = 20;
const LOW_UNIT = 2 ** -52;

/** In characters: more than the 32 bits that a hash has room for; a multiple of 4, see below. */
const SALT_LENGTH = 20;

/** Priorities of one secret, or of none. */
export interface Priorities {
  /** The first 32 bits of a hashable key's priority, as a fraction; the priority is never below it. */
  readonly high: (key: string | number) => number;
  /** The priority of a key whose {@link high} is known. */
  readonly full: (high: number, key: string | number) => number;
}

/** @param secret of the keyed hashes, where there is one */
export function prioritiesOf(secret: string | undefined): Priorities {
  const salt = secret === undefined ? '' : saltOf(secret);
  // For ever: with another salt the samples of two versions would no longer be coordinated. The lengths differ modulo 4,
  // so that the blocks of the two hashes begin at different characters: keys that one confuses, the other tells apart.
  const hashHigh = hasher(`guidon:sample:1:${salt}`);
  const hashLow = hasher(`guidon:sample:1:lower:${salt}`);
  return {
    high: (key) => (hashHigh(key) >>> 0) * HIGH_UNIT,
    full: (high, key) => high + (hashLow(key) >>> (32 - LOW_BITS)) * LOW_UNIT,
  };
}

/** Says nothing of the secret, and is no keyed hash of any value. */
function saltOf(secret: string): string {
  return createHmac('sha256', secret).update('guidon:sample:priorities\0').digest('base64url').slice(0, SALT_LENGTH);
}
