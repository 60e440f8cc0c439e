/** What rules of rulesets demand, in the words of {@link Demands}. */
import type { Endpoints } from '@octokit/types';
import type { Demands } from '../protection.js';

/** A rule that is in force for a branch. */
export type BranchRule = Endpoints['GET /repos/{owner}/{repo}/rules/branches/{branch}']['response']['data'][number];

type RuleOf<T extends BranchRule['type']> = Extract<BranchRule, { readonly type: T }>;

function demandsOfReviews({ parameters }: RuleOf<'pull_request'>): Demands {
  return {
    isPullRequestRequired: true,
    requiredApprovals: parameters?.required_approving_review_count ?? 0,
    isCodeOwnerReviewRequired: parameters?.require_code_owner_review ?? false,
    areStaleReviewsDismissed: parameters?.dismiss_stale_reviews_on_push ?? false,
    isLastPushApprovalRequired: parameters?.require_last_push_approval ?? false,
  };
}

function demandsOfChecks({ parameters }: RuleOf<'required_status_checks'>): Demands {
  const checks = parameters?.required_status_checks ?? [];
  return {
    isUpToDateRequired: parameters?.strict_required_status_checks_policy ?? false,
    requiredChecks: checks.map(({ context, integration_id }) => ({ name: context, appId: integration_id ?? null })),
  };
}

/** Translates one rule; those that the two-person rule does not look at demand nothing. */
export function demandsOfRule(rule: BranchRule): Demands {
  if (rule.type === 'pull_request') return demandsOfReviews(rule);
  if (rule.type === 'required_status_checks') return demandsOfChecks(rule);
  if (rule.type === 'non_fast_forward') return { isForcePushBlocked: true };
  if (rule.type === 'deletion') return { isDeletionBlocked: true };
  return rule.type === 'merge_queue' ? { isMergeQueueRequired: true } : {};
}
