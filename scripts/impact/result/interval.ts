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

/** The same share where the contexts cannot tell who else is in it: up to everybody may be. */
export function unbounded(share: Share, { users }: Universe): Share {
  return { ...share, high: 1, users: share.users && { ...share.users, high: Math.ceil(users ?? share.users.high) } };
}

/** A part of some contexts, as a share of the users that the whole stands for. */
export function shareOf(part: Sums, whole: Sums, { users, isCensus }: Universe): Share {
  const share = whole.weight === 0 ? 0 : Math.min(1, part.weight / whole.weight);
  const { low, high } = isCensus ? { low: share, high: share } : wilson(share, effectiveSizeOfShare(part, whole));
  return {
    contexts: part.contexts,
    share,
    low,
    high,
    users:
      users === undefined
        ? undefined
        : { count: Math.round(share * users), low: Math.floor(low * users), high: Math.ceil(high * users) },
  };
}
