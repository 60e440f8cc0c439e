/** Who pushed to the branch of a merge request: from the project's events and the merge request's own notes. */
import { isFailure } from '../host-error.js';
import { commitOrNone, missingPush, type Linked, type Push } from '../push-history.js';
import type { Reading } from '../reading.js';
import type { SystemNote } from './approvals.js';
import { pathOf, type GitLabClient, type GitLabUser } from './client.js';

interface PushEvent {
  readonly author?: GitLabUser | null;
  readonly push_data?: {
    readonly ref_type?: string;
    readonly ref?: string | null;
    readonly commit_from?: string | null;
    readonly commit_to?: string | null;
  } | null;
}

/** Where the branch is; a null project is a fork that was deleted. */
export interface Branch {
  readonly projectId: number | null;
  readonly ref: string;
  readonly commit: string;
}

async function readPushes(client: GitLabClient, branch: Branch): Promise<readonly Push[] | undefined> {
  if (branch.projectId === null) return undefined;
  try {
    const path = `${pathOf('projects', branch.projectId)}/events`;
    // The newest come first: where there are too many, the old ones are missing, and the chain shows it.
    const { items } = await client.list<PushEvent>(path, { action: 'pushed', sort: 'desc' });
    const own = items.filter(({ push_data }) => push_data?.ref_type === 'branch' && push_data.ref === branch.ref);
    return own.reverse().map(({ author, push_data }) => ({
      login: author?.username ?? null,
      before: commitOrNone(push_data?.commit_from),
      after: commitOrNone(push_data?.commit_to),
    }));
  } catch (error) {
    if (isFailure(error, 'missing', 'forbidden', 'unauthorized')) return undefined;
    throw error;
  }
}

function isPushNote({ body }: SystemNote): boolean {
  return /^added \d+ (?:new )?commits?\b/.test(body) || body.startsWith('restored source branch');
}

/** Names everybody who pushed; a gap where the events do not account for the whole branch. */
export async function readPushers(
  client: GitLabClient,
  branch: Branch,
  notes: readonly SystemNote[],
  links: readonly Linked[],
  reading: Reading,
): Promise<readonly string[]> {
  const noted = notes.filter(isPushNote).map(({ author }) => author.username);
  const pushes = await readPushes(client, branch);
  if (pushes === undefined) {
    const why = branch.projectId === null ? 'its project was deleted' : 'the events of its project are not shown';
    reading.miss(`who pushed to the branch ${branch.ref} is not known: ${why}`);
  } else {
    const missing = missingPush(pushes, branch.commit, links);
    if (missing !== undefined) reading.miss(`not every pusher to the branch ${branch.ref} is known: ${missing}`);
  }
  const named = (pushes ?? []).flatMap(({ login }) => (login === null ? [] : [login]));
  const pushers = [...new Set([...noted, ...named])];
  for (const login of pushers) reading.meet(login, false);
  return pushers;
}
