/**
 * The priority of a user: a number from 0 to below 1 that is the same for all flags, processes and windows, and evenly
 * spread over users whatever their targeting keys look like.
 *
 * Two hashes of 32 bits make 52: among the million smallest priorities that a fleet may hold, the odds that any two
 * users share one are about one in ten thousand; such two would count as one.
 */
import { hasher } from '../engine/index.js';

// For ever: with another salt the samples of two versions would no longer be coordinated. The lengths differ modulo 4,
// so that the blocks of the two hashes begin at different characters: keys that one confuses, the other tells apart.
const hashHigh = hasher('guidon:sample:1:');
const hashLow = hasher('guidon:sample:1:lower:');

const HIGH_UNIT = 2 ** -32;
const LOW_BITS = 20;
const LOW_UNIT = 2 ** -52;

/** The first 32 bits of a hashable key's priority, as a fraction; the priority is never below it. */
export function highPriority(key: string | number): number {
  return (hashHigh(key) >>> 0) * HIGH_UNIT;
}

/** The priority of a key whose {@link highPriority} is known. */
export function fullPriority(high: number, key: string | number): number {
  return high + (hashLow(key) >>> (32 - LOW_BITS)) * LOW_UNIT;
}
