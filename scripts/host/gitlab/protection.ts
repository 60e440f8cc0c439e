/** The settings that guard a branch of GitLab. */
import { isFailure, unlessMissing } from '../host-error.js';
import { joinDemands, type Demands, type Protection } from '../protection.js';
import { pathOf, type GitLabClient } from './client.js';

interface AccessLevel {
  readonly access_level: number | null;
}
interface ProtectedBranch {
  readonly push_access_levels: readonly AccessLevel[];
  readonly allow_force_push: boolean;
  readonly code_owner_approval_required?: boolean;
}
interface ApprovalSettings {
  readonly approvals_before_merge?: number;
  readonly reset_approvals_on_push?: boolean;
  readonly merge_requests_disable_committers_approval?: boolean;
}
interface ApprovalRule {
  readonly approvals_required: number;
}
interface Project {
  readonly merge_trains_enabled?: boolean;
  readonly only_allow_merge_if_pipeline_succeeds?: boolean;
}

async function readable<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isFailure(error, 'missing', 'forbidden', 'unauthorized')) return undefined;
    throw error;
  }
}

function demandsOfBranch(branch: ProtectedBranch): Demands {
  return {
    // 0 is GitLab's word for nobody.
    isPullRequestRequired: branch.push_access_levels.every(({ access_level }) => access_level === 0),
    isForcePushBlocked: !branch.allow_force_push,
    // A protected branch cannot be deleted by a push.
    isDeletionBlocked: true,
    isCodeOwnerReviewRequired: branch.code_owner_approval_required === true,
  };
}

function demandsOfApprovals(settings: ApprovalSettings, rules: readonly ApprovalRule[]): Demands {
  const numbers = rules.map(({ approvals_required }) => approvals_required);
  return {
    requiredApprovals: Math.max(settings.approvals_before_merge ?? 0, ...numbers, 0),
    areStaleReviewsDismissed: settings.reset_approvals_on_push === true,
    // GitLab goes further: nobody who added a commit may approve.
    isLastPushApprovalRequired: settings.merge_requests_disable_committers_approval === true,
  };
}

function demandsOfProject(project: Project): Demands {
  const pipeline = project.only_allow_merge_if_pipeline_succeeds === true ? [{ name: 'pipeline', appId: null }] : [];
  return { isMergeQueueRequired: project.merge_trains_enabled === true, requiredChecks: pipeline };
}

/** Reads what must be fulfilled before a commit reaches the branch. */
export async function readProtection(client: GitLabClient, name: string): Promise<Protection> {
  const { project } = client;
  const settings = await readable(client.ask<Project>('GET', project));
  const branch = await unlessMissing(
    client.ask<ProtectedBranch>('GET', `${project}/protected_branches${pathOf(name)}`),
  );
  const approvals = await readable(client.ask<ApprovalSettings>('GET', `${project}/approvals`));
  const rules = await readable(client.list<ApprovalRule>(`${project}/approval_rules`));
  const gaps: string[] = [];
  if (settings === undefined) gaps.push('the settings of the project are not shown');
  if (approvals === undefined || rules === undefined) {
    gaps.push(
      'the approval settings are not shown: the edition of GitLab has none, or the token needs maintainer access',
    );
  }
  const demands = [
    settings === undefined ? {} : demandsOfProject(settings),
    branch === undefined ? {} : demandsOfBranch(branch),
    approvals === undefined ? {} : demandsOfApprovals(approvals, rules?.items ?? []),
  ];
  return joinDemands(
    name,
    demands,
    undefined,
    [...gaps, 'GitLab does not list who may bypass the settings'],
    gaps.length === 0,
  );
}
