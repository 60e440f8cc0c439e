/** One change of the main branch, out of its commit, its record and its effect. */
import type { CommitRecord } from '../../provider/repository/index.js';
import { reasonOf } from '../control/reason/reason.js';
import { parseDuration } from '../control/time/duration.js';
import type { Review } from './debts.js';
import type { RevisionEffect } from './effect.js';
import type { EvidenceOf } from './evidence.js';
import type { LineCommit } from './line.js';
import { claimedApprovers, pullRequestOf, revertsOf, subjectOf } from './message.js';
import type { Moment } from './moments.js';
import { makersOf } from './people.js';
import type { AuditEntry, RevertedChange, ReviewDebt, Stated } from './trail.js';

/** What is known of the branch. */
export interface EntryContext {
  /** Oldest first, as are their moments. */
  readonly line: readonly LineCommit[];
  readonly moments: readonly Moment[];
  readonly reviews: ReadonlyMap<string, Review>;
  /** Of the commits that an entry is made of, by hash. */
  readonly records: ReadonlyMap<string, CommitRecord>;
  readonly merged: ReadonlyMap<string, readonly CommitRecord[]>;
  readonly evidenceOf: EvidenceOf;
  /** How long the review of the commit at an index may be owed, by the policy before it; a duration. */
  readonly reviewWithin: (index: number) => string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The entry of the commit at an index of the line. */
export function entryOf(context: EntryContext, index: number, effect: RevisionEffect): AuditEntry {
  const { line, moments, merged, records, evidenceOf } = context;
  const [commit, moment] = [records.get(line[index]?.id ?? ''), moments[index]];
  if (commit === undefined || moment === undefined) throw new Error(`the branch has no commit ${index}`);
  const evidence = evidenceOf(commit.id);
  const brought = merged.get(commit.id) ?? [];
  const messages = [commit, ...brought].map(({ message }) => message);
  return {
    commit,
    moment,
    contributors: makersOf(commit, brought).slice(1),
    pullRequest: stated(evidence?.pullRequest, pullRequestOf(commit)),
    approvers: stated(evidence?.approvers, claimedApprovers(commit)) ?? { value: [], isRecorded: false },
    reason: stated(evidence?.reason, reasonOf(undefined, messages)),
    tier: stated(evidence?.tier, effect.tier) ?? { value: effect.tier, isRecorded: false },
    impact: evidence?.impact,
    reverts: revertedBy(context, index),
    review: debtOf(context, index),
    effect,
  };
}

function stated<T>(recorded: T | undefined, otherwise: T | undefined): Stated<T> | undefined {
  if (recorded !== undefined) return { value: recorded, isRecorded: true };
  return otherwise === undefined ? undefined : { value: otherwise, isRecorded: false };
}

/** What is owed for the commit at an index of the line; undefined where nothing ever was. */
export function debtOf(
  { line, moments, reviews, now, reviewWithin }: Omit<EntryContext, 'merged' | 'records' | 'evidenceOf'>,
  index: number,
): ReviewDebt | undefined {
  const [review, moment] = [reviews.get(line[index]?.id ?? ''), moments[index]];
  if (review === undefined || moment === undefined) return undefined;
  const due = moment.at + parseDuration(reviewWithin(index));
  if (review.state === 'given') return { ...review, due };
  return { state: now > due ? 'overdue' : 'owed', due, by: undefined, approvers: [] };
}

function revertedBy({ line, evidenceOf }: EntryContext, index: number): readonly RevertedChange[] {
  const commit = line[index];
  if (commit === undefined) return [];
  const earlier = line.slice(0, index);
  const { commits, pullRequests } = revertsOf(commit);
  const byHash = commits.map((hash): RevertedChange => {
    const found = earlier.find(({ id }) => id.startsWith(hash));
    return changeOf(found, { commit: hash, pullRequest: undefined });
  });
  const byNumber = pullRequests.map((number): RevertedChange => {
    const found = earlier.findLast((one) => (evidenceOf(one.id)?.pullRequest ?? pullRequestOf(one)) === number);
    return changeOf(found, { commit: undefined, pullRequest: number });
  });
  return [...byHash, ...byNumber];
}

function changeOf(found: LineCommit | undefined, named: Omit<RevertedChange, 'subject'>): RevertedChange {
  if (found === undefined) return { ...named, subject: undefined };
  return { commit: found.id, pullRequest: named.pullRequest ?? pullRequestOf(found), subject: subjectOf(found) };
}
