/** GitHub as a code host. */
import type { CodeHost, OpenRequest } from '../code-host.js';
import { upsertComment } from '../comment.js';
import { HostError, isFailure } from '../host-error.js';
import { latestOf } from '../merge-time.js';
import type { Send } from '../transport/transport.js';
import type { Download } from '../transport/download.js';
import { fetchArtifact } from './artifacts.js';
import { createGitHubClient, type GitHubClient } from './client.js';
import { openComments } from './comments.js';
import { readProtection } from './protection.js';
import { readPullRequest } from './pull-request.js';

type Opened = Awaited<ReturnType<CodeHost['openPullRequest']>>;

async function pullsOf(client: GitHubClient, commit: string) {
  const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls';
  const { items, isComplete } = await client.list(route, { commit_sha: commit });
  if (!isComplete) throw new HostError(`commit ${commit} stands in more pull requests than can be read`, 'refused');
  return items;
}

async function pullRequestsOf(client: GitHubClient, commit: string): Promise<readonly number[]> {
  const items = await pullsOf(client, commit);
  // One that was closed unmerged brought nothing to main.
  const live = items.filter(({ state, merged_at }) => state === 'open' || merged_at !== null);
  return live.map(({ number }) => number).sort((a, b) => a - b);
}

async function findOpen(client: GitHubClient, { head, base }: OpenRequest): Promise<Opened | undefined> {
  const qualified = head.includes(':') ? head : `${client.owner}:${head}`;
  const { items } = await client.list('GET /repos/{owner}/{repo}/pulls', { head: qualified, base, state: 'open' });
  const [found] = items;
  return found && { number: found.number, url: found.html_url };
}

async function openPullRequest(client: GitHubClient, request: OpenRequest): Promise<Opened> {
  const { head, base, title, body } = request;
  try {
    const made = await client.ask('POST /repos/{owner}/{repo}/pulls', { head, base, title, body });
    return { number: made.number, url: made.html_url };
  } catch (error) {
    // It exists already, or the answer was lost after it was made.
    const existing = isFailure(error, 'refused', 'unreachable') ? await findOpen(client, request) : undefined;
    if (existing === undefined) throw error;
    return existing;
  }
}

/** Opens `owner/repo` of a GitHub host by its API's URL. */
export function openGitHub(
  { send, download }: { readonly send: Send; readonly download: Download },
  apiUrl: string,
  owner: string,
  repo: string,
): CodeHost {
  const client = createGitHubClient(send, apiUrl, owner, repo);
  return {
    readPullRequest: async (number, owners) => readPullRequest(client, number, owners),
    pullRequestsOf: async (commit) => pullRequestsOf(client, commit),
    mergeTimeOf: async (commit) => latestOf((await pullsOf(client, commit)).map(({ merged_at }) => merged_at)),
    openPullRequest: async (request) => openPullRequest(client, request),
    upsertComment: async (number, marker, body) => upsertComment(await openComments(client, number), marker, body),
    fetchArtifact: async (request) => fetchArtifact(client, download, request),
    readProtection: async (branch) => readProtection(client, branch),
  };
}
