/** What of a change its approvals must answer for, and what they do. */
import type { RiskTier } from '../../provider/engine/index.js';
import type { ApprovalDemand } from '../approval/demand.js';
import { neededApprovals, type NeededApprovals } from '../approval/needed.js';
import { ownersOfFiles, type ReachedFile } from '../approval/owners.js';
import type { PullRequest } from '../approval/pull-request.js';
import { judgeApprovals, type ApprovalVerdict } from '../approval/verdict.js';
import type { FlagChange } from '../change/change.js';
import type { CheckRequest } from './check.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import { awaitsSegments } from './reduction-files.js';
import { demandsOf } from './tier.js';

/** The approvals of a change. */
export interface ApprovalState {
  /** Undefined where nobody knows what would be merged. */
  readonly needed: NeededApprovals | undefined;
  /** Undefined without a pull request. */
  readonly judged: ApprovalVerdict | undefined;
}

/** How the change is to be judged. */
export interface ApprovalTerms {
  readonly tier: RiskTier;
  readonly isReducing: boolean;
  readonly pullRequest: PullRequest | undefined;
}

/** The handles whose members must be known, whatever the change turns out to be. */
export function ownersToAsk(evidence: Evidence): readonly string[] {
  const { base, result } = evidence.change;
  const { files } = ownersOfFiles(base, result, filesToOwn(evidence, { isReducing: false }));
  return [...new Set(files.flatMap(({ ownersBefore = [], ownersAfter = [] }) => [...ownersBefore, ...ownersAfter]))];
}

/** Judges the approvals of a pull request, or without one says how many are needed and of whom. */
export function judgeApproval(
  request: CheckRequest,
  evidence: Evidence,
  terms: ApprovalTerms,
): { readonly state: ApprovalState; readonly findings: readonly Finding[] } {
  const { base, result } = evidence.change;
  const { files, findings } = ownersOfFiles(base, result, filesToOwn(evidence, terms));
  const demand = { ...demandOf(request, evidence, terms), files };
  const needed = neededApprovals(demand);
  if (terms.pullRequest === undefined) return { state: { needed, judged: undefined }, findings };
  const judged = judgeApprovals(terms.pullRequest, demand);
  return { state: { needed, judged }, findings: [...findings, ...judged.findings] };
}

/**
 * Every touched file; and the file of each flag that is reached, for its owners' users get something else: now, once it
 * is enabled again, or once its plan goes on.
 */
function filesToOwn(
  { change, paths, latentDirectionOf }: Evidence,
  { isReducing }: Pick<ApprovalTerms, 'isReducing'>,
): readonly ReachedFile[] {
  const touched = change.files.map(({ path, status }) => ({ path, status, why: status }));
  const reached = change.flags
    .filter((flag) => flag.status === 'reached' && (isMoved(flag, latentDirectionOf) || isMovedLater(flag)))
    .map(({ key, via }) => ({
      path: paths.flag(key),
      status: 'reached' as const,
      why: `reached through ${via.join(', ')}`,
    }));
  return isReducing ? touched : [...touched, ...reached];
}

function isMoved({ key, effects }: FlagChange, latentDirectionOf: Evidence['latentDirectionOf']): boolean {
  return effects.some(
    ({ environment, direction }) => direction !== 'same' || latentDirectionOf(key, environment) !== 'same',
  );
}

function isMovedLater(flag: FlagChange): boolean {
  return flag.via.some((cause) => cause.startsWith('segment ')) && awaitsSegments(flag);
}

function demandOf(
  { head, reviewedHead = head, baseRef }: CheckRequest,
  { controlling: { policy } }: Evidence,
  { tier, isReducing }: ApprovalTerms,
): Omit<ApprovalDemand, 'files'> {
  const { bots = [], allowedBots = [], ignoreEmails = [] } = policy.approvers ?? {};
  const asked = demandsOf(policy, tier).approvals ?? 0;
  const approvals = isReducing ? Math.max(0, asked - (policy.reducing?.fewerApprovals ?? 1)) : asked;
  return {
    head: reviewedHead,
    baseRef,
    approvals,
    policy: { bots, allowedBots, ignoreEmails },
    isReducing,
    isReviewOwed: approvals < asked,
  };
}
