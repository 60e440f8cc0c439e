/** What the record of a merge says of a commit of the main branch. */
import type { RiskTier } from '../../provider/engine/index.js';
import type { Impact } from '../evidence/impact.js';

/** What was recorded when a commit was merged; whoever gives it has verified it. */
export interface MergeEvidence {
  /** The number of the pull request. */
  readonly pullRequest?: number | undefined;
  /** Whose approvals counted. */
  readonly approvers?: readonly string[] | undefined;
  readonly tier?: RiskTier | undefined;
  readonly reason?: string | undefined;
  /** RFC 3339, by the host's clock. */
  readonly mergedAt?: string | undefined;
  /** Figures of whom it moved. */
  readonly impact?: Impact | undefined;
}

/** Gives the record of a commit, by its full hash; undefined where there is none. */
export type EvidenceOf = (commit: string) => MergeEvidence | undefined;
