/** What of a change its approvals must answer for, and what they do. */
import type { RiskTier } from '../../provider/engine/index.js';
import type { ApprovalDemand, OwnedFile } from '../approval/demand.js';
import { neededApprovals, type NeededApprovals } from '../approval/needed.js';
import { ownersOfFiles, type FileOwners, type ReachedFile } from '../approval/owners.js';
import type { PullRequest } from '../approval/pull-request.js';
import { judgeApprovals, type ApprovalVerdict } from '../approval/verdict.js';
import { CODEOWNERS_PATHS } from '../../provider/repository/index.js';
import type { Change, FlagChange } from '../change/change.js';
import type { CheckRequest } from './check.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import type { Paths } from './paths.js';
import { ProtectedFiles } from './protected-files.js';
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
  const { files } = demandedFiles(evidence, { isReducing: false });
  return [...new Set(files.flatMap(({ ownersBefore = [], ownersAfter = [] }) => [...ownersBefore, ...ownersAfter]))];
}

/** Judges the approvals of a pull request, or without one says how many are needed and of whom. */
export function judgeApproval(
  request: CheckRequest,
  evidence: Evidence,
  terms: ApprovalTerms,
): { readonly state: ApprovalState; readonly findings: readonly Finding[] } {
  const { files, findings } = demandedFiles(evidence, terms);
  const demand = { ...demandOf(request, evidence, terms), files };
  const needed = neededApprovals(demand);
  if (terms.pullRequest === undefined) return { state: { needed, judged: undefined }, findings };
  const judged = judgeApprovals(terms.pullRequest, demand);
  return { state: { needed, judged }, findings: [...findings, ...judged.findings] };
}

/**
 * The files with their owners. What nobody owns outside of the flags stays nobody's: a repository that holds more than
 * flags need not give all of it to somebody.
 */
function demandedFiles(evidence: Evidence, terms: Pick<ApprovalTerms, 'isReducing'>): FileOwners {
  const { change, control } = evidence;
  const { protected: added = [], floors = [] } = control.policy;
  const controlled = new ProtectedFiles(control.root, [...added, ...floors.flatMap(({ path }) => path ?? [])]);
  const { files, findings } = ownersOfFiles(change.base, change.result, filesToOwn(evidence, terms));
  const isOurs = ({ path, ownersBefore = [], ownersAfter = [] }: OwnedFile): boolean =>
    controlled.isControlled(path) || ownersBefore.length + ownersAfter.length > 0;
  const others = new Set(files.filter((file) => !isOurs(file)).map(({ path }) => path));
  return {
    files: files.filter(isOurs),
    findings: findings.filter(({ code, file = '' }) => code !== 'file-without-owner' || !others.has(file)),
  };
}

/**
 * Every touched file; and the file of each flag that is reached, for its owners' users get something else: now, once it
 * is enabled again, or once its plan goes on.
 */
function filesToOwn(
  { change, paths, latentDirectionOf }: Evidence,
  { isReducing }: Pick<ApprovalTerms, 'isReducing'>,
): readonly ReachedFile[] {
  const touched = change.files.map(({ path, status }): ReachedFile => ({ path, status, why: status }));
  const decided = change.files.some(({ path }) => CODEOWNERS_PATHS.includes(path))
    ? filesThatDecide(change, paths)
    : [];
  const reached = change.flags
    .filter((flag) => flag.status === 'reached' && (isMoved(flag, latentDirectionOf) || isMovedLater(flag)))
    .map(({ key, via }) => ({
      path: paths.flag(key),
      status: 'reached' as const,
      why: `reached through ${via.join(', ')}`,
    }));
  return isReducing ? touched : [...touched, ...decided, ...reached];
}

/** The policy and the ledger: whoever changes CODEOWNERS decides whose they are, though they are not touched. */
function filesThatDecide({ base, result, files }: Change, { policy, retired }: Paths): readonly ReachedFile[] {
  const touched = new Set(files.map(({ path }) => path));
  return [policy, retired]
    .filter((path) => !touched.has(path) && [base, result].every(({ loaded }) => loaded?.files.has(path)))
    .map((path) => ({ path, status: 'reached', why: 'its owner is decided by CODEOWNERS' }));
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
