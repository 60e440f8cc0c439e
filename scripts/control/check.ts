/** `flagctl check`: a change of a flag repository, and whether it may be merged. The same everywhere it runs. */
import { isolated, type GitRepository, type IsolatedRepository } from '../../provider/repository/index.js';
import type { PullRequest } from '../approval/pull-request.js';
import { wideningOf } from '../change/exposure.js';
import { readSides, type Sides } from '../history/side.js';
import { judgeApproval } from './approval.js';
import { conflictVerdict } from './conflict.js';
import { gatherEvidence, type Evidence } from './evidence.js';
import type { MergeTimes } from './past.js';
import { reasonOf } from './reason/reason.js';
import { judgeReduction } from './reduction.js';
import { cumulativeWidening } from './rollout/widening.js';
import { judgeRules } from './rules.js';
import { tierOfChange, type TierReason } from './tier.js';
import type { Verdict } from './verdict.js';

/** What to judge. */
export interface CheckRequest {
  readonly repository: GitRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
  /** The tip of the base branch, and the head; full hashes. */
  readonly base: string;
  readonly head: string;
  /** The base branch: `main`. */
  readonly baseRef: string;
  /**
   * Gives the pull request with the members of some owners. Undefined on a laptop: then the verdict says how many
   * approvals are needed, and of whom.
   */
  readonly pullRequest?: ((owners: readonly string[]) => Promise<PullRequest>) | undefined;
  /** The commit that reviews must be for; left out: the head. */
  readonly reviewedHead?: string | undefined;
  readonly mergeTimes?: MergeTimes | undefined;
  readonly now: Date;
  readonly progress: (message: string) => void;
}

/** Judges a change on the merge of its head into the base. @throws SyncError where objects or history are missing */
export async function checkChange(request: CheckRequest): Promise<Verdict> {
  return isolated(request.repository, {}, (own) => check(own, request));
}

async function check(repository: IsolatedRepository, request: CheckRequest): Promise<Verdict> {
  const { base, head, root, progress } = request;
  progress('merging the head into the base');
  const sides = await readSides(repository, base, head, root);
  if (!sides.ok) return conflictVerdict(request, sides.conflicts);
  return judge(request, sides, await gatherEvidence(repository, request, sides));
}

function judge(request: CheckRequest, sides: Extract<Sides, { ok: true }>, evidence: Evidence): Verdict {
  const { base, head, now, pullRequest } = request;
  const { change, control, controlling, latentDirectionOf, paths, commits } = evidence;
  const { flags } = change;
  const widening = cumulativeWidening({ flags, policy: controlling.policy, history: evidence.past, wideningOf, now });
  const raises: TierReason[] = [
    ...(controlling.isBaseBroken
      ? [{ tier: 'high' as const, why: 'the base serves nothing that it could be compared with' }]
      : []),
    ...widening.raised.map(({ key, environment, points }) => ({
      tier: 'high' as const,
      why: `flag ${key} has widened by ${points} percentage points of late in ${environment}`,
    })),
  ];
  const { tier, reasons } = tierOfChange(change, control, raises);
  const reduction = judgeReduction({ change, latentDirectionOf, isServing: paths.isServing });
  const terms = { tier, isReducing: reduction.isReducing };
  const approval = judgeApproval(request, evidence, terms);
  const findings = [...judgeRules(request, evidence, terms), ...widening.findings, ...approval.findings];
  const isRefused = sides.result.loaded === undefined || findings.some(({ severity }) => severity === 'error');
  return {
    outcome: isRefused ? 'refused' : 'passes',
    base,
    head,
    merged: sides.result.revision,
    tier,
    tierReasons: reasons,
    isReducing: reduction.isReducing,
    notReducingBecause: reduction.because,
    reason: reasonOf(
      pullRequest?.body,
      commits.map(({ message }) => message),
    ),
    approvals: approval.state,
    findings,
    problems: sides.result.problems,
    flags,
  };
}
