/** What the preview of a change comes to: whether it counts, the tiers that its figures ask for, and what to say of it. */
import type { RiskTier } from '../../provider/engine/index.js';
import { blastRadiusOf, type BlastRadius } from './blast-radius.js';
import type { CheckRequest } from './check.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import { openEnvironments } from './measured.js';
import { checkPreview, mismatchOf, previewFindings } from './preview-rules.js';
import type { TierReason } from './tier.js';

/** The judgement of a preview, or of there being none. */
export interface PreviewJudgement {
  /** Undefined where there is no preview, or it is of another change. */
  readonly radius: BlastRadius | undefined;
  /** What raises the change; empty of a reduction. */
  readonly raises: readonly TierReason[];
  /** All findings, once the tier is known that the raises lead to. */
  readonly findingsAt: (tier: RiskTier) => readonly Finding[];
}

/** Judges it. */
export function judgePreview(request: CheckRequest, evidence: Evidence, isReducing: boolean): PreviewJudgement {
  const { preview, isPreviewAsked = true } = request;
  const ofGroup = isReducing ? [] : groupRaises(request, evidence);
  const mismatch = preview && mismatchOf(preview, request, evidence, isReducing);
  if (mismatch !== undefined) return { radius: undefined, raises: ofGroup, findingsAt: () => [mismatch] };
  const radius = preview && blastRadiusOf(preview, { policy: evidence.controlling.policy, isReducing });
  const told = preview === undefined || radius === undefined ? [] : previewFindings(preview, radius, evidence);
  const asked = (tier: RiskTier): readonly Finding[] =>
    isPreviewAsked ? checkPreview(preview, request, evidence, { tier, isReducing }) : [];
  return {
    radius,
    raises: [...ofGroup, ...(radius?.environments ?? []).flatMap(({ raise }) => raise ?? [])],
    findingsAt: (tier) => [...asked(tier), ...told],
  };
}

/** What the whole group of a merge queue moves raises each of its members that may have a part in it. */
function groupRaises({ groupRadius }: CheckRequest, evidence: Evidence): readonly TierReason[] {
  if (groupRadius === undefined) return [];
  const open = new Set(openEnvironments(evidence));
  return groupRadius.environments.flatMap(({ environment, raise }) =>
    raise === undefined || !open.has(environment) ? [] : [{ ...raise, why: `the whole group ${raise.why}` }],
  );
}
