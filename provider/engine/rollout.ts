/** Rollouts as closures: a percentage, percentages by variant, or a staged plan. */
import { BUCKETS, WEIGHTS_PER_PERCENT, bucketOf, isHashable } from './bucket.js';
import type { Predicate, SegmentLookup } from './condition.js';
import type { FlagDocument, PlanDocument, RolloutDocument, WeightsDocument } from './documents.js';
import type { Makers } from './makers.js';
import type { Decide, Decider, OutcomeTable } from './outcome.js';
import type { EvaluationContext, Reason } from './types.js';

/** What of a flag its rollouts need. */
export interface RolloutFlag {
  readonly document: FlagDocument;
  /** In the order of the file. */
  readonly variantNames: readonly string[];
  readonly defaultVariant: string | null;
  readonly table: OutcomeTable;
  readonly segment: SegmentLookup;
  readonly makers: Makers;
}

/** The reasons at exactly 100 %, and where nobody is in or the context can't be hashed. */
export interface RolloutReasons {
  readonly everyone: Reason;
  readonly nobody: Reason;
  readonly unhashable: Reason;
}

/** A variant and its share, in thousandths of a percent. */
export interface Share {
  readonly variant: string;
  readonly weight: number;
}

/** Whether a rollout is a staged plan. Weights are numbers, so a variant called `stages` can't be mistaken for one. */
export function isPlan(rollout: RolloutDocument): rollout is PlanDocument {
  return typeof rollout === 'object' && Array.isArray(rollout['stages']);
}

/** The variant that a number or a plan without `to` rolls out: the only one besides the default. */
export function rolledOutVariant(variantNames: readonly string[], defaultVariant: string | null): string | undefined {
  const others = variantNames.filter((name) => name !== defaultVariant);
  return defaultVariant !== null && others.length === 1 ? others[0] : undefined;
}

/** The shares above zero that a number or a map gives, in the order of the variants. */
export function liveShares(
  flag: Pick<RolloutFlag, 'variantNames' | 'defaultVariant'>,
  rollout: number | WeightsDocument,
): readonly Share[] {
  const only = rolledOutVariant(flag.variantNames, flag.defaultVariant);
  const percentages = new Map(typeof rollout === 'number' ? [[only, rollout]] : Object.entries(rollout));
  return flag.variantNames
    .map((variant) => ({ variant, weight: Math.round((percentages.get(variant) ?? 0) * WEIGHTS_PER_PERCENT) }))
    .filter(({ weight }) => weight > 0);
}

/** Compiles a percentage or percentages by variant. */
export function compileShares(
  flag: RolloutFlag,
  shares: readonly Share[],
  reasons: RolloutReasons,
  decider: Decider,
): Decide {
  const { table, defaultVariant } = flag;
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  const [first, ...others] = shares;
  if (first === undefined) return table.always(defaultVariant, reasons.nobody, decider);
  if (others.length === 0 && total === BUCKETS) return table.always(first.variant, reasons.everyone, decider);

  const salt = flag.document.salt ?? flag.document.key;
  const { read, hash } = flag.makers;
  const inside = shares.map(({ variant }) => table.add(variant, 'SPLIT', decider));
  return byBucket(read(flag.document.bucketBy ?? 'targetingKey'), hash(salt), total, {
    inside,
    outside: table.add(defaultVariant, 'SPLIT', decider),
    // A rule that matched has decided even so; a stage that could not tell has not.
    unhashable: table.add(defaultVariant, reasons.unhashable, decider.rule === undefined ? {} : decider),
    choose: others.length === 0 ? undefined : compileChoice(hash(`${salt}:variant:`), shares, total),
  });
}

/** What a bucket leads to: indices of outcomes. */
interface Split {
  readonly inside: readonly number[];
  readonly outside: number;
  readonly unhashable: number;
  /** Which of several `inside`. */
  readonly choose: ((value: string | number) => number) | undefined;
}

// A closure keeps alive whatever the function around it shares with any closure, the whole document too. So those
// that serve are made by functions that know nothing else.

function byBucket(
  read: (context: EvaluationContext) => unknown,
  hash: (value: string | number) => number,
  total: number,
  { inside, outside, unhashable, choose }: Split,
): Decide {
  const only = inside[0] as number;
  return (context) => {
    const value = read(context);
    if (!isHashable(value)) return unhashable;
    if (bucketOf(hash(value), BUCKETS) >= total) return outside;
    return choose === undefined ? only : (inside[choose(value)] as number);
  };
}

/** Which of several variants, by an independent hash: widening all of them together moves nobody. */
function compileChoice(
  hash: (value: string | number) => number,
  shares: readonly Share[],
  total: number,
): (value: string | number) => number {
  let sum = 0;
  const limits = shares.map(({ weight }) => (sum += weight));
  return byWeight(hash, limits, total);
}

function byWeight(
  hash: (value: string | number) => number,
  limits: readonly number[],
  total: number,
): (value: string | number) => number {
  return (value) => {
    const bucket = bucketOf(hash(value), total);
    let index = 0;
    while (bucket >= (limits[index] as number)) index++;
    return index;
  };
}

/** What of a plan its current stage has reached; the rest of it decides nothing yet. */
export interface Reached {
  /** In the order of the plan; a member of any of them is in. */
  readonly segments: readonly { readonly name: string; readonly segment: string }[];
  /** The last percentage, of everybody else. */
  readonly share: { readonly name: string; readonly percent: number } | undefined;
}

/** Reads a plan at its current stage. */
export function reachedStages({ stage, stages }: PlanDocument): Reached {
  const reached = stages.slice(0, stages.findIndex(({ name }) => name === stage) + 1);
  return {
    segments: reached.flatMap(({ name, segment }) => (segment === undefined ? [] : [{ name, segment }])),
    share: reached.flatMap(({ name, percent }) => (percent === undefined ? [] : [{ name, percent }])).at(-1),
  };
}

/** Compiles a staged plan at its `stage`; `isAlone` says that no rule and no prerequisite decides before it. */
export function compilePlan(flag: RolloutFlag, plan: PlanDocument, isAlone: boolean): Decide {
  const { table, defaultVariant } = flag;
  const target = plan.to === undefined ? rolledOutVariant(flag.variantNames, defaultVariant) : String(plan.to);
  const { segments, share } = reachedStages(plan);
  const members = segments.map(({ name, segment }) => ({
    test: flag.segment(segment),
    index: table.add(target as string, 'TARGETING_MATCH', { stage: name }),
  }));
  const rest: Reason = isAlone && members.length === 0 ? 'STATIC' : 'DEFAULT';
  const weight = Math.round((share?.percent ?? 0) * WEIGHTS_PER_PERCENT);
  const others = compileShares(
    flag,
    weight > 0 ? [{ variant: target as string, weight }] : [],
    { everyone: rest, nobody: rest, unhashable: 'DEFAULT' },
    share === undefined ? {} : { stage: share.name },
  );
  return members.length === 0 ? others : firstMember(members, others);
}

function firstMember(members: readonly { readonly test: Predicate; readonly index: number }[], others: Decide): Decide {
  return (context) => {
    for (const { test, index } of members) if (test(context)) return index;
    return others(context);
  };
}
