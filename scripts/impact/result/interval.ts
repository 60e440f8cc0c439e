/** How far some contexts tell of all users. */
import type { Share } from '../preview.js';
import type { Sums } from '../replay/sums.js';

/** The 97.5 % quantile of the standard normal distribution: 95 % lie between it and its negative. */
const Z = 1.959963984540054;

/** All users that are meant. */
export interface Universe {
  /** How many there are; undefined where it is not known. */
  readonly users: number | undefined;
  /** Whether every one of them was replayed, so that nothing is left to chance. */
  readonly isCensus: boolean;
  /** Whether `users` is the sum of a sample's weights, which is an estimate as well. */
  readonly isEstimated: boolean;
  /** Whether rollouts took others than they will: the contexts' keys are hashed, and fall into other buckets. */
  readonly isRehashed: boolean;
}

/** A low and a high end, 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Kish's effective sample size, (Σw)² / Σw²: how many equally weighted contexts would tell as much
 * (L. Kish, Survey Sampling, 1965). 0 of none.
 */
export function effectiveSize({ weight, squares }: Sums): number {
  return squares === 0 ? 0 : (weight * weight) / squares;
}

/**
 * How many contexts must tell of a share (of those who change, or of those who do not, whichever are fewer) before what
 * they say of its variance counts for half. With fewer, the heavy ones among them may all be missing by chance; the
 * variance then looks small, and the interval misses the truth up to four times in ten (`interval.test.ts`).
 */
const TRUSTED_CONTEXTS = 10;

/**
 * How many equally weighted contexts would tell a share as well: p(1−p) / Var(p). Var(p) is the variance of a ratio,
 * linearised: Σw²(y−p)² / (Σw)² (W. G. Cochran, Sampling Techniques, 1977, chapter 6). Where it is smaller than if
 * weights had nothing to do with who changes, p(1−p) Σw² / (Σw)², it is drawn towards that, the more the fewer contexts
 * tell. Of a share of none or of all there is no variance, and {@link effectiveSize} stands in.
 */
export function effectiveSizeOfShare(part: Sums, whole: Sums): number {
  const size = effectiveSize(whole);
  if (part.contexts === 0 || part.contexts === whole.contexts) return size;
  const share = part.weight / whole.weight;
  const spread = share * (1 - share);
  const squares = part.squares * (1 - share) ** 2 + (whole.squares - part.squares) * share ** 2;
  const [variance, independent] = [squares / whole.weight ** 2, spread / size];
  if (variance >= independent) return spread / variance;
  const telling = size * Math.min(share, 1 - share);
  const trust = telling / (telling + TRUSTED_CONTEXTS);
  return spread / (trust * variance + (1 - trust) * independent);
}

/** The 95 % interval of a share that was seen among so many (E. B. Wilson, JASA 22, 1927); they need not be whole. */
export function wilson(share: number, size: number): Interval {
  if (size <= 0) return { low: 0, high: 1 };
  const z2 = (Z * Z) / size;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (Z / (1 + z2)) * Math.sqrt((share * (1 - share)) / size + z2 / (4 * size));
  return { low: share === 0 ? 0 : Math.max(0, middle - half), high: share === 1 ? 1 : Math.min(1, middle + half) };
}

/**
 * The 95 % interval of a sum of a sample's weights. Its variance is Σw(w−1), for of Poisson samples and of those by the
 * smallest hashes (`provider/sampler/sample.ts`) no two users' weights are correlated (Horvitz and Thompson, 1952; Cohen
 * and Kaplan, 2007): as certain as a count of (Σw)²/Σw(w−1) events, whose interval is Wilson's of a few among very many.
 */
export function intervalOfSum({ weight, squares }: Sums): Interval {
  if (squares <= weight) return { low: weight, high: weight };
  const events = (weight * weight) / (squares - weight);
  const [middle, half] = [events + (Z * Z) / 2, Z * Math.sqrt(events + (Z * Z) / 4)];
  return { low: ((middle - half) * weight) / events, high: ((middle + half) * weight) / events };
}

/** The same share where the contexts cannot tell who else is in it: up to everybody may be. */
export function unbounded(share: Share, { users }: Universe): Share {
  return { ...share, high: 1, users: share.users && { ...share.users, high: Math.ceil(users ?? share.users.high) } };
}

/** A part of some contexts, as a share of the users that the whole stands for. */
export function shareOf(part: Sums, whole: Sums, universe: Universe): Share {
  const { users, isCensus } = universe;
  const share = whole.weight === 0 ? 0 : Math.min(1, part.weight / whole.weight);
  const interval = isCensus ? { low: share, high: share } : wilson(share, sizeIn(universe, part, whole));
  return {
    contexts: part.contexts,
    share,
    ...interval,
    users: users === undefined ? undefined : usersOf(share, interval, part, { ...universe, users }),
  };
}

/**
 * With hashed keys, who is in a rollout among the contexts is one draw, and who is among the users another: both have
 * their chance, and 1/n becomes 1/n + 1/N.
 */
function sizeIn({ users, isRehashed }: Universe, part: Sums, whole: Sums): number {
  const size = effectiveSizeOfShare(part, whole);
  return isRehashed && users !== undefined && users > 0 ? 1 / (1 / size + 1 / users) : size;
}

/** Where the number of all is an estimate, the share's interval is not all that is uncertain: the wider ends count. */
function usersOf(
  share: number,
  { low, high }: Interval,
  part: Sums,
  { users, isEstimated }: { readonly users: number; readonly isEstimated: boolean },
): NonNullable<Share['users']> {
  const count = share * users;
  const sum = isEstimated ? intervalOfSum(part) : { low: count, high: count };
  return {
    count: Math.round(count),
    low: Math.floor(Math.min(low * users, sum.low)),
    high: Math.ceil(Math.max(high * users, sum.high)),
  };
}
