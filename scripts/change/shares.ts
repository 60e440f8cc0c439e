/** What a rollout gives to whom, whichever of its forms it is written in. */
import {
  defaultVariantOf,
  isPlan,
  liveShares,
  rolledOutVariant,
  variantsOf,
  type FlagDocument,
  type PlanDocument,
  type RolloutDocument,
  type StageDocument,
} from '../../provider/engine/index.js';
import { codeSpan, listed, percentWord } from './words.js';

/** A variant and its share, in percent. */
export interface VariantShare {
  readonly variant: string;
  readonly percent: number;
}

/** Percentages have three decimals; sums in binary may have more. */
const THOUSANDTHS = 1_000;

/** A sum of percentages. */
export function sumPercent(percentages: readonly number[]): number {
  return Math.round(percentages.reduce((sum, percent) => sum + percent, 0) * THOUSANDTHS) / THOUSANDTHS;
}

/** The variant that numbers, and plans without `to`, roll out; undefined where there are several, or none. */
export function soleVariantOf(flag: FlagDocument): string | undefined {
  return rolledOutVariant([...variantsOf(flag).keys()], defaultVariantOf(flag));
}

/** The shares above zero, in the order of the variants; of a plan the percentage that its stage has reached. */
export function sharesOf(flag: FlagDocument, rollout: RolloutDocument): readonly VariantShare[] {
  if (isPlan(rollout)) {
    const [variant, percent] = [targetOf(flag, rollout), reachedPercent(rollout)];
    return variant === undefined || percent === 0 ? [] : [{ variant, percent }];
  }
  const variants = { variantNames: [...variantsOf(flag).keys()], defaultVariant: defaultVariantOf(flag) };
  return liveShares(variants, rollout).map(({ variant, weight }) => ({ variant, percent: weight / THOUSANDTHS }));
}

/** The variant that a plan rolls out. */
export function targetOf(flag: FlagDocument, { to }: PlanDocument): string | undefined {
  return to === undefined ? soleVariantOf(flag) : String(to);
}

/** The stages of a plan up to its current one. */
export function reachedStages({ stage, stages }: PlanDocument): readonly StageDocument[] {
  return stages.slice(0, stages.findIndex(({ name }) => name === stage) + 1);
}

/** The last percentage that a plan has reached. */
export function reachedPercent(plan: PlanDocument): number {
  return reachedStages(plan).findLast(({ percent }) => percent !== undefined)?.percent ?? 0;
}

/**
 * Whether somebody who is in gets another variant: the relative shares, in the order of the variants, are others.
 * (Bucketing: which of several variants is hashed apart from who is in.)
 */
export function movesPeople(before: readonly VariantShare[], after: readonly VariantShare[]): boolean {
  if (before.length === 0 || after.length === 0) return false;
  const [was, is] = [before, after].map((shares) => shares.map(({ percent }) => Math.round(percent * THOUSANDTHS))) as [
    number[],
    number[],
  ];
  const [total, newTotal] = [was, is].map((weights) => weights.reduce((sum, weight) => sum + weight, 0)) as [
    number,
    number,
  ];
  return (
    before.length !== after.length ||
    before.some(
      ({ variant }, index) =>
        variant !== after[index]?.variant || (was[index] as number) * newTotal !== (is[index] as number) * total,
    )
  );
}

/** A rollout in few words: "5 %"; "`calm` 25 %, `loud` 25 %"; "staged plan at `canary` (5 %)". */
export function rolloutWords(flag: FlagDocument, rollout: RolloutDocument): string {
  if (isPlan(rollout)) return `staged plan at ${codeSpan(rollout.stage)} (${percentWord(reachedPercent(rollout))})`;
  const shares = sharesOf(flag, rollout);
  const [first] = shares;
  if (first === undefined) return percentWord(0);
  if (shares.length === 1 && first.variant === soleVariantOf(flag)) return percentWord(first.percent);
  return listed(shares.map(({ variant, percent }) => `${codeSpan(variant)} ${percentWord(percent)}`));
}

/** What two rollouts that are no plans differ in, as "before → after"; undefined where they give the same. */
export function shareChange(
  [before, was]: readonly [FlagDocument, RolloutDocument],
  [after, is]: readonly [FlagDocument, RolloutDocument],
): string | undefined {
  const [old, now] = [percentagesOf(sharesOf(before, was)), percentagesOf(sharesOf(after, is))];
  const names = [...new Set([...now.keys(), ...old.keys()])];
  const changed = names.filter((name) => old.get(name) !== now.get(name));
  if (changed.length === 0) return undefined;
  const [words, newWords] = [rolloutWords(before, was), rolloutWords(after, is)];
  const isShort = Math.max(old.size, now.size) <= 2 && words !== newWords;
  if (isShort) return `${words} → ${newWords}`;
  return listed(
    changed.map((name) => `${codeSpan(name)} ${percentWord(old.get(name) ?? 0)} → ${percentWord(now.get(name) ?? 0)}`),
  );
}

function percentagesOf(shares: readonly VariantShare[]): ReadonlyMap<string, number> {
  return new Map(shares.map(({ variant, percent }) => [variant, percent]));
}
