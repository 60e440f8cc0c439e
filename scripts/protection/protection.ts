/** The settings of a repository's host that `flagctl protection` looks at: what `readProtection` of a code host gives. */

/** Where the repository is. */
export type Host = 'github' | 'gitlab';

/** A check that must be green before a merge. */
export interface RequiredCheck {
  readonly name: string;
  /** The App that must report it; null: any account that may write can. */
  readonly appId: number | null;
}

/** Somebody whom the settings do not bind. */
export interface BypassActor {
  readonly kind: string;
  readonly name: string;
  readonly isOnlyByPullRequest: boolean;
}

/** The settings of one branch; undefined or left out: not readable. */
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
  /** What could not be read, and why, in words. */
  readonly gaps: readonly string[];
}
