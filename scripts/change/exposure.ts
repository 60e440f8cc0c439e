/** How far a flag reaches, as far as its file can tell. */
import {
  canonical,
  defaultVariantOf,
  isPlan,
  variantsOf,
  type ConditionDocument,
  type EnvironmentDocument,
  type FlagDocument,
  type RolloutDocument,
} from '../../provider/engine/index.js';
import { audienceOf, namesAudience, segmentNamesAudience, type Segments } from './audience.js';
import type { Exposure } from './change.js';
import { environmentOf } from './environments.js';
import { reachedStages, sharesOf, sumPercent, targetOf } from './shares.js';

/** Nobody gets anything but the default. */
export const NO_EXPOSURE: Exposure = { rest: 0, openRules: new Map() };

/**
 * How many get another value than the default: of everybody whom no rule matches, and of each rule whose audience is
 * open, which is one that {@link namesAudience} does not hold for. A reached stage's segment is a rule of the stage's
 * name. Prerequisites, and rules that stand before another, are left out of account: the figures are upper bounds.
 */
export function exposureOf(flag: FlagDocument | undefined, environmentName: string, segments: Segments): Exposure {
  const environment = environmentOf(flag, environmentName);
  if (flag === undefined || environment?.enabled !== true) return NO_EXPOSURE;
  const isLive = liveness(flag);
  const openRules = new Map<string, number>();
  const audiences = new Map<string, string>();
  for (const [name, percent, when] of [
    ...openRulesOf(flag, environment, isLive, segments),
    ...openStagesOf(flag, environment.rollout ?? 0, isLive, segments),
  ]) {
    if (percent <= 0) continue;
    openRules.set(name, Math.max(percent, openRules.get(name) ?? 0));
    audiences.set(name, `${audiences.get(name) ?? ''}${audienceOf(when, segments)}`);
  }
  return {
    rest: percentOf(flag, environment.rollout ?? 0, isLive),
    openRules,
    ...(audiences.size > 0 && { audiences }),
  };
}

/** The largest of an exposure's percentages. */
export function widestOf({ rest, openRules }: Exposure): number {
  return Math.max(rest, ...openRules.values());
}

/**
 * By how many percentage points `rest` or any open rule rises at most; a rule that is new, or matches others than before,
 * rises from 0. At least 0.
 */
export function wideningOf(before: Exposure, after: Exposure): number {
  const rises = [...after.openRules].map(([name, percent]) => {
    const [was, is] = [before, after].map(({ audiences }) => audiences?.get(name));
    const isSame = was === undefined || is === undefined || was === is;
    return percent - (isSame ? (before.openRules.get(name) ?? 0) : 0);
  });
  return sumPercent([Math.max(0, after.rest - before.rest, ...rises)]);
}

/** As {@link wideningOf}, as if the flag were enabled on both sides, and whomever a rule of the same name matches. */
export function latentWideningOf(
  [before, old]: readonly [FlagDocument, Segments],
  [after, now]: readonly [FlagDocument, Segments],
  environmentName: string,
): number {
  const [was, is] = [
    exposureOf(enabledIn(before, environmentName), environmentName, old),
    exposureOf(enabledIn(after, environmentName), environmentName, now),
  ];
  return wideningOf(was, { ...is, audiences: undefined });
}

function enabledIn(flag: FlagDocument, environmentName: string): FlagDocument {
  const environment = environmentOf(flag, environmentName);
  if (environment === undefined) return flag;
  return { ...flag, environments: { ...flag.environments, [environmentName]: { ...environment, enabled: true } } };
}

/** Whether a variant is another value than the default; under `default: null` every variant is. */
type Liveness = (variant: string) => boolean;

function liveness(flag: FlagDocument): Liveness {
  const variants = variantsOf(flag);
  const fallback = defaultVariantOf(flag);
  const values = new Map([...variants].map(([name, value]) => [name, canonical(value)]));
  const fallbackValue = fallback === null ? undefined : values.get(fallback);
  return (variant) => values.get(variant) !== fallbackValue;
}

function percentOf(flag: FlagDocument, rollout: RolloutDocument, isLive: Liveness): number {
  return sumPercent(
    sharesOf(flag, rollout)
      .filter(({ variant }) => isLive(variant))
      .map(({ percent }) => percent),
  );
}

type NamedPercent = readonly [name: string, percent: number, when: ConditionDocument];

function openRulesOf(
  flag: FlagDocument,
  { rules = [] }: EnvironmentDocument,
  isLive: Liveness,
  segments: Segments,
): readonly NamedPercent[] {
  return rules
    .filter(({ when }) => !namesAudience(when, segments))
    .map(({ name, when, serve, rollout = 0 }) => {
      if (serve === undefined) return [name, percentOf(flag, rollout, isLive), when];
      return [name, isLive(String(serve)) ? 100 : 0, when];
    });
}

function openStagesOf(
  flag: FlagDocument,
  rollout: RolloutDocument,
  isLive: Liveness,
  segments: Segments,
): readonly NamedPercent[] {
  if (!isPlan(rollout)) return [];
  const target = targetOf(flag, rollout);
  if (target === undefined || !isLive(target)) return [];
  return reachedStages(rollout).flatMap(({ name, segment }): readonly NamedPercent[] =>
    segment === undefined || segmentNamesAudience(segment, segments) ? [] : [[name, 100, { segment }]],
  );
}
