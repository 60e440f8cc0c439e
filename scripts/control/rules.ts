/** All rules of a change besides its approvals, in the order in which a reader wants to know. */
import type { RiskTier } from '../../provider/engine/index.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import { permanenceFindings } from './permanence/permanence.js';
import { checkReason, checkRunbooks, type Words } from './reason/demands.js';
import { checkStaged } from './rollout/staged.js';
import { tierOfFlag } from './tier.js';
import { checkExpiry } from './time/expiry.js';
import { checkFreezes } from './time/freeze.js';

/** How the change is to be judged. */
export interface RuleTerms {
  readonly tier: RiskTier;
  readonly isReducing: boolean;
  /** Where it may say why. */
  readonly words: Words;
  readonly now: Date;
}

/** Judges a change by every rule. Rules that compare flags say nothing where a side does not load: that says enough. */
export function judgeRules(evidence: Evidence, terms: RuleTerms): readonly Finding[] {
  const { change, controlling, control, keyed, invisible } = evidence;
  const { policy, findings } = controlling;
  const { tier, isReducing, words, now } = terms;
  const tiers = new Map(change.flags.map((flag) => [flag.key, tierOfFlag(flag, control)]));
  const tierOf = (key: string): RiskTier => tiers.get(key) ?? 'high';
  return [
    ...findings,
    ...permanenceFindings(keyed),
    ...invisible,
    ...servedFindings(evidence, tierOf, now),
    // While main serves nothing new, a repair cannot be told from a widening, and must not wait for a freeze to end.
    ...(isReducing || controlling.isBaseBroken ? [] : checkFreezes(change.flags, policy, now)),
    ...checkReason(tier, policy, words),
    ...checkRunbooks(change.flags, policy, tierOf),
  ];
}

/** What the rules say of flags where both sides load; where the base does not, the highest tier is what is left. */
function servedFindings(
  { change: { flags, base, result }, controlling: { policy }, past }: Evidence,
  tierOf: (key: string) => RiskTier,
  now: Date,
): readonly Finding[] {
  const after = result.loaded?.ruleset.documents;
  const before = base.loaded?.ruleset.documents;
  if (before === undefined || after === undefined) return [];
  return [
    ...checkStaged({ flags, base: before, result: after, policy, tierOf, history: past, now }),
    ...checkExpiry({ flags, policy, now, result: () => [...after.flags.values()].map((stored) => stored.read()) }),
  ];
}
