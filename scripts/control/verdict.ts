/** What `flagctl check` says of a change, as data: the same in CI, on a laptop and in tests. */
import type { RiskTier } from '../../provider/engine/index.js';
import { problemJson } from '../report.js';
import type { Problem } from '../../provider/repository/index.js';
import type { FlagChange } from '../change/change.js';
import type { ApprovalState } from './approval.js';
import type { BlastRadius, UsersRaise } from './blast-radius.js';
import type { Finding } from './finding.js';
import type { TierReason } from './tier.js';

/** A verdict. */
export interface Verdict {
  /** `refused` where a finding or a problem is an error; a laptop's `passes` still needs its approvals. */
  readonly outcome: 'passes' | 'refused';
  /** Full hashes; `merged` is the tree of the merge, undefined where there is none. */
  readonly base: string;
  readonly head: string;
  readonly merged: string | undefined;
  readonly tier: RiskTier;
  readonly tierReasons: readonly TierReason[];
  /** Whether it is proved to reduce and does nothing else; where it is not, why. */
  readonly isReducing: boolean;
  readonly notReducingBecause: readonly string[];
  /** Why the change is made, out of the pull request or its commits. */
  readonly reason: string | undefined;
  readonly approvals: ApprovalState;
  /** How many users it moves; undefined without a preview of this very change. */
  readonly blastRadius: BlastRadius | undefined;
  /** What the users that it moves raise, those included whom nobody measured; they are among the reasons. */
  readonly usersRaises: readonly UsersRaise[];
  readonly findings: readonly Finding[];
  /** What keeps the merge result from loading; and its warnings. */
  readonly problems: readonly Problem[];
  readonly flags: readonly FlagChange[];
  /** How much control each of them needs in this change, by key. */
  readonly flagTiers: ReadonlyMap<string, RiskTier>;
}

/** The verdict as `--format json` prints it: `schema/verdict.schema.json`. */
export function verdictJson({ flags, flagTiers, problems, usersRaises: _among, ...verdict }: Verdict): unknown {
  return {
    version: 1,
    ...verdict,
    problems: problems.map(problemJson),
    flags: flags.map(({ before, after, effects, ...flag }) => ({
      ...flag,
      owner: (after ?? before)?.owner,
      riskTier: { before: before?.riskTier, after: after?.riskTier },
      tier: flagTiers.get(flag.key),
      effects: effects.map(({ exposure, ...effect }) => ({
        ...effect,
        exposure: { before: exposureJson(exposure.before), after: exposureJson(exposure.after) },
      })),
    })),
  };
}

function exposureJson({ rest, openRules }: FlagChange['effects'][number]['exposure']['before']): unknown {
  return { rest, openRules: Object.fromEntries(openRules) };
}
