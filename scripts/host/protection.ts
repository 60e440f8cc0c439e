/** What a host demands before a commit reaches a branch. */

/** A check that must be green. */
export interface RequiredCheck {
  readonly name: string;
  /** The App that must report it; null: any account that may write can. */
  readonly appId: number | null;
}

/** Somebody whom the demands do not bind. */
export interface BypassActor {
  /** As the host names it: `OrganizationAdmin`, `Team`, `Integration`, `RepositoryRole`, `User`, … */
  readonly kind: string;
  /** A name, or an id where the host gives no name. */
  readonly name: string;
  readonly isOnlyByPullRequest: boolean;
}

/** The demands of all rulesets and of classic protection together; undefined: not readable, and a gap says why. */
export interface Protection {
  readonly branch: string;
  readonly isPullRequestRequired: boolean | undefined;
  readonly requiredApprovals: number | undefined;
  readonly isCodeOwnerReviewRequired: boolean | undefined;
  readonly areStaleReviewsDismissed: boolean | undefined;
  readonly isLastPushApprovalRequired: boolean | undefined;
  readonly isForcePushBlocked: boolean | undefined;
  readonly isDeletionBlocked: boolean | undefined;
  readonly isMergeQueueRequired: boolean | undefined;
  /** Whether a pull request must hold the branch's newest commit. */
  readonly isUpToDateRequired?: boolean | undefined;
  /** Those that were seen: with gaps there may be more. */
  readonly requiredChecks: readonly RequiredCheck[] | undefined;
  /** Workflows of other repositories that an organisation requires: `acme/control/.github/workflows/flags.yml`. */
  readonly requiredWorkflows?: readonly string[] | undefined;
  readonly mergeMethods?: readonly ('merge' | 'squash' | 'rebase')[] | undefined;
  readonly bypassActors: readonly BypassActor[] | undefined;
  readonly gaps: readonly string[];
}

/** What one ruleset, or classic protection, demands: absent is not demanded. */
export interface Demands {
  readonly isPullRequestRequired?: boolean;
  readonly requiredApprovals?: number;
  readonly isCodeOwnerReviewRequired?: boolean;
  readonly areStaleReviewsDismissed?: boolean;
  readonly isLastPushApprovalRequired?: boolean;
  readonly isForcePushBlocked?: boolean;
  readonly isDeletionBlocked?: boolean;
  readonly isMergeQueueRequired?: boolean;
  readonly isUpToDateRequired?: boolean;
  readonly requiredChecks?: readonly RequiredCheck[];
}

type Switch = Exclude<keyof Demands, 'requiredApprovals' | 'requiredChecks'>;

/**
 * Joins demands: whatever one makes holds. `isComplete` says whether all could be read; where not, what none of those read
 * demands is unknown, and the checks are those that were seen.
 */
export function joinDemands(
  branch: string,
  demands: readonly Demands[],
  bypassActors: readonly BypassActor[] | undefined,
  gaps: readonly string[],
  isComplete: boolean,
): Protection {
  const absent = isComplete ? false : undefined;
  const holds = (name: Switch): boolean | undefined => demands.some((one) => one[name] === true) || absent;
  const approvals = Math.max(0, ...demands.map(({ requiredApprovals = 0 }) => requiredApprovals));
  const checks = demands.flatMap(({ requiredChecks = [] }) => requiredChecks);
  return {
    branch,
    isPullRequestRequired: holds('isPullRequestRequired'),
    requiredApprovals: approvals > 0 || isComplete ? approvals : undefined,
    isCodeOwnerReviewRequired: holds('isCodeOwnerReviewRequired'),
    areStaleReviewsDismissed: holds('areStaleReviewsDismissed'),
    isLastPushApprovalRequired: holds('isLastPushApprovalRequired'),
    isForcePushBlocked: holds('isForcePushBlocked'),
    isDeletionBlocked: holds('isDeletionBlocked'),
    isMergeQueueRequired: holds('isMergeQueueRequired'),
    isUpToDateRequired: holds('isUpToDateRequired'),
    requiredChecks: checks.length > 0 || isComplete ? checks : undefined,
    bypassActors,
    gaps,
  };
}
