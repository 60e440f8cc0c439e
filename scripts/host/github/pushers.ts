/** Who pushed to the branch of a pull request, and when its base was changed: from its timeline and the branch's activity. */
import { isFailure } from '../host-error.js';
import { commitOrNone, missingPush, type Linked, type Push } from '../push-history.js';
import type { Reading } from '../reading.js';
import type { Listing } from '../transport/pages.js';
import type { GitHubClient, GitHubUser } from './client.js';

/** What the timeline and the activity tell. */
export interface BranchHistory {
  readonly pushers: readonly string[];
  readonly retargetedAt: readonly string[];
}

/** Where the branch is; a null repository is a fork that was deleted. */
export interface Branch {
  readonly repository: { readonly owner: string; readonly repo: string } | null;
  readonly ref: string;
  readonly commit: string;
}

const PUSH_EVENTS: ReadonlySet<string> = new Set(['head_ref_force_pushed', 'head_ref_restored']);
const RETARGET_EVENTS: ReadonlySet<string> = new Set(['base_ref_changed', 'automatic_base_change_succeeded']);

interface TimelineEvent {
  readonly event?: string;
  readonly created_at?: string;
  readonly actor?: GitHubUser | null;
}

function namedActor(actor: GitHubUser | null | undefined, reading: Reading): string | null {
  if (actor === null || actor === undefined) return null;
  reading.meet(actor.login, actor.type !== 'User');
  return actor.login;
}

async function readTimeline(client: GitHubClient, number: number, reading: Reading): Promise<BranchHistory> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/timeline';
  const { items, isComplete } = await client.list(route, { issue_number: number });
  if (!isComplete) reading.miss(`only the first ${items.length} events of the timeline were read`);
  const pushers = new Set<string>();
  const retargetedAt: string[] = [];
  for (const { event = '', created_at, actor } of items as readonly TimelineEvent[]) {
    if (RETARGET_EVENTS.has(event)) {
      if (created_at === undefined) reading.miss('GitHub does not say when the base branch was changed');
      else retargetedAt.push(created_at);
    }
    if (!PUSH_EVENTS.has(event)) continue;
    const login = namedActor(actor, reading);
    if (login === null) reading.miss('GitHub does not say who force-pushed to the branch');
    else pushers.add(login);
  }
  return { pushers: [...pushers], retargetedAt };
}

async function readPushes(client: GitHubClient, branch: Branch, reading: Reading): Promise<Listing<Push> | undefined> {
  if (branch.repository === null) return undefined;
  try {
    const route = 'GET /repos/{owner}/{repo}/activity';
    // The newest come first: where there are too many, the old ones are missing, and the chain shows it.
    const { items, isComplete } = await client.list(route, {
      ...branch.repository,
      ref: `refs/heads/${branch.ref}`,
      direction: 'desc',
    });
    const pushes = items.map(({ actor, before, after }) => ({
      login: namedActor(actor, reading),
      before: commitOrNone(before),
      after: commitOrNone(after),
    }));
    return { items: pushes.reverse(), isComplete };
  } catch (error) {
    if (isFailure(error, 'missing', 'forbidden', 'refused')) return undefined;
    throw error;
  }
}

/** Reads who pushed and when the base was changed; a gap where neither source names every pusher. */
export async function readBranchHistory(
  client: GitHubClient,
  number: number,
  branch: Branch,
  commits: readonly Linked[],
  reading: Reading,
): Promise<BranchHistory> {
  const { pushers, retargetedAt } = await readTimeline(client, number, reading);
  const pushes = await readPushes(client, branch, reading);
  if (pushes === undefined) {
    const why =
      branch.repository === null ? 'its repository was deleted' : 'the activity of its repository is not shown';
    reading.miss(`who pushed to the branch ${branch.ref} is not known: ${why}`);
    return { pushers, retargetedAt };
  }
  const missing = missingPush(pushes.items, branch.commit, commits);
  if (missing !== undefined) reading.miss(`not every pusher to the branch ${branch.ref} is known: ${missing}`);
  const named = pushes.items.flatMap(({ login }) => (login === null ? [] : [login]));
  return { pushers: [...new Set([...pushers, ...named])], retargetedAt };
}
