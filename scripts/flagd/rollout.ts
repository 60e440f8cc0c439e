/** Rollouts in JsonLogic: flagd's `fractional` over an explicit `cat`, one for each of the two levels. */
import {
  BUCKETS,
  isPlan,
  liveShares,
  rolledOutVariant,
  variantsOf,
  type Plan,
  type PlanDocument,
  type RolloutDocument,
  type WeightsDocument,
} from '../../provider/engine/index.js';
import { attribute, hashable, pathProblem } from './attribute.js';
import { compileCondition, type ConditionScope } from './condition.js';
import { choose, type Logic } from './logic.js';

/** What a rollout finds around it. */
export interface RolloutScope extends ConditionScope {
  /** Notes a difference that only some contexts or some of flagd's implementations show. */
  warn(message: string): void;
}

/** The variant's name that a rollout gives; null is flagd's `defaultVariant`. */
export function compileRollout(plan: Plan, rollout: RolloutDocument, scope: RolloutScope): Logic {
  return isPlan(rollout) ? compilePlan(plan, rollout, scope) : compileShares(plan, rollout, scope);
}

function compilePlan(flag: Plan, plan: PlanDocument, scope: RolloutScope): Logic {
  const reached = plan.stages.slice(0, plan.stages.findIndex(({ name }) => name === plan.stage) + 1);
  const target = plan.to === undefined ? rolledOutVariant(variantNamesOf(flag), flag.defaultVariant) : String(plan.to);
  // Only a plan that reached no stage can do without a variant to roll out.
  if (target === undefined || reached.length === 0) return null;
  const members = reached.flatMap(({ segment }) =>
    segment === undefined ? [] : [[compileCondition({ segment }, scope), target] as const],
  );
  const percent = reached.findLast((stage) => stage.percent !== undefined)?.percent ?? 0;
  return choose(members, compileShares(flag, { [target]: percent }, scope));
}

function compileShares(plan: Plan, rollout: number | WeightsDocument, scope: RolloutScope): Logic {
  const { document, defaultVariant } = plan;
  const shares = rollout === 0 ? [] : liveShares({ variantNames: variantNamesOf(plan), defaultVariant }, rollout);
  const [first, ...others] = shares;
  if (first === undefined) return null;
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  if (others.length === 0 && total === BUCKETS) return first.variant;

  const { bucketBy = 'targetingKey', salt = document.key } = document;
  const problem = pathProblem(bucketBy);
  if (problem !== undefined) scope.refuse(`\`bucketBy: ${bucketBy}\`: ${problem}`);
  if (!isAscii(salt)) {
    scope.warn(`the salt ${JSON.stringify(salt)} is not ASCII, and flagd in JavaScript hashes it differently`);
  }
  const key = attribute(bucketBy);
  const entries = shares.map(({ variant, weight }) => [variant, weight]);
  const inside = others.length === 0 ? first.variant : fractional(`${salt}:variant:`, key, entries);
  const outside = [defaultVariant, BUCKETS - total];
  const split = total === BUCKETS ? inside : fractional(salt, key, [[inside, total], outside]);
  return choose([[hashable(key), split]], null);
}

function fractional(salt: string, key: Logic, entries: readonly Logic[]): Logic {
  return { fractional: [{ cat: [salt, key] }, ...entries] };
}

function variantNamesOf({ document }: Plan): readonly string[] {
  return [...variantsOf(document).keys()];
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
