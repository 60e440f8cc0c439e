/** Whether a pull request is the one to judge: open, read whole, at the commit and on the branch that are judged. */
import type { Finding } from '../control/finding.js';
import type { ApprovalDemand } from './demand.js';
import { instantOf } from './instant.js';
import type { PullRequest } from './pull-request.js';
import { shortHash, shown } from './wording.js';

/** GitHub lists no more than 250 commits of a pull request, and does not say that it left some out. */
const MAX_COMMITS = 249;

/** A sentence of an adapter, perhaps with a host's answer in it. */
const MAX_GAP_LENGTH = 400;

const FULL_HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Everything that forbids to conclude anything from the pull request's reviews. */
export function standingFindings(pullRequest: PullRequest, demand: ApprovalDemand): readonly Finding[] {
  return [
    ...demandFaults(demand),
    ...stateFaults(pullRequest),
    ...revisionFaults(pullRequest, demand),
    ...commitFaults(pullRequest),
    ...historyFaults(pullRequest),
  ].map(([code, message, fix]) => ({ code, severity: 'error', message, fix }));
}

type Fault = readonly [code: string, message: string, fix: string];

function demandFaults({ head, approvals }: ApprovalDemand): Fault[] {
  const faults: Fault[] = [];
  if (!FULL_HASH.test(head)) {
    const message = `"${shown(head)}" is no full commit hash: approvals cannot be bound to it`;
    faults.push(['demand-invalid', message, 'name the head by its full hash']);
  }
  if (!Number.isSafeInteger(approvals) || approvals < 0) {
    const message = `${approvals} is no number of approvals`;
    faults.push(['demand-invalid', message, 'set the approvals of the tier in flags/policy.yaml to 0 or more']);
  }
  return faults;
}

function stateFaults({ state, isDraft, merge }: PullRequest): Fault[] {
  switch (state) {
    case 'merged':
      if (merge !== undefined && instantOf(merge.at) !== undefined) return [];
      return [['pull-request-unreadable', 'the host does not say when the pull request was merged', 'run this again']];
    case 'open':
      if (!isDraft) return [];
      return [['pull-request-draft', 'the pull request is a draft', 'mark it as ready for review']];
    case 'closed':
      return [['pull-request-closed', 'the pull request is closed', 'reopen it, or open another one']];
  }
}

function revisionFaults({ base, head }: PullRequest, demand: ApprovalDemand): Fault[] {
  const faults: Fault[] = [];
  if (head.commit !== demand.head) {
    const message = `the pull request is at commit ${shortHash(head.commit)}, judged is ${shortHash(demand.head)}`;
    faults.push(['pull-request-head', message, `run this again with --head ${shown(head.commit)}`]);
  }
  if (base.ref !== demand.baseRef) {
    const message = `the pull request goes into ${shown(base.ref)}, judged is a change to ${shown(demand.baseRef)}`;
    faults.push([
      'pull-request-base',
      message,
      `set its base branch to ${shown(demand.baseRef)} and ask for approvals`,
    ]);
  }
  return faults;
}

function commitFaults({ commits, head }: PullRequest): Fault[] {
  if (commits.length === 0) {
    const message = 'the host lists no commit of the pull request: who made the change cannot be known';
    return [['pull-request-commits', message, 'run this again; a pull request without commits can be closed']];
  }
  if (commits.length > MAX_COMMITS) {
    const message = `the pull request has ${commits.length} commits; GitHub lists no more than 250 and hides the others`;
    return [['pull-request-commits', message, 'squash them, or split the change']];
  }
  if (commits.some(({ id }) => id === head.commit)) return [];
  const message = `the commits that the host lists do not hold the head ${shortHash(head.commit)}: they are of another push`;
  return [['pull-request-commits', message, 'run this again']];
}

function historyFaults({ pushers, retargetedAt, gaps }: PullRequest): Fault[] {
  const faults: Fault[] = gaps.map((gap) => [
    'pull-request-unreadable',
    `not everything could be read: ${shown(gap, MAX_GAP_LENGTH)}`,
    'see that the token may read it, and run this again',
  ]);
  if (pushers.length === 0) {
    const message = 'the host names nobody who pushed to the branch, yet somebody did';
    faults.push(['pull-request-unreadable', message, 'see that the token may read who pushed, and run this again']);
  }
  if (retargetedAt.some((instant) => instantOf(instant) === undefined)) {
    const message = 'the host does not say when the base branch was changed';
    faults.push(['pull-request-unreadable', message, 'run this again; if it stays so, open another pull request']);
  }
  return faults;
}
