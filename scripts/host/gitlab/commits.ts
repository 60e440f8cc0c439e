/** The commits of a merge request of GitLab. */
import type { PullRequestCommit, Signature } from '../../approval/pull-request.js';
import { isFailure, unlessMissing } from '../host-error.js';
import { mapInTurn } from '../in-turn.js';
import type { Linked } from '../push-history.js';
import type { Reading } from '../reading.js';
import { pathOf, type GitLabClient } from './client.js';
import { identify } from './identities.js';

interface GitLabCommit {
  readonly id: string;
  readonly message: string;
  readonly author_name: string;
  readonly author_email: string;
  readonly committer_name: string;
  readonly committer_email: string;
  readonly parent_ids: readonly string[];
}

/** The commits, and how they stand on one another. */
export interface Commits {
  readonly commits: readonly PullRequestCommit[];
  readonly links: readonly Linked[];
}

/** REST does not tell the accounts of addresses that are not public; GraphQL tells that of each author. */
const AUTHORS = `query($path: ID!, $iid: String!, $after: String) {
  project(fullPath: $path) {
    mergeRequest(iid: $iid) {
      commits(first: 100, after: $after) {
        nodes { authorEmail author { username bot } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

interface Authors {
  readonly project: {
    readonly mergeRequest: {
      readonly commits: {
        readonly nodes: readonly {
          readonly authorEmail: string | null;
          readonly author: { readonly username: string; readonly bot: boolean } | null;
        }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    } | null;
  } | null;
}

/** As many as REST lists. */
const MAX_AUTHOR_PAGES = 30;

async function readAuthors(client: GitLabClient, iid: number, reading: Reading): Promise<ReadonlyMap<string, string>> {
  const logins = new Map<string, string>();
  let after: string | null = null;
  try {
    for (let page = 0; page < MAX_AUTHOR_PAGES; page += 1) {
      const answer: Authors = await client.query<Authors>(AUTHORS, { path: client.path, iid: String(iid), after });
      const commits = answer.project?.mergeRequest?.commits;
      for (const { authorEmail, author } of commits?.nodes ?? []) {
        if (authorEmail === null || author === null) continue;
        reading.meet(author.username, author.bot);
        logins.set(authorEmail.toLowerCase(), author.username);
      }
      if (commits?.pageInfo.hasNextPage !== true) break;
      after = commits.pageInfo.endCursor;
    }
  } catch (error) {
    // Addresses are then looked up one by one, and those that are not public belong to nobody.
    if (!isFailure(error, 'missing', 'forbidden', 'refused')) throw error;
  }
  return logins;
}

async function isMadeByHost(client: GitLabClient, id: string): Promise<boolean> {
  const path = `${client.project}/repository/commits${pathOf(id)}/signature`;
  const signature = await unlessMissing(client.ask<{ readonly verification_status?: string }>('GET', path));
  return signature?.verification_status === 'verified_system';
}

/** Lists the commits, oldest first; a gap where there are too many. */
export async function readCommits(client: GitLabClient, iid: number, reading: Reading): Promise<Commits> {
  const path = `${client.project}/merge_requests${pathOf(iid)}/commits`;
  const { items, isComplete } = await client.list<GitLabCommit>(path);
  if (!isComplete) reading.miss(`only ${items.length} commits of the merge request were read; split it up`);
  const logins = new Map<string, string | null>(await readAuthors(client, iid, reading));
  const addresses = new Set(
    items.flatMap((item) => [item.author_email, item.committer_email]).map((one) => one.toLowerCase()),
  );
  const unknown = [...addresses].filter((address) => !logins.has(address));
  await mapInTurn(unknown, async (address) => logins.set(address, (await identify(client, address, reading)) ?? null));
  const signature = (name: string, email: string): Signature => ({
    name,
    email,
    login: logins.get(email.toLowerCase()) ?? null,
  });
  // GitLab lists the newest first.
  const oldestFirst = [...items].reverse();
  const commits = await mapInTurn(oldestFirst, async (item) => {
    const author = signature(item.author_name, item.author_email);
    const committer = signature(item.committer_name, item.committer_email);
    // Whoever is known is not the host; only the others are worth a request.
    const isHosts = committer.login === null && (await isMadeByHost(client, item.id));
    return { id: item.id, message: item.message, author, committer, isMadeByHost: isHosts };
  });
  return { commits, links: oldestFirst.map(({ id, parent_ids }) => ({ id, parents: parent_ids })) };
}
