/** A flag in one environment as a list of decisions: the first whose condition holds serves. */
import { WEIGHTS_PER_PERCENT } from './bucket.js';
import type { Conditions } from './condition-formula.js';
import type { EnvironmentDocument, FlagDocument, RolloutDocument } from './documents.js';
import type { Formula, Formulas } from './formula.js';
import { isPlan, liveShares, reachedStages, rolledOutVariant } from './rollout.js';
import { servedShares, type Served } from './served.js';
import { defaultVariantOf, variantsOf } from './variants.js';

/** One decision. */
export interface Decision {
  readonly condition: Formula;
  readonly served: Served;
}

/** When another flag serves the variant that a flag needs. */
export type NeedLookup = (flagKey: string, variant: string) => Formula;

/** What a list is made with. */
export interface ListScope {
  readonly formulas: Formulas;
  readonly conditions: Conditions;
  readonly need: NeedLookup;
}

/** The state of a flag in an environment; undefined where it is absent. */
export function environmentOf({ environments = {} }: FlagDocument, name: string): EnvironmentDocument | undefined {
  return Object.hasOwn(environments, name) ? environments[name] : undefined;
}

/** The decisions of a flag; with `environment` undefined, of one that is disabled. The last always holds. */
export function decisionsOf(
  flag: FlagDocument,
  environment: EnvironmentDocument | undefined,
  { formulas, conditions, need }: ListScope,
): readonly Decision[] {
  const defaultVariant = defaultVariantOf(flag);
  const fallback: Served = { kind: 'certain', variant: defaultVariant };
  if (environment === undefined) return [{ condition: formulas.always, served: fallback }];
  const variants = { variantNames: [...variantsOf(flag).keys()], defaultVariant };
  const needs = Object.entries(flag.prerequisites ?? {}).map(([key, variant]) => need(key, String(variant)));
  const unmet: Decision = { condition: formulas.all(needs).negation, served: fallback };
  const rules = (environment.rules ?? []).map(({ when, serve, rollout }): Decision => {
    const condition = conditions.of(when);
    if (serve !== undefined) return { condition, served: { kind: 'certain', variant: String(serve) } };
    return { condition, served: servedShares(flag, liveShares(variants, rollout ?? 0), defaultVariant) };
  });
  const rest = rolloutDecisions(flag, environment.rollout ?? 0, variants, { formulas, conditions });
  return reachable([unmet, ...rules, ...rest], formulas);
}

function rolloutDecisions(
  flag: FlagDocument,
  rollout: RolloutDocument,
  variants: { readonly variantNames: readonly string[]; readonly defaultVariant: string | null },
  { formulas, conditions }: Omit<ListScope, 'need'>,
): readonly Decision[] {
  const { variantNames, defaultVariant } = variants;
  if (!isPlan(rollout)) {
    const served = servedShares(flag, liveShares(variants, rollout), defaultVariant);
    return [{ condition: formulas.always, served }];
  }
  const target = rollout.to === undefined ? rolledOutVariant(variantNames, defaultVariant) : String(rollout.to);
  if (target === undefined) throw new Error(`the documents were not checked: a plan of ${flag.key} has no variant`);
  const { segments, share } = reachedStages(rollout);
  const weight = Math.round((share?.percent ?? 0) * WEIGHTS_PER_PERCENT);
  const shares = weight > 0 ? [{ variant: target, weight }] : [];
  return [
    ...segments.map(({ segment }): Decision => ({
      condition: conditions.segment(segment),
      served: { kind: 'certain', variant: target },
    })),
    { condition: formulas.always, served: servedShares(flag, shares, defaultVariant) },
  ];
}

/** Without decisions that never hold or that come behind one that always does. */
function reachable(decisions: readonly Decision[], { always, never }: Formulas): readonly Decision[] {
  const last = decisions.findIndex(({ condition }) => condition === always);
  return decisions.slice(0, last + 1).filter(({ condition }) => condition !== never);
}
