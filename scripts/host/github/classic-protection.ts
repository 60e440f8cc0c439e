/** What classic branch protection demands, and whom it does not bind. */
import type { Endpoints } from '@octokit/types';
import { HostError, isFailure } from '../host-error.js';
import type { BypassActor, Demands, RequiredCheck } from '../protection.js';
import type { GitHubClient } from './client.js';

const ROUTE = 'GET /repos/{owner}/{repo}/branches/{branch}/protection';
type Classic = Endpoints[typeof ROUTE]['response']['data'];

/** Classic protection; `isReadable` is false where the token may not see it. */
export interface ClassicProtection {
  readonly demands: Demands;
  readonly bypassActors: readonly BypassActor[];
  readonly isReadable: boolean;
}

function checksOf({ required_status_checks: required }: Classic): readonly RequiredCheck[] {
  if (required === undefined) return [];
  // The description promises `checks`; its own example has only the older `contexts`.
  const checks = (required.checks as typeof required.checks | undefined) ?? [];
  const unlisted = required.contexts.filter((name) => !checks.some(({ context }) => context === name));
  return [
    // -1 stands for any App.
    ...checks.map(({ context, app_id }) => ({ name: context, appId: app_id === -1 ? null : app_id })),
    ...unlisted.map((name) => ({ name, appId: null })),
  ];
}

function demandsOf(classic: Classic): Demands {
  const reviews = classic.required_pull_request_reviews;
  return {
    isPullRequestRequired: reviews !== undefined,
    requiredApprovals: reviews?.required_approving_review_count ?? 0,
    isCodeOwnerReviewRequired: reviews?.require_code_owner_reviews ?? false,
    areStaleReviewsDismissed: reviews?.dismiss_stale_reviews ?? false,
    isLastPushApprovalRequired: reviews?.require_last_push_approval ?? false,
    isForcePushBlocked: classic.allow_force_pushes?.enabled !== true,
    isDeletionBlocked: classic.allow_deletions?.enabled !== true,
    isUpToDateRequired: classic.required_status_checks?.strict ?? false,
    requiredChecks: checksOf(classic),
  };
}

function bypassOf(classic: Classic): readonly BypassActor[] {
  const actor = (kind: string, name: string, isOnlyByPullRequest = true): BypassActor => ({
    kind,
    name,
    isOnlyByPullRequest,
  });
  const allowed = classic.required_pull_request_reviews?.bypass_pull_request_allowances;
  return [
    ...(classic.enforce_admins?.enabled === true ? [] : [actor('RepositoryRole', 'admin', false)]),
    ...(allowed?.users ?? []).map(({ login }) => actor('User', login)),
    ...(allowed?.teams ?? []).map(({ slug }) => actor('Team', slug)),
    ...(allowed?.apps ?? []).map((app) => actor('Integration', app?.slug ?? 'unknown')),
  ];
}

/** Reads it; a branch without any demands nothing. */
export async function readClassicProtection(client: GitHubClient, branch: string): Promise<ClassicProtection> {
  try {
    const classic = await client.ask(ROUTE, { branch });
    return { demands: demandsOf(classic), bypassActors: bypassOf(classic), isReadable: true };
  } catch (error) {
    // 404 says either that there is none, in these words, or that the token may not know.
    const isNone = error instanceof HostError && error.message.includes('Branch not protected');
    if (!isNone && !isFailure(error, 'missing', 'forbidden')) throw error;
    return { demands: {}, bypassActors: [], isReadable: isNone };
  }
}
