/** Approvals of GitLab as reviews: from who approves now, and from the notes that GitLab itself writes. */
import type { Review } from '../../approval/pull-request.js';
import { isFailure } from '../host-error.js';
import type { Reading } from '../reading.js';
import { pathOf, type GitLabClient, type GitLabUser } from './client.js';

/** A note that GitLab wrote itself. */
export interface SystemNote {
  readonly id: number;
  readonly body: string;
  readonly system: boolean;
  readonly created_at: string;
  readonly author: GitLabUser;
}

/** A head that the merge request had. */
export interface Version {
  readonly head_commit_sha: string;
  readonly created_at: string;
}

interface Approvals {
  readonly approved_by?: readonly { readonly user: GitLabUser; readonly approved_at?: string | null }[];
}

interface Reviewer {
  readonly user: GitLabUser;
  readonly state: string;
  readonly created_at: string;
}

/**
 * GitLab does not keep the head that an approval was given for, so it is told by time: the version that was the newest
 * then. Within this time after a push the approver may still have looked at the one before.
 */
const SETTLING_MS = 30_000;

/** What GitLab writes, in English whatever the user's language (SystemNotes::MergeRequestsService of its source). */
const APPROVED = 'approved this merge request';
const REQUESTED_CHANGES = 'requested changes';

/** The head that stood long enough when something was given; null where there is none. */
export function headAt(versions: readonly Version[], at: string): string | null {
  const atMs = Date.parse(at);
  const earlier = versions.filter(({ created_at }) => Date.parse(created_at) <= atMs);
  const newest = [...earlier].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))[0];
  if (newest === undefined || !(atMs - Date.parse(newest.created_at) >= SETTLING_MS)) return null;
  return newest.head_commit_sha;
}

async function readReviewers(client: GitLabClient, iid: number): Promise<readonly Reviewer[]> {
  try {
    const path = `${client.project}/merge_requests${pathOf(iid)}/reviewers`;
    return (await client.list<Reviewer>(path)).items;
  } catch (error) {
    // Older servers have no reviewers' states, and no requests for changes.
    if (isFailure(error, 'missing')) return [];
    throw error;
  }
}

/** The last note of each account, which tells when its present state began. */
function lastOf(notes: readonly SystemNote[], body: string): ReadonlyMap<string, SystemNote> {
  return new Map(notes.filter((note) => note.body === body).map((note) => [note.author.username, note]));
}

/** What an account says now, and since when; undefined where GitLab does not say. */
type Standing = readonly [login: string, at: string | undefined];

function standing(
  state: Review['state'],
  present: readonly Standing[],
  notes: ReadonlyMap<string, SystemNote>,
  versions: readonly Version[],
  reading: Reading,
): readonly Review[] {
  return present.flatMap(([login, at]) => {
    if (at !== undefined) {
      const id = `${state}-${notes.get(login)?.id ?? login}`;
      return [{ id, login, state, commit: headAt(versions, at), submittedAt: at }];
    }
    reading.miss(`GitLab does not say when ${login} gave their review (${state}), so it is not counted`);
    return [];
  });
}

function withdrawn(notes: readonly SystemNote[], present: readonly Review[]): readonly Review[] {
  const ids = new Set(present.map(({ id }) => id));
  return notes
    .filter(({ body }) => body === APPROVED || body === REQUESTED_CHANGES)
    .filter(({ id, body }) => !ids.has(`${body === APPROVED ? 'approved' : 'changes-requested'}-${id}`))
    .map(({ id, author, created_at }) => ({
      id: String(id),
      login: author.username,
      state: 'dismissed' as const,
      commit: null,
      submittedAt: created_at,
    }));
}

/** Reads who approves or asks for changes now, and, as dismissed, what was withdrawn or reset. Oldest first. */
export async function readReviews(
  client: GitLabClient,
  iid: number,
  notes: readonly SystemNote[],
  versions: readonly Version[],
  reading: Reading,
): Promise<readonly Review[]> {
  const path = `${client.project}/merge_requests${pathOf(iid)}/approvals`;
  const { approved_by = [] } = await client.ask<Approvals>('GET', path);
  const reviewers = await readReviewers(client, iid);
  const asking = reviewers.filter(({ state }) => state === 'requested_changes');
  const approvalNotes = lastOf(notes, APPROVED);
  const changesNotes = lastOf(notes, REQUESTED_CHANGES);
  const approving = approved_by.map(({ user, approved_at }): Standing => [
    user.username,
    approved_at ?? approvalNotes.get(user.username)?.created_at,
  ]);
  // The reviewer's own time is that of the assignment.
  const objecting = asking.map(({ user, created_at }): Standing => [
    user.username,
    changesNotes.get(user.username)?.created_at ?? created_at,
  ]);
  const present = [
    ...standing('approved', approving, approvalNotes, versions, reading),
    ...standing('changes-requested', objecting, changesNotes, versions, reading),
  ];
  const reviews = [...present, ...withdrawn(notes, present)];
  for (const { login } of reviews) reading.meet(login, false);
  return reviews.sort((a, b) => Date.parse(a.submittedAt) - Date.parse(b.submittedAt));
}
