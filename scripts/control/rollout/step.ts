/** One environment of a flag, before and after: whether it goes no further than a step of its plan. */
import { canonical, defaultVariantOf, type FlagDocument } from '../../../provider/engine/index.js';
import {
  changedValues,
  hashes,
  mixedEdit,
  raisedStage,
  replacedPlan,
  ruleBeside,
  skippedStage,
  widerBirth,
  withoutPlan,
  type Breach,
} from './breach.js';
import { isEmpty, ownValue, variantsIn, type Reach, type Served, type ServedPlan } from './served.js';
import { isWithin, wideningRules } from './within.js';

const NOTHING: Reach = { segments: [], to: undefined, shares: [] };

/**
 * What is wrong with going from one to the other, which serves somebody.
 * @param stages how many stages it may advance: 1, or 0 where it may go no further than before
 */
export function breachesOfStep(before: Served, after: Served, stages: 0 | 1): readonly Breach[] {
  return [
    ...breachesOfMeaning(before, after),
    ...wideningRules(before.rules, after.rules, [before.rest, after.rest]).map((rule) => ruleBeside(rule, false)),
    ...breachesOfRest(before, after, stages),
  ];
}

/**
 * What is wrong with an environment that was never on, and serves somebody now.
 * @param base the plan that stands at base, though nobody has been served by it
 */
export function breachesOfBirth(base: ServedPlan | undefined, after: Served): readonly Breach[] {
  const beside = wideningRules([], after.rules, []).map((rule) => ruleBeside(rule, true));
  if (isEmpty(after.rest)) return beside;
  if (base === undefined) return [...beside, widerBirth(after)];
  const unserved = { ...base, index: -1, document: { ...base.document, stage: 'off' } };
  return [...beside, ...breachesOfPlan(unserved, NOTHING, after, 1)];
}

/** Whether the plan moved one stage on. */
export function isAdvance(before: ServedPlan, after: ServedPlan | undefined): boolean {
  return after?.body === before.body && after.index === before.index + 1;
}

/** What is wrong with a proved reduction: a plan's edit and its way back are two changes too. */
export function breachesOfReduction(before: Served, after: Served): readonly Breach[] {
  if (before.plan === undefined || after.plan === undefined) return [];
  return isMixed(before.plan, before.rest, after.plan, after.rest) ? [mixedEdit(before.plan, after.plan)] : [];
}

/** Whether a plan is edited and stands at another stage, which reaches others than before. */
function isMixed(base: ServedPlan, reach: Reach, plan: ServedPlan, rest: Reach): boolean {
  if (plan.body === base.body || plan.document.stage === base.document.stage) return false;
  return canonical(rest) !== canonical(reach);
}

function breachesOfRest(before: Served, after: Served, stages: 0 | 1): readonly Breach[] {
  if (before.plan !== undefined) return breachesOfPlan(before.plan, before.rest, after, stages);
  return isWithin(after.rest, before.rest) ? [] : [withoutPlan(before)];
}

function breachesOfPlan(base: ServedPlan, reach: Reach, after: Served, stages: 0 | 1): readonly Breach[] {
  const { plan, rest } = after;
  if (plan?.body === base.body) return plan.index <= base.index + stages ? [] : [skippedStage(base, plan)];
  const isWithinReach = isWithin(rest, reach);
  if (plan === undefined) return isWithinReach ? [] : [replacedPlan(base, after)];
  // What is judged by what it last served has no plan at base to be mixed with.
  if (isMixed(base, reach, plan, rest) && stages === 1) return [mixedEdit(base, plan)];
  return isWithinReach ? [] : [raisedStage(base, after)];
}

/** What gives people other values without a rollout being touched. */
function breachesOfMeaning(before: Served, after: Served): readonly Breach[] {
  const breaches: Breach[] = [];
  const [old, now] = [before.flag, after.flag];
  if (defaultVariantOf(old) !== defaultVariantOf(now)) {
    const message = 'its `default` is another variant, so that what is widened can’t be told';
    breaches.push({ code: 'staged-default', message, fix: 'keep the default; make a new flag for a new meaning' });
  }
  if (hashes(after) && hashSpelling(old) !== hashSpelling(now)) {
    const message = 'its `salt` or `bucketBy` changes while a percentage is being served, which brings other people in';
    breaches.push({ code: 'staged-moved', message, fix: 'change it at `stage: off`, and walk the plan again' });
  }
  const lost = Object.entries(old.prerequisites ?? {}).filter(
    ([key, variant]) => String(ownValue(now.prerequisites, key)) !== String(variant),
  );
  for (const [key, variant] of lost) {
    const message = `it no longer needs \`${key}: ${String(variant)}\`, which lets everybody in whom that kept out`;
    breaches.push({ code: 'staged-prerequisite', message, fix: 'remove it at `stage: off`, and walk the plan again' });
  }
  return [...breaches, ...breachesOfValues(before, after)];
}

function breachesOfValues(before: Served, after: Served): readonly Breach[] {
  const byRules = new Set(after.rules.flatMap(({ shares }) => shares.map(({ variant }) => variant)));
  const isEarly = after.plan !== undefined && after.plan.index <= 0;
  const used = new Set([...byRules, ...(isEarly ? [] : variantsIn(after.rest))]);
  return changedValues(before.flag, after.flag, used, canonical).map((name) => ({
    code: 'staged-value',
    message: `the value of \`${name}\` changes for everybody who gets it, at once`,
    fix: 'give the new value a variant of its own and roll that out by a plan, or change it at the first stage or before',
  }));
}

function hashSpelling({ salt, key, bucketBy = 'targetingKey' }: FlagDocument): string {
  return canonical([salt ?? key, bucketBy]);
}
