/** What a host must demand so that the verdict of `flagctl check` binds: the table of the command and of its page. */
import { judgeBypass, judgeCheck, judgeMergeMethods, judgeRequiredWorkflow, judgeUpToDate } from './judgements.js';
import type { Judgement, Setting } from './setting.js';

/** What shows most settings: rulesets are shown to who may read the repository, classic protection is not. */
const READ_SETTINGS = {
  github: '"Metadata: read", and "Administration: read" for classic branch protection',
  gitlab: 'the scope `read_api` of a Maintainer',
} as const;

function isSet(value: boolean | undefined): Judgement {
  return { state: value === undefined ? 'unknown' : value ? 'met' : 'missing' };
}

/** Every setting, the most important first. */
export const settings: readonly Setting[] = [
  {
    id: 'pull-request',
    demand: 'Changes reach the branch by pull request only',
    without: 'a push to the branch is served without a verdict',
    set: {
      github: 'Ruleset: Require a pull request before merging',
      gitlab: 'Protected branch: Allowed to push and merge: No one',
    },
    readBy: READ_SETTINGS,
    judge: ({ isPullRequestRequired }) => isSet(isPullRequestRequired),
  },
  {
    id: 'check',
    demand: 'The status `guidon` is required, from one App of your own',
    without: 'any job or account that may write reports a status of that name',
    set: {
      github: 'Ruleset: Require status checks to pass, `guidon`, source: your App (not GitHub Actions)',
      gitlab: 'External status check, and Status checks must succeed; or a pipeline execution policy',
    },
    readBy: READ_SETTINGS,
    judge: judgeCheck,
  },
  {
    id: 'approvals',
    demand: 'At least one approval',
    without: 'a review that is dismissed after the verdict stops nothing until the verdict is found again',
    set: { github: 'Ruleset: Required approvals: 1 or more', gitlab: 'Approval rules: Approvals required: 1 or more' },
    readBy: READ_SETTINGS,
    judge: ({ requiredApprovals: count }) =>
      count === undefined ? { state: 'unknown' } : { state: count > 0 ? 'met' : 'missing', found: `${count} required` },
  },
  {
    id: 'code-owners',
    demand: 'Code owners review',
    without: "the host asks no owner, and a team's own members may approve each other alone",
    set: {
      github: 'Ruleset: Require review from Code Owners',
      gitlab: 'Protected branch: Code owner approval',
    },
    readBy: READ_SETTINGS,
    judge: ({ isCodeOwnerReviewRequired }) => isSet(isCodeOwnerReviewRequired),
  },
  {
    id: 'stale-reviews',
    demand: 'A push dismisses approvals',
    without: 'what is merged is not what was approved, until the verdict is found again',
    set: {
      github: 'Ruleset: Dismiss stale pull request approvals when new commits are pushed',
      gitlab: 'Approval settings: Remove all approvals when a commit is added',
    },
    readBy: READ_SETTINGS,
    judge: ({ areStaleReviewsDismissed }) => isSet(areStaleReviewsDismissed),
  },
  {
    id: 'last-push',
    demand: 'The last push is approved by someone else',
    without: 'a reviewer pushes to the pull request and approves it',
    set: {
      github: 'Ruleset: Require approval of the most recent reviewable push',
      gitlab: 'Approval settings: Prevent approvals by users who add commits',
    },
    readBy: READ_SETTINGS,
    judge: ({ isLastPushApprovalRequired }) => isSet(isLastPushApprovalRequired),
  },
  {
    id: 'force-push',
    demand: 'No force push',
    without: 'history, and with it the evidence, is rewritten',
    set: { github: 'Ruleset: Block force pushes', gitlab: 'Protected branch: Allowed to force push: off' },
    readBy: READ_SETTINGS,
    judge: ({ isForcePushBlocked }) => isSet(isForcePushBlocked),
  },
  {
    id: 'deletion',
    demand: 'No deletion',
    without: 'the branch is deleted and made again from other commits',
    set: { github: 'Ruleset: Restrict deletions', gitlab: 'Protected branch: it cannot be deleted' },
    readBy: READ_SETTINGS,
    judge: ({ isDeletionBlocked }) => isSet(isDeletionBlocked),
  },
  {
    id: 'bypass',
    demand: 'Nobody may bypass any of this',
    without: 'whoever may merges without a verdict; the audit says so afterwards',
    set: {
      github: 'Ruleset: Bypass list: empty; classic: Do not allow bypassing the above settings',
      gitlab: 'Approval settings: Prevent editing approval rules; nobody allowed to push',
    },
    readBy: { ...READ_SETTINGS, github: '"Administration: write", which alone shows the bypass list of a ruleset' },
    judge: judgeBypass,
  },
  {
    id: 'up-to-date',
    demand: 'A merge queue, or branches up to date before merging',
    without: 'two changes that are each fine are merged to one that nobody judged',
    set: {
      github: 'Ruleset: Require merge queue; or Require branches to be up to date before merging',
      gitlab: 'Merge trains; or merge method: Fast-forward merge',
    },
    readBy: READ_SETTINGS,
    judge: judgeUpToDate,
  },
  {
    id: 'required-workflow',
    isAdvice: true,
    demand: 'In an organisation: the workflow is required, from another repository',
    without: "the merge queue runs the workflow as the group's own commits have it",
    set: {
      github: "Organisation's ruleset: Require workflows to pass before merging",
      gitlab: "Group's pipeline execution policy",
    },
    readBy: READ_SETTINGS,
    judge: judgeRequiredWorkflow,
  },
  {
    id: 'merge-method',
    isAdvice: true,
    demand: 'One commit of the branch a pull request: squash or merge commits, no rebase',
    without: "a rebase makes new commits with the host's committer, without their signatures, several a pull request",
    set: { github: 'Ruleset: Allowed merge methods', gitlab: 'Merge requests: Merge method' },
    readBy: { ...READ_SETTINGS, github: '"Contents: write", which shows the allowed merge methods' },
    judge: judgeMergeMethods,
  },
];
