/** The reviews of a pull request, each with its fate: a person's last decisive one holds, and no other comes back. */
import type { Finding } from '../control/finding.js';
import { approvalFate, objectionFate, type ReviewEffect, type ReviewTerms } from './fate.js';
import { instantOf } from './instant.js';
import { folded, isDeletedAccount } from './people.js';
import type { Review } from './pull-request.js';
import { shown } from './wording.js';

/** A review and what became of it. */
export interface JudgedReview extends Review {
  readonly effect: ReviewEffect;
  /** Why, for a reader: `bob approved an older one, abc…`. */
  readonly fate: string;
}

/** What the reviews come to. */
export interface ReviewJudgement {
  /** Sorted by instant, then by login and id. */
  readonly reviews: readonly JudgedReview[];
  /** Logins of the people whose approvals count, sorted; each once, however it is spelled. */
  readonly approvers: readonly string[];
  readonly findings: readonly Finding[];
}

interface PlacedReview {
  readonly review: Review;
  /** Undefined where the host gives none that can be read. */
  readonly instant: number | undefined;
}

const DECISIVE: ReadonlySet<Review['state']> = new Set(['approved', 'changes-requested', 'dismissed']);

/** Judges every review by its author, its commit, its instant and what the same person said later. */
export function judgeReviews(reviews: readonly Review[], terms: ReviewTerms): ReviewJudgement {
  const judged = [...byPerson(reviews).values()].flatMap((placed) => judgePerson(placed, terms)).toSorted(inTime);
  const approvers = new Map<string, string>();
  for (const { login, effect } of judged) if (effect === 'approves') approvers.set(folded(login), login);
  const logins = [...approvers].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, login]) => login);
  return { reviews: judged, approvers: logins, findings: judged.flatMap(findingOf) };
}

function byPerson(reviews: readonly Review[]): ReadonlyMap<string, readonly PlacedReview[]> {
  const people = new Map<string, PlacedReview[]>();
  for (const review of reviews) {
    // Several people may stand behind the name of a deleted account: none of them takes back what another said.
    const person = isDeletedAccount(review.login) ? `deleted ${review.id}` : folded(review.login);
    const placed = people.get(person) ?? [];
    placed.push({ review, instant: instantOf(review.submittedAt) });
    people.set(person, placed);
  }
  return people;
}

function judgePerson(placed: readonly PlacedReview[], terms: ReviewTerms): readonly JudgedReview[] {
  const decisive = placed.filter(
    ({ review, instant }) => DECISIVE.has(review.state) && !(Number(instant) > terms.until),
  );
  const isOrdered = decisive.every(({ instant }) => instant !== undefined);
  // The sort is stable: within a second, the host's order holds.
  const inOrder = decisive.toSorted((one, other) => Number(one.instant) - Number(other.instant));
  // An approval is of one commit: one of another commit takes nothing back, as objections and dismissals do.
  const holding = new Set(inOrder.slice(inOrder.findLastIndex(({ review }) => review.state !== 'approved') + 1));
  const last = inOrder.at(-1);
  return placed.map((one) => {
    if (!decisive.includes(one)) return fated(one.review, 'none', indecisiveWords(one.review));
    // Without an order, whatever refuses is taken for the last.
    const judged = judgeDecisive(one.review, isOrdered ? one.instant : undefined, terms);
    if (!isOrdered || one === last || (holding.has(one) && judged.effect === 'approves')) return judged;
    return fated(one.review, 'none', `${shown(one.review.login)} reviewed again later`);
  });
}

function judgeDecisive(review: Review, instant: number | undefined, terms: ReviewTerms): JudgedReview {
  switch (review.state) {
    case 'approved': {
      const { effect, words } = approvalFate(review, instant, terms);
      return fated(review, effect, words);
    }
    case 'changes-requested': {
      const { effect, words } = objectionFate(review, terms);
      return fated(review, effect, words);
    }
    case 'dismissed':
      return fated(
        review,
        'none',
        `the review of ${shown(review.login)} was dismissed, and an older one does not return`,
      );
    case 'commented':
    case 'pending':
    case 'unknown':
      return fated(review, 'none', indecisiveWords(review));
  }
}

function indecisiveWords({ login, state }: Review): string {
  const name = shown(login);
  switch (state) {
    case 'commented':
      return `${name} commented, which decides nothing`;
    case 'pending':
      return `${name} has not submitted the review yet`;
    case 'unknown':
      return `the host gives the review of ${name} a state that is not known here`;
    case 'approved':
    case 'changes-requested':
    case 'dismissed':
      return `${name} reviewed after the merge`;
  }
}

function fated(review: Review, effect: ReviewEffect, fate: string): JudgedReview {
  return { ...review, effect, fate };
}

function inTime(one: JudgedReview, other: JudgedReview): number {
  const keys = ({ submittedAt, login, id }: Review) => [submittedAt, folded(login), id];
  const others = keys(other);
  for (const [index, key] of keys(one).entries()) {
    const against = others[index] ?? '';
    if (key !== against) return key < against ? -1 : 1;
  }
  return 0;
}

function findingOf({ id, login, state, effect, fate }: JudgedReview): readonly Finding[] {
  const name = shown(login);
  if (state === 'unknown') {
    const message = `${fate} (review ${shown(id)}): nothing may be concluded`;
    const fix = `ask ${name} to review again, or bring flagctl up to date`;
    return [{ code: 'review-unknown', severity: 'error', message, fix }];
  }
  if (effect === 'blocks') {
    const fix = `settle it with ${name}, who then approves or whose review is dismissed`;
    return [{ code: 'changes-requested', severity: 'error', message: fate, fix }];
  }
  const isWithoutEffect = state === 'changes-requested' && effect === 'void';
  return isWithoutEffect ? [{ code: 'changes-requested', severity: 'notice', message: fate }] : [];
}
