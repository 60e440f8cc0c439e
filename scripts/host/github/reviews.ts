/** The reviews of a pull request, all that were ever given. */
import type { Review } from '../../approval/pull-request.js';
import type { Reading } from '../reading.js';
import type { GitHubClient } from './client.js';

/** What GitHub calls an account that is gone. */
export const GHOST = 'ghost';

/** REST writes states in capitals, webhooks in small letters. */
const STATES: ReadonlyMap<string, Review['state']> = new Map([
  ['approved', 'approved'],
  ['changes_requested', 'changes-requested'],
  ['commented', 'commented'],
  ['dismissed', 'dismissed'],
  ['pending', 'pending'],
]);

/** Lists the reviews, oldest first. */
export async function readReviews(client: GitHubClient, number: number, reading: Reading): Promise<readonly Review[]> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
  const { items, isComplete } = await client.list(route, { pull_number: number });
  if (!isComplete) reading.miss(`only the first ${items.length} reviews were read`);
  const reviews: Review[] = [];
  for (const { id, user, state, commit_id, submitted_at } of items) {
    const known = STATES.get(state.toLowerCase()) ?? 'unknown';
    const login = user?.login ?? GHOST;
    if (submitted_at === undefined) {
      // A draft of our own: not submitted, so not a review yet.
      if (known !== 'pending') reading.miss(`GitHub does not say when the review ${id} of ${login} was given`);
      continue;
    }
    reading.meet(login, user === null || user.type !== 'User');
    if (known === 'unknown') reading.miss(`the review ${id} of ${login} has a state that is not known`);
    reviews.push({ id: String(id), login, state: known, commit: commit_id ?? null, submittedAt: submitted_at });
  }
  return reviews;
}
