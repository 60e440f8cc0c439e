/** Reviews that are owed: changes that went straight to the main branch, and say so. */
import type { EvidenceOf } from './evidence.js';
import type { LineCommit } from './line.js';
import { owesReview, reviewedCommits } from './message.js';

/** What became of a review that was owed. */
export type Review =
  | { readonly state: 'owed' }
  /** `by`: the commit whose record has the approvals; the commit itself where its own record was written later. */
  | { readonly state: 'given'; readonly by: string; readonly approvers: readonly string[] };

/**
 * The commits that owed a review, by hash. One is given by approvals in the record of the commit itself, or in that of
 * a later commit that names it in a trailer `Reviewed:`; a trailer alone proves nothing.
 * @param line of the branch, oldest first
 */
export function reviewsOf(line: readonly LineCommit[], evidenceOf: EvidenceOf): ReadonlyMap<string, Review> {
  const reviews = new Map<string, Review>();
  for (const commit of line) {
    const approvers = evidenceOf(commit.id)?.approvers ?? [];
    if (approvers.length > 0) {
      for (const owed of namedIn(commit, reviews)) reviews.set(owed, { state: 'given', by: commit.id, approvers });
    }
    if (!owesReview(commit)) continue;
    reviews.set(commit.id, approvers.length > 0 ? { state: 'given', by: commit.id, approvers } : { state: 'owed' });
  }
  return reviews;
}

/** The open debts that a commit names; a short hash of two of them names neither. */
function namedIn(commit: LineCommit, reviews: ReadonlyMap<string, Review>): readonly string[] {
  return reviewedCommits(commit).flatMap((hash) => {
    const meant = [...reviews.keys()].filter((id) => id.startsWith(hash));
    return meant.length === 1 && meant.every((id) => reviews.get(id)?.state === 'owed') ? meant : [];
  });
}
