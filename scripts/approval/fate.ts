/** What becomes of a person's last decisive review, and why, in words. */
import type { Contributor } from './contributors.js';
import { folded, isDeletedAccount, type People } from './people.js';
import type { Review } from './pull-request.js';
import { shortHash, shown } from './wording.js';

/** What a review does to the change. `void`: it would approve or block, were it not for what its fate tells. */
export type ReviewEffect = 'approves' | 'blocks' | 'void' | 'none';

/** A review's effect, and the reason: `bob approved an older commit, abc…`. */
export interface Fate {
  readonly effect: ReviewEffect;
  readonly words: string;
}

/** What reviews are judged by. */
export interface ReviewTerms {
  readonly head: string;
  /** By folded login. */
  readonly contributors: ReadonlyMap<string, Contributor>;
  readonly people: People;
  /** When the base branch was last changed, in milliseconds; an approval must be younger. */
  readonly retargetedAt: number;
  /** Later reviews are no part of the verdict; infinite where nothing was merged. */
  readonly until: number;
  /** Whether somebody's "changes requested" blocks only where they are an owner. */
  readonly blocksOnlyByOwners: boolean;
  /** Whether somebody is an owner of a file of the change; undefined where that cannot be told. */
  readonly isOwner: (login: string) => boolean | undefined;
}

/** Judges an approval given at `instant`, undefined where its place among the person's reviews cannot be told. */
export function approvalFate(review: Review, instant: number | undefined, terms: ReviewTerms): Fate {
  const obstacle = personObstacle(review.login, terms) ?? reviewObstacle(review, instant, terms);
  return { effect: obstacle === undefined ? 'approves' : 'void', words: obstacle ?? `${shown(review.login)} approved` };
}

/** Judges a request for changes, which holds whatever commit it was given for. */
export function objectionFate({ login }: Review, terms: ReviewTerms): Fate {
  const name = shown(login);
  const { people, blocksOnlyByOwners, isOwner } = terms;
  const { permission } = people.accountOf(login);
  if (permission !== 'unknown' && !people.canWrite(login)) {
    return { effect: 'void', words: `${name} requested changes, but has no write access and cannot block` };
  }
  if (people.isBarredBot(login)) {
    return { effect: 'void', words: `${name} requested changes, but is a bot and cannot block` };
  }
  if (blocksOnlyByOwners && isOwner(login) === false) {
    return { effect: 'void', words: `${name} requested changes, but owns nothing that this reduction touches` };
  }
  return { effect: 'blocks', words: `${name} requested changes` };
}

/** Why a person's approvals cannot count, whatever they are for; undefined where they can. */
export function personObstacle(login: string, { contributors, people }: ReviewTerms): string | undefined {
  const name = shown(login);
  if (isDeletedAccount(login)) return 'somebody approved whose account is gone';
  const contributor = contributors.get(folded(login));
  if (contributor !== undefined) return `${name} ${contributor.parts[0]}, and nobody approves their own work`;
  if (people.isBarredBot(login))
    return `${name} is a bot that approvers.allowedBots in flags/policy.yaml does not name`;
  const { permission } = people.accountOf(login);
  if (permission === 'unknown') return `the host does not say whether ${name} has write access`;
  return people.canWrite(login) ? undefined : `${name} has no write access`;
}

function reviewObstacle(review: Review, instant: number | undefined, terms: ReviewTerms): string | undefined {
  const name = shown(review.login);
  if (instant === undefined) return `the host does not say when ${name} approved`;
  if (review.commit === null) return `the host does not say which commit ${name} approved`;
  if (review.commit !== terms.head) return `${name} approved an older one, ${shortHash(review.commit)}`;
  // The same second may be before or after, for hosts count no finer.
  if (instant <= terms.retargetedAt) return `${name} approved before the base branch was changed`;
  return undefined;
}
