/**
 * Fewer users, by a hash of the targeting key that shares nothing with those of the sampler and of rollouts: of n users
 * the k with the smallest hashes stay. To whoever does not know the hash that is a simple random sample without
 * replacement, in which each user is with the probability k/n; each then weighs n/k times as much (Horvitz and Thompson,
 * 1952), so that every sum stays unbiased.
 */

/** A user's number of 53 bits as a fraction from 0 to below 1. */
export function unitOf(user: number): number {
  return user / 2 ** 53;
}

/** Which users stay, and by what their weights grow. */
export interface Thinning {
  /** Those below stay. */
  readonly threshold: number;
  /** 1 where all stay. */
  readonly factor: number;
}

/** Where all stay. */
export const NO_THINNING: Thinning = { threshold: 1, factor: 1 };

/** Of users, by their fractions, at most `limit` stay. */
export function thinningOf(units: Iterable<number>, limit: number): Thinning {
  const sorted = Float64Array.from(units).sort();
  const threshold = sorted[limit];
  if (threshold === undefined) return NO_THINNING;
  // Equal ones go together.
  const kept = sorted.indexOf(threshold);
  return { threshold, factor: sorted.length / Math.max(1, kept) };
}
