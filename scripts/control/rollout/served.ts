/** What a flag serves in one environment, as far as widening is concerned. */
import { environmentOf } from '../../change/environments.js';
import {
  canonical,
  BUCKETS,
  defaultVariantOf,
  isPlan,
  liveShares,
  reachedStages,
  rolledOutVariant,
  segmentReferences,
  variantsOf,
  type ConditionDocument,
  type EnvironmentDocument,
  type FlagDocument,
  type PlanDocument,
  type Share,
} from '../../../provider/engine/index.js';

/** Who gets which variant: the members of segments first, of all others the shares. */
export interface Reach {
  /** The one variant that they get. */
  readonly segments: readonly string[];
  readonly to: string | undefined;
  /** Above zero; without the default. */
  readonly shares: readonly Share[];
}

/** A rule of an enabled environment. */
export interface ServedRule {
  readonly name: string;
  /** Whom it matches, in one spelling. */
  readonly when: string;
  readonly segments: readonly string[];
  readonly shares: readonly Share[];
}

/** A plan and where it stands. */
export interface ServedPlan {
  readonly document: PlanDocument;
  /** -1 at `off`. */
  readonly index: number;
  /** All but where it stands, in one spelling. */
  readonly body: string;
}

/** An enabled environment of a flag. */
export interface Served {
  readonly flag: FlagDocument;
  readonly rules: readonly ServedRule[];
  readonly rest: Reach;
  readonly plan: ServedPlan | undefined;
}

/** What a flag serves in an environment; undefined where it is disabled or absent. */
export function servedBy(flag: FlagDocument | undefined, name: string): Served | undefined {
  const environment = environmentOf(flag, name);
  if (flag === undefined || environment?.enabled !== true) return undefined;
  const { rules = [] } = environment;
  return {
    flag,
    rules: rules.map(({ name, when, serve, rollout = 0 }) => ({
      name,
      when: canonical(when),
      segments: segmentReferences(when, []).map((reference) => reference.name),
      shares: serve === undefined ? sharesOf(flag, rollout) : wholly(flag, String(serve)),
    })),
    rest: restOf(flag, environment),
    plan: planOf(flag, environment),
  };
}

/** The plan of an environment, enabled or not. */
export function planOf(flag: FlagDocument, environment: EnvironmentDocument | undefined): ServedPlan | undefined {
  const rollout = environment?.rollout;
  if (rollout === undefined || !isPlan(rollout)) return undefined;
  const { stage, stages, guardrails = [] } = rollout;
  return {
    document: rollout,
    index: stages.findIndex(({ name }) => name === stage),
    body: canonical({ to: targetOf(flag, rollout), guardrails, stages }),
  };
}

/** Whether it gives everybody the default. */
export function servesNobody({ rules, rest }: Served): boolean {
  return isEmpty(rest) && rules.every(({ shares }) => shares.length === 0);
}

/** Whether everybody gets a variant, whatever other flags serve. */
export function isServedToAll(flag: FlagDocument | undefined, environment: string, variant: string): boolean {
  const served = servedBy(flag, environment);
  if (flag === undefined) return false;
  if (served === undefined || servesNobody(served)) return defaultVariantOf(flag) === variant;
  const [share, second] = served.rest.shares;
  const isWhole = second === undefined && share?.variant === variant && share.weight === BUCKETS;
  return isWhole && served.rules.length === 0 && Object.keys(flag.prerequisites ?? {}).length === 0;
}

/** A value of a mapping's own; undefined where it has none by the name. */
export function ownValue<T>(map: { readonly [key: string]: T } | undefined, key: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Whether nobody is in a reach. */
export function isEmpty({ segments, shares }: Reach): boolean {
  return segments.length === 0 && shares.length === 0;
}

/** The sum of shares, in thousandths of a percent. */
export function totalOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { weight }) => sum + weight, 0);
}

/** The variants besides the default that anybody gets. */
export function variantsIn({ segments, to, shares }: Reach): ReadonlySet<string> {
  return new Set([...(segments.length > 0 && to !== undefined ? [to] : []), ...shares.map(({ variant }) => variant)]);
}

function restOf(flag: FlagDocument, { rollout = 0 }: EnvironmentDocument): Reach {
  if (!isPlan(rollout)) return { segments: [], to: undefined, shares: sharesOf(flag, rollout) };
  const { segments, share } = reachedStages(rollout);
  const to = targetOf(flag, rollout);
  const weight = Math.round(((share?.percent ?? 0) * BUCKETS) / 100);
  return {
    segments: segments.map(({ segment }) => segment),
    to,
    shares: weight > 0 && to !== undefined ? [{ variant: to, weight }] : [],
  };
}

function targetOf(flag: FlagDocument, { to }: PlanDocument): string | undefined {
  return to === undefined ? rolledOutVariant([...variantsOf(flag).keys()], defaultVariantOf(flag)) : String(to);
}

function sharesOf(flag: FlagDocument, rollout: Parameters<typeof liveShares>[1]): readonly Share[] {
  return liveShares({ variantNames: [...variantsOf(flag).keys()], defaultVariant: defaultVariantOf(flag) }, rollout);
}

function wholly(flag: FlagDocument, variant: string): readonly Share[] {
  return variant === defaultVariantOf(flag) ? [] : [{ variant, weight: BUCKETS }];
}

/** The segments that a condition and the segments in it name, to the end. */
export function conditionsOf(
  names: Iterable<string>,
  conditionOf: (name: string) => ConditionDocument | undefined,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const when = conditionOf(name);
    found.set(name, canonical(when));
    if (when !== undefined) open.push(...segmentReferences(when, []).map((reference) => reference.name));
  }
  return found;
}
