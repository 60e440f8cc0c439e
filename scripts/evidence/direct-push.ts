/** A kill that went straight to the main branch: allowed where the base's policy says so, and a review is owed. */
import type { GitRepository } from '../../provider/repository/index.js';
import type { Verdict } from '../control/verdict.js';
import { readSide } from '../history/side.js';
import type { RecordedDebt } from './record.js';

/** As `flagctl kill --direct` writes it: the last line of the message, or one of its last paragraph. */
const OWED = /^review[ \t]*:[ \t]*owed[ \t]*$/im;

/** What a direct push owes; null where it is not one that policy allows. @throws SyncError */
export async function debtOfPush(
  message: string,
  { isReducing, outcome, approvals }: Pick<Verdict, 'isReducing' | 'outcome' | 'approvals'>,
  { repository, root, base }: { readonly repository: GitRepository; readonly root: string; readonly base: string },
): Promise<RecordedDebt | null> {
  const last = message.slice(message.lastIndexOf('\n\n') + 1);
  if (!isReducing || outcome === 'refused' || !OWED.test(last)) return null;
  const { loaded } = await readSide(repository, base, root);
  const { direct = false, reviewWithin = DEFAULT_REVIEW_WITHIN } = loaded?.ruleset.documents.policy.reducing ?? {};
  if (!direct) return null;
  return { owners: (approvals.needed?.owners ?? []).map(({ owners }) => owners), within: reviewWithin };
}

/** As the policy's schema has it. */
const DEFAULT_REVIEW_WITHIN = '24h';
