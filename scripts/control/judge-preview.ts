/** What the preview of a change comes to: whether it counts, the tiers that its figures ask for, and what to say of it. */
import type { RiskTier } from '../../provider/engine/index.js';
import { blastRadiusOf, measuredRaises, unmeasuredRaise, type BlastRadius, type UsersRaise } from './blast-radius.js';
import type { CheckRequest } from './check.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import { isEstimate, openEnvironments } from './measured.js';
import { checkPreview, mismatchOf, previewFindings, unmeasuredFinding } from './preview-rules.js';

/** The judgement of a preview, or of there being none. */
export interface PreviewJudgement {
  /** Undefined where there is no preview, or it is of another change. */
  readonly radius: BlastRadius | undefined;
  /** What raises the change; empty of a reduction. */
  readonly raises: readonly UsersRaise[];
  /** All findings, once the tier is known that the raises lead to. */
  readonly findingsAt: (tier: RiskTier) => readonly Finding[];
}

/** Judges it. */
export function judgePreview(request: CheckRequest, evidence: Evidence, isReducing: boolean): PreviewJudgement {
  const { preview, groupUsers } = request;
  if (groupUsers !== undefined) {
    const raises = isReducing ? [] : groupRaises(groupUsers, evidence);
    return { radius: undefined, raises, findingsAt: () => [] };
  }
  const mismatch = preview && mismatchOf(preview, request, evidence, isReducing);
  // It refuses the change, unless that is a reduction: there is nothing to raise.
  if (mismatch !== undefined) return { radius: undefined, raises: [], findingsAt: () => [mismatch] };
  const radius = preview && blastRadiusOf(preview, { policy: evidence.controlling.policy, isReducing });
  const isMeasured = preview !== undefined && !isEstimate(preview);
  const unmeasured = isReducing || isMeasured ? [] : unmeasuredRaises(evidence);
  const told = preview === undefined || radius === undefined ? [] : previewFindings(preview, radius, evidence);
  return {
    radius,
    raises: [
      ...(radius === undefined ? [] : measuredRaises(radius)),
      ...(request.isHistory === true ? [] : unmeasured),
    ],
    findingsAt: (tier) => {
      const asked = checkPreview(preview, request, evidence, { tier, isReducing });
      // One that is asked for says how to make it, too.
      return [...asked, ...(asked.length > 0 ? [] : unmeasuredFinding(unmeasured, request)), ...told];
    },
  };
}

/** What nobody measured counts as reached: else whoever keeps a preview from being made would pass by the thresholds. */
function unmeasuredRaises(evidence: Evidence): readonly UsersRaise[] {
  const { policy } = evidence.controlling;
  if (policy.blastRadius === undefined) return [];
  return openEnvironments(evidence).flatMap((environment) => unmeasuredRaise(environment, policy) ?? []);
}

/** What the users of the whole group of a merge queue raise, of each of its members that may have a part in it. */
function groupRaises(ofGroup: readonly UsersRaise[], evidence: Evidence): readonly UsersRaise[] {
  const open = new Set(openEnvironments(evidence));
  return ofGroup
    .filter(({ environment }) => open.has(environment))
    .map((raise) => ({ ...raise, reason: raise.ofGroup }));
}
