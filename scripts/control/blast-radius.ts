/** Blast radius: how many users a change moves, as it was measured, and the tier that the policy asks for from there on. */
import type { BlastRadiusThresholds, PolicyDocument, RiskTier } from '../../provider/engine/index.js';
import { exactWord, percentAtMost, usersAtMost } from '../impact/rendering/figures.js';
import type { EnvironmentImpact, Share } from '../impact/preview.js';
import { isEstimate, type Measured } from './measured.js';
import type { TierReason } from './tier.js';

/** What was measured of the users of a change; part of the verdict. */
export interface BlastRadius extends Pick<Measured, 'population'> {
  readonly environments: readonly EnvironmentRadius[];
}

/** What was measured in an environment. */
export interface EnvironmentRadius extends Pick<EnvironmentImpact, 'environment' | 'changed' | 'flags'> {
  /** The tier that so many users ask for; undefined where no threshold is reached. */
  readonly raise: TierReason | undefined;
}

/** A tier that the users of an environment ask for. */
export interface UsersRaise {
  readonly environment: string;
  readonly reason: TierReason;
  /** The same, said of a group of which the change is a part. */
  readonly ofGroup: TierReason;
}

/** By what users are judged. */
export interface RadiusTerms {
  /** The one at the base, so that nobody lifts a threshold in the same breath. */
  readonly policy: PolicyDocument;
  /** A reduction is never raised: it must be fast. */
  readonly isReducing: boolean;
}

/** The tiers that thresholds lead to, the higher first. */
const TIERS = ['high', 'medium'] as const satisfies readonly RiskTier[];

/** Thousandths of a percent in the whole: thresholds have no finer ones, and so are compared without a rounding of ours. */
const STEPS = 100_000;

/** In digits, of a share: the last ones of a floating-point sum are noise, that would hold 0.1 + 0.2 − 0.2 below 0.1. */
const SIGNIFICANT = 12;

/** Holds what was measured against the policy's thresholds. An estimate measures nothing. */
export function blastRadiusOf(measured: Measured, { policy, isReducing }: RadiusTerms): BlastRadius {
  const isJudged = !isReducing && !isEstimate(measured);
  return {
    population: measured.population && {
      contexts: measured.population.contexts,
      keys: measured.population.keys,
      users: measured.population.users,
    },
    environments: measured.environments.map(({ environment, changed, flags }) => ({
      environment,
      changed,
      flags,
      raise: isJudged && changed !== undefined ? raiseOf(environment, changed, policy) : undefined,
    })),
  };
}

/** The thresholds of an environment: its own, or the general ones. */
export function thresholdsOf({ blastRadius = {} }: PolicyDocument, environment: string): BlastRadiusThresholds {
  const { environments = {} } = blastRadius;
  return (Object.hasOwn(environments, environment) ? environments[environment] : undefined) ?? blastRadius;
}

/**
 * Whether a threshold counts users, and nobody knows how many there are: then it cannot be judged, unless nobody changes
 * as far as contexts tell.
 */
export function isUncountable(threshold: string | number | undefined, { users, contexts, high }: Share): boolean {
  return typeof threshold === 'number' && users === undefined && (contexts > 0 || high === 1);
}

/** What measured users raise. */
export function measuredRaises({ environments }: BlastRadius): readonly UsersRaise[] {
  return environments.flatMap(({ environment, raise }) =>
    raise === undefined
      ? []
      : [{ environment, reason: raise, ofGroup: { ...raise, why: `the whole group ${raise.why}` } }],
  );
}

/** What the users raise of whom nobody measured how many there are: as if all were. Undefined without thresholds. */
export function unmeasuredRaise(environment: string, policy: PolicyDocument): UsersRaise | undefined {
  const thresholds = thresholdsOf(policy, environment);
  const tier = TIERS.find((one) => thresholds[one] !== undefined);
  if (tier === undefined) return undefined;
  const reasonOf = (subject: string): TierReason => ({
    tier,
    why: `nobody measured how many users ${subject} moves in ${environment} (${lawOf(tier, thresholds)})`,
  });
  return { environment, reason: reasonOf('it'), ofGroup: reasonOf('the whole group') };
}

function raiseOf(environment: string, changed: Share, policy: PolicyDocument): TierReason | undefined {
  const thresholds = thresholdsOf(policy, environment);
  for (const tier of TIERS) {
    const threshold = thresholds[tier];
    if (threshold === undefined || !isReached(threshold, changed)) continue;
    const missed = tier === 'medium' ? thresholds.high : undefined;
    return {
      tier,
      why: `moves ${amountOf(threshold, changed, missed)} in ${environment} (${lawOf(tier, thresholds)})`,
    };
  }
  return undefined;
}

/** `policy: high from 10 %` */
function lawOf(tier: (typeof TIERS)[number], thresholds: BlastRadiusThresholds): string {
  const threshold = thresholds[tier] ?? '';
  return `policy: ${tier} from ${typeof threshold === 'number' ? exactWord(threshold) : threshold.replace('%', ' %')}`;
}

/** By the upper end of the interval: what cannot be ruled out counts. */
function isReached(threshold: string | number, changed: Share): boolean {
  if (typeof threshold === 'string') return Number(changed.high.toPrecision(SIGNIFICANT)) >= partOf(threshold);
  return isUncountable(threshold, changed) || (changed.users !== undefined && changed.users.high >= threshold);
}

/** A percentage of the policy as a share. */
function partOf(threshold: string): number {
  return Math.round(Number.parseFloat(threshold) * 1_000) / STEPS;
}

/** @param missed the next threshold, which the amount must not look as if it reached */
function amountOf(
  threshold: string | number,
  { high, low, users }: Share,
  missed: string | number | undefined,
): string {
  const most = low === high ? '' : 'up to ';
  if (typeof threshold === 'string') {
    return `${most}${percentAtMost(high, typeof missed === 'string' ? partOf(missed) : undefined)} of users`;
  }
  if (users === undefined) return 'users, nobody knows how many,';
  return `${most}${typeof missed === 'number' ? exactWord(Math.floor(users.high)) : usersAtMost(users.high)} users`;
}
