/** GitLab as a code host. */
import type { CodeHost, OpenRequest } from '../code-host.js';
import { upsertComment } from '../comment.js';
import { HostError, isFailure } from '../host-error.js';
import { latestOf } from '../merge-time.js';
import type { Send } from '../transport/transport.js';
import { createGitLabClient, pathOf, type GitLabClient } from './client.js';
import { openComments } from './comments.js';
import { readMergeRequest } from './merge-request.js';
import { readProtection } from './protection.js';

interface Listed {
  readonly iid: number;
  readonly web_url: string;
  readonly state: string;
  readonly merged_at?: string | null;
}
type Opened = Awaited<ReturnType<CodeHost['openPullRequest']>>;

async function listOf(client: GitLabClient, commit: string): Promise<readonly Listed[]> {
  const path = `${client.project}/repository/commits${pathOf(commit)}/merge_requests`;
  const { items, isComplete } = await client.list<Listed>(path);
  if (!isComplete) throw new HostError(`commit ${commit} stands in more merge requests than can be read`, 'refused');
  return items;
}

async function mergeRequestsOf(client: GitLabClient, commit: string): Promise<readonly number[]> {
  const items = await listOf(client, commit);
  // One that was closed unmerged brought nothing to main.
  const live = items.filter(({ state }) => state !== 'closed');
  return live.map(({ iid }) => iid).sort((a, b) => a - b);
}

async function openMergeRequest(client: GitLabClient, { head, base, title, body }: OpenRequest): Promise<Opened> {
  const path = `${client.project}/merge_requests`;
  const branches = { source_branch: head, target_branch: base };
  try {
    const made = await client.ask<Listed>('POST', path, { ...branches, title, description: body });
    return { number: made.iid, url: made.web_url };
  } catch (error) {
    // It exists already, or the answer was lost after it was made.
    if (!isFailure(error, 'refused', 'unreachable')) throw error;
    const [found] = (await client.list<Listed>(path, { ...branches, state: 'opened' })).items;
    if (found === undefined) throw error;
    return { number: found.iid, url: found.web_url };
  }
}

/** Opens a project of a GitLab host by its API's URL and its path. */
export function openGitLab(send: Send, apiUrl: string, path: string): CodeHost {
  const client = createGitLabClient(send, apiUrl, path);
  return {
    readPullRequest: async (number, owners) => readMergeRequest(client, number, owners),
    pullRequestsOf: async (commit) => mergeRequestsOf(client, commit),
    mergeTimeOf: async (commit) => latestOf((await listOf(client, commit)).map(({ merged_at }) => merged_at)),
    openPullRequest: async (request) => openMergeRequest(client, request),
    upsertComment: async (number, marker, body) => upsertComment(await openComments(client, number), marker, body),
    // A job of GitLab is given the files of others before it begins.
    fetchArtifact: () =>
      Promise.reject(
        new HostError(
          'GitLab: take the artifacts of another job by `needs:` in .gitlab-ci.yml, and name their files',
          'refused',
        ),
      ),
    readProtection: async (branch) => readProtection(client, branch),
  };
}
