/** `flagctl check`: a change of a flag repository, and whether it may be merged. The same everywhere it runs. */
import type { RiskTier } from '../../provider/engine/index.js';
import { isolated, type GitRepository, type IsolatedRepository } from '../../provider/repository/index.js';
import type { PullRequest } from '../approval/pull-request.js';
import type { FlagChange } from '../change/change.js';
import { wideningOf } from '../change/exposure.js';
import { readFlagPast, type FlagPast } from '../history/flag-past.js';
import { readSides } from '../history/side.js';
import { judgeApproval, ownersToAsk } from './approval.js';
import type { UsersRaise } from './blast-radius.js';
import { conflictVerdict } from './conflict.js';
import type { Controlling } from './control-of.js';
import { gatherEvidence, type Evidence } from './evidence.js';
import { judgePreview } from './judge-preview.js';
import type { Measured } from './measured.js';
import type { MergeTimes } from './past.js';
import { reasonOf } from './reason/reason.js';
import { flagFilesAmong } from './paths.js';
import { judgeReduction } from './reduction.js';
import { cumulativeWidening, type RaisedFlag } from './rollout/widening.js';
import { judgeRules } from './rules.js';
import { highestTier, tierOfChange, tierOfFlag, type TierReason } from './tier.js';
import type { Verdict } from './verdict.js';

/** What to judge. */
export interface CheckRequest {
  readonly repository: GitRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
  /** The tip of the base branch, and the head; full hashes. */
  readonly base: string;
  readonly head: string;
  /** The commit whose policy decides, where another one than the base: the tip that a merge queue's group began at. */
  readonly controlledBy?: string | undefined;
  /** The base branch: `main`. */
  readonly baseRef: string;
  /**
   * Gives the pull request with the members of some owners. Undefined on a laptop: then the verdict says how many
   * approvals are needed, and of whom.
   */
  readonly pullRequest?: ((owners: readonly string[]) => Promise<PullRequest>) | undefined;
  /** A description beside the commits' messages, where no pull request gives one. */
  readonly description?: string | undefined;
  /** The least tier of some flags, by key: what they have in a merge queue's whole group. */
  readonly groupTiers?: ReadonlyMap<string, RiskTier> | undefined;
  /** What was measured of the change; a preview of another one is refused. */
  readonly preview?: Measured | undefined;
  /** What the users raise of a merge queue's whole group, whose preview stands for its members'. */
  readonly groupUsers?: readonly UsersRaise[] | undefined;
  /** Whether it is merged already: then nobody can measure it any more, and nothing is raised by that. */
  readonly isHistory?: boolean | undefined;
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
  let begun: Promise<FlagPast> | undefined;
  const sides = await readSides(repository, base, head, root, (files) => {
    const paths = flagFilesAmong(
      files.map(({ path }) => path),
      root,
    );
    begun = readFlagPast(repository, { until: base, paths });
    // Whoever waits for it hears of a failure; nobody may, where loading fails first.
    begun.catch(() => undefined);
  });
  if (!sides.ok) return conflictVerdict(request, sides.conflicts);
  const evidence = await gatherEvidence(repository, request, sides, begun);
  if (request.pullRequest === undefined) return judge(request, evidence, undefined);
  progress('reading the pull request');
  return judge(request, evidence, await request.pullRequest(ownersToAsk(evidence)));
}

function judge(request: CheckRequest, evidence: Evidence, pullRequest: PullRequest | undefined): Verdict {
  const { base, head, now } = request;
  const { change, controlling, latentDirectionOf, template, commits } = evidence;
  const { flags, result } = change;
  const widening = recentWidening(evidence, now);
  const flagTiers = tiersOf(request, evidence, widening.raised);
  const reduction = judgeReduction({ change, latentDirectionOf });
  const preview = judgePreview(request, evidence, reduction.isReducing);
  const raises = [
    ...raisesOf(controlling, widening.raised),
    ...groupRaises(request, flags),
    ...preview.raises.map(({ reason }) => reason),
  ];
  const { tier, reasons } = tierOfChange(change, evidence.control, raises);
  const terms = { tier, isReducing: reduction.isReducing };
  const body = pullRequest?.body ?? request.description;
  const words = { body, messages: commits.map(({ message }) => message), template };
  const approval = judgeApproval(request, evidence, { ...terms, pullRequest });
  const rules = [...judgeRules(evidence, { ...terms, words, now }), ...widening.findings];
  const findings = [...rules, ...preview.findingsAt(tier), ...approval.findings];
  const isRefused = result.loaded === undefined || findings.some(({ severity }) => severity === 'error');
  return {
    outcome: isRefused ? 'refused' : 'passes',
    base,
    head,
    merged: result.revision,
    tier,
    tierReasons: reasons,
    isReducing: reduction.isReducing,
    notReducingBecause: reduction.because,
    reason: reasonOf(words.body, words.messages, template),
    approvals: approval.state,
    blastRadius: preview.radius,
    usersRaises: preview.raises,
    findings,
    problems: result.problems,
    flags,
    flagTiers,
  };
}

function recentWidening({ change, controlling, past }: Evidence, now: Date): ReturnType<typeof cumulativeWidening> {
  return cumulativeWidening({
    flags: change.flags,
    policy: controlling.policy,
    history: past,
    wideningOf,
    base: change.base.loaded?.ruleset.documents ?? { flags: new Map() },
    now,
  });
}

/** The tier of each flag in this change. */
function tiersOf(
  { groupTiers }: CheckRequest,
  { change, control }: Evidence,
  raised: readonly RaisedFlag[],
): ReadonlyMap<string, RiskTier> {
  const high = new Set(raised.map(({ key }) => key));
  return new Map(
    change.flags.map((flag) => {
      const floor = high.has(flag.key) ? 'high' : (groupTiers?.get(flag.key) ?? 'low');
      return [flag.key, highestTier([floor, tierOfFlag(flag, control)])];
    }),
  );
}

function groupRaises({ groupTiers }: CheckRequest, flags: readonly FlagChange[]): readonly TierReason[] {
  return flags.flatMap(({ key }) => {
    const tier = groupTiers?.get(key);
    return tier === undefined ? [] : [{ tier, why: `flag ${key} is ${tier} in the whole group` }];
  });
}

function raisesOf({ isBaseBroken }: Controlling, raised: readonly RaisedFlag[]): readonly TierReason[] {
  const broken: TierReason = { tier: 'high', why: 'the base serves nothing that it could be compared with' };
  const widened = raised.map(({ why }): TierReason => ({ tier: 'high', why }));
  return [...(isBaseBroken ? [broken] : []), ...widened];
}
