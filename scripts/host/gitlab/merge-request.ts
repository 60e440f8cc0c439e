/** A merge request of GitLab as a pull request, with all that happened to it. */
import type { PullRequest } from '../../approval/pull-request.js';
import { unlessMissing } from '../host-error.js';
import { readIdentities } from '../identities.js';
import { Reading } from '../reading.js';
import { isTokenAccount, readAccounts } from './accounts.js';
import { readReviews, type SystemNote, type Version } from './approvals.js';
import { pathOf, type GitLabClient, type GitLabUser } from './client.js';
import { readCommits } from './commits.js';
import { identify } from './identities.js';
import { readOwners } from './owners.js';
import { readPushers } from './pushers.js';

interface MergeRequest {
  readonly iid: number;
  readonly title: string;
  readonly description: string | null;
  readonly web_url: string;
  readonly state: string;
  readonly draft: boolean;
  readonly author: GitLabUser | null;
  readonly source_branch: string;
  readonly target_branch: string;
  readonly sha: string;
  readonly source_project_id: number | null;
  readonly target_project_id: number;
  readonly diff_refs: { readonly start_sha: string | null } | null;
  readonly merge_commit_sha: string | null;
  readonly squash_commit_sha: string | null;
  readonly merged_at: string | null;
  readonly merge_user?: GitLabUser | null;
  /** What older servers say instead. */
  readonly merged_by?: GitLabUser | null;
}

const STATES: ReadonlyMap<string, PullRequest['state']> = new Map([
  ['opened', 'open'],
  // About to be merged.
  ['locked', 'open'],
  ['merged', 'merged'],
]);

/** An account that was deleted. */
const GHOST = 'ghost';

function mergeOf(request: MergeRequest, reading: Reading): PullRequest['merge'] {
  if (request.state !== 'merged') return undefined;
  const by = request.merge_user ?? request.merged_by;
  // Fast-forwarded, the head itself is what came to the target.
  const commit = request.merge_commit_sha ?? request.squash_commit_sha ?? request.sha;
  if (by === null || by === undefined || request.merged_at === null) {
    reading.miss('GitLab does not say who merged the merge request, or when');
    return undefined;
  }
  reading.meet(by.username, isTokenAccount(by.username));
  return { commit, at: request.merged_at, by: by.username };
}

function retargetsOf(notes: readonly SystemNote[]): readonly string[] {
  const retargets = notes.filter(
    ({ body }) =>
      body.startsWith('changed target branch from ') || body.includes('This merge request now targets the '),
  );
  return retargets.map(({ created_at }) => created_at);
}

async function readNotes(client: GitLabClient, path: string, reading: Reading): Promise<readonly SystemNote[]> {
  const { items, isComplete } = await client.list<SystemNote>(`${path}/notes`, { sort: 'asc', order_by: 'created_at' });
  if (!isComplete) reading.miss(`only the first ${items.length} notes were read`);
  // Anybody can write a comment in the same words: it is no system note.
  return items.filter(({ system }) => system);
}

async function readVersions(
  client: GitLabClient,
  path: string,
  head: string,
  reading: Reading,
): Promise<readonly Version[]> {
  const { items, isComplete } = await client.list<Version>(`${path}/versions`);
  const isCurrent = items.some(({ head_commit_sha }) => head_commit_sha === head);
  if (!isComplete || !isCurrent)
    reading.miss('GitLab does not list every head of the merge request yet; run this again');
  return items;
}

async function repositoryOf(client: GitLabClient, id: number | null): Promise<string | null> {
  if (id === null) return null;
  const project = client.ask<{ readonly path_with_namespace: string }>('GET', pathOf('projects', id));
  return (await unlessMissing(project))?.path_with_namespace ?? null;
}

async function factsOf(
  client: GitLabClient,
  request: MergeRequest,
  reading: Reading,
): Promise<
  Pick<PullRequest, 'host' | 'repository' | 'number' | 'url' | 'title' | 'body' | 'state' | 'isDraft' | 'base' | 'head'>
> {
  const base = request.diff_refs?.start_sha ?? '';
  if (base === '') reading.miss('GitLab does not say which commit of the target branch it compared with');
  const repository = await repositoryOf(client, request.source_project_id);
  return {
    host: 'gitlab',
    repository: client.path,
    number: request.iid,
    url: request.web_url,
    title: request.title,
    body: request.description ?? '',
    state: STATES.get(request.state) ?? 'closed',
    isDraft: request.draft,
    base: { ref: request.target_branch, commit: base },
    head: { ref: request.source_branch, commit: request.sha, repository },
  };
}

/** Reads it; what GitLab does not show becomes a gap. @throws HostError where the merge request itself can't be read */
export async function readMergeRequest(
  client: GitLabClient,
  iid: number,
  handles: readonly string[],
): Promise<PullRequest> {
  const reading = new Reading();
  const path = `${client.project}/merge_requests${pathOf(iid)}`;
  const request = await client.ask<MergeRequest>('GET', path);
  const author = request.author?.username ?? GHOST;
  if (request.author === null) reading.miss('the account of the author was deleted');
  reading.meet(author, isTokenAccount(author));
  const merge = mergeOf(request, reading);
  const facts = await factsOf(client, request, reading);
  const { commits, links } = await readCommits(client, iid, reading);
  const notes = await readNotes(client, path, reading);
  const versions = await readVersions(client, path, request.sha, reading);
  const reviews = await readReviews(client, iid, notes, versions, reading);
  const branch = { projectId: request.source_project_id, ref: request.source_branch, commit: request.sha };
  const pushers = await readPushers(client, branch, notes, links, reading);
  const identities = await readIdentities(commits, async (address) => identify(client, address, reading), reading);
  const owners = await readOwners(client, handles, reading);
  const accounts = await readAccounts(client, reading);
  const after = await client.ask<MergeRequest>('GET', path);
  const isSame = [
    after.sha === request.sha,
    after.target_branch === request.target_branch,
    after.state === request.state,
  ];
  if (isSame.includes(false)) reading.miss('the merge request changed while it was read; run this again');
  const people = { author, pushers, accounts, owners, identities };
  return { ...facts, ...people, commits, reviews, retargetedAt: retargetsOf(notes), merge, gaps: reading.gaps };
}
