/** The commit of a kill or a rollback in words, and the name of its branch. */
import { createHash } from 'node:crypto';
import type { EditPlan } from './plan.js';

/** The words of a commit that somebody still has to review. */
const REVIEW_OWED = 'Review: owed';

/** A commit's message: subject, what happens, and the trailers. */
export function messageOf({ subject, effects }: EditPlan, reason: string, owesReview: boolean): string {
  const trailers = [`Reason: ${reason}`, ...(owesReview ? [REVIEW_OWED] : [])];
  return `${subject}\n\n${effects.map((line) => `- ${line}`).join('\n')}\n\n${trailers.join('\n')}\n`;
}

/** Enough that two people who kill one flag for one reason in one second are told apart by it. */
const HASH_CHARACTERS = 10;

/** `kill/payments.checkout.new-flow-3f2a91c07d`: new at each call of the command. */
export function branchOf(verb: string, key: string, told: readonly string[]): string {
  const hash = createHash('sha256').update(told.join('\0')).digest('hex').slice(0, HASH_CHARACTERS);
  // A naming of the policy's own may allow what a ref may not hold.
  return `${verb}/${key.replaceAll(/[^A-Za-z0-9.=+_-]/g, '-')}-${hash}`;
}
