/** All rules of a change besides its approvals, in the order in which a reader wants to know. */
import type { RiskTier } from '../../provider/engine/index.js';
import type { CheckRequest } from './check.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import { permanenceFindings } from './permanence/permanence.js';
import { checkReason, checkRunbooks } from './reason/demands.js';
import { checkStaged } from './rollout/staged.js';
import { tierOfFlag } from './tier.js';
import { checkExpiry } from './time/expiry.js';
import { checkFreezes } from './time/freeze.js';

/** How the change is to be judged. */
export interface RuleTerms {
  readonly tier: RiskTier;
  readonly isReducing: boolean;
}

/** Judges a change by every rule. Rules that compare flags say nothing where a side does not load: that says enough. */
export function judgeRules(
  { pullRequest, now }: CheckRequest,
  { change, controlling, control, commits, past, keyed, invisible }: Evidence,
  { tier, isReducing }: RuleTerms,
): readonly Finding[] {
  const { policy } = controlling;
  const { base, result, flags } = change;
  const words = { body: pullRequest?.body, messages: commits.map(({ message }) => message) };
  const tiers = new Map(flags.map((flag) => [flag.key, tierOfFlag(flag, control)]));
  const tierOf = (key: string): RiskTier => tiers.get(key) ?? 'high';
  const documents = result.loaded?.ruleset.documents;
  const ofFlags =
    documents === undefined
      ? []
      : [
          ...checkStaged({
            flags,
            base: base.loaded?.ruleset.documents,
            result: documents,
            policy,
            tierOf,
            history: past,
            now,
          }),
          ...checkExpiry({
            flags,
            policy,
            now,
            result: () => [...documents.flags.values()].map((stored) => stored.read()),
          }),
        ];
  return [
    ...controlling.findings,
    ...permanenceFindings(keyed),
    ...invisible,
    ...ofFlags,
    ...(isReducing ? [] : checkFreezes(flags, policy, now)),
    ...checkReason(tier, policy, words),
    ...checkRunbooks(flags, policy, tierOf),
  ];
}
