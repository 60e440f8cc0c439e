/** What a step of a decision serves, and what becomes of it when another step decides instead. */
import { BUCKETS } from './bucket.js';
import type { FlagDocument } from './documents.js';
import type { Labels } from './labels.js';
import type { Share } from './rollout.js';

/** One variant to everybody, or variants by a hash; whom the hash leaves out, or can't hash, gets the default. */
export type Served =
  | { readonly kind: 'certain'; readonly variant: string | null }
  | { readonly kind: 'split'; readonly shares: readonly Share[]; readonly hash: string };

/** What a change does to people: everybody gets the same, or that or the default; or neither is proved. */
export type Direction = 'same' | 'reducing' | 'other';

/** Shares as `compileShares` serves them. */
export function servedShares(flag: FlagDocument, shares: readonly Share[], defaultVariant: string | null): Served {
  const [first, ...others] = shares;
  if (first === undefined) return { kind: 'certain', variant: defaultVariant };
  if (others.length === 0 && first.weight === BUCKETS) return { kind: 'certain', variant: first.variant };
  return { kind: 'split', shares, hash: JSON.stringify([flag.salt ?? flag.key, flag.bucketBy ?? 'targetingKey']) };
}

/** What it does to a context that the one step decided before, and the other decides after. */
export function directionOfServed(before: Served, after: Served, labels: Labels): Direction {
  const fallback = labels.default;
  const old = labelled(before, labels.before, fallback);
  const now = labelled(after, labels.after, fallback);
  if (typeof now === 'string') {
    if (old === now) return 'same';
    return now === fallback ? 'reducing' : 'other';
  }
  // Who can't be hashed is left out of every split, so none gives everybody what something certain does.
  if (typeof old === 'string')
    return now.ends.every(({ label }) => label === fallback || label === old) ? 'reducing' : 'other';
  return old.hash === now.hash ? directionOfSplits(old, now, fallback) : 'other';
}

interface LabelledEnd {
  readonly label: string;
  readonly end: number;
}

/** Labels by an interval of the hash that chooses: up to which weight of the total each is served. */
interface LabelledSplit {
  readonly ends: readonly LabelledEnd[];
  readonly total: number;
  readonly hash: string;
}

function labelled(
  served: Served,
  labelOf: (variant: string | null) => string,
  fallback: string,
): LabelledSplit | string {
  if (served.kind === 'certain') return labelOf(served.variant);
  let total = 0;
  const ends = served.shares.map(({ variant, weight }) => ({ label: labelOf(variant), end: (total += weight) }));
  return ends.every(({ label }) => label === fallback) ? fallback : { ends, total, hash: served.hash };
}

/**
 * One hash decides who is in, another which share: `hash × total >> 32` lies below a share's end exactly where the
 * hash lies below `end / total` of its range. So the shares of both sides cut the same range, in exact fractions.
 */
function directionOfSplits(before: LabelledSplit, after: LabelledSplit, fallback: string): Direction {
  const [inBefore, inAfter] = [Math.min(before.total, BUCKETS), Math.min(after.total, BUCKETS)];
  if (inAfter > inBefore) return 'other';
  let direction: Direction = inAfter === inBefore ? 'same' : 'reducing';
  for (let [old, now] = [0, 0]; old < before.ends.length && now < after.ends.length;) {
    const [one, two] = [before.ends[old] as LabelledEnd, after.ends[now] as LabelledEnd];
    if (one.label !== two.label) {
      if (two.label !== fallback) return 'other';
      direction = 'reducing';
    }
    const order = one.end * after.total - two.end * before.total;
    if (order <= 0) old++;
    if (order >= 0) now++;
  }
  return direction;
}
