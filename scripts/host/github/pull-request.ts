/** A pull request of GitHub, with all that happened to it. */
import type { Endpoints } from '@octokit/types';
import type { PullRequest } from '../../approval/pull-request.js';
import { readIdentities } from '../identities.js';
import { Reading } from '../reading.js';
import { readAccounts } from './accounts.js';
import type { GitHubClient } from './client.js';
import { readCommits } from './commits.js';
import { identify } from './identities.js';
import { readOwners } from './owners.js';
import { readBranchHistory, type Branch } from './pushers.js';
import { GHOST, readReviews } from './reviews.js';

const ROUTE = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
type Pull = Endpoints[typeof ROUTE]['response']['data'];

function authorOf({ user }: Pull, reading: Reading): string {
  // The description promises a user, but an account can be deleted.
  const author = user as Pull['user'] | null;
  if (author === null) reading.miss('the account of the author was deleted, so nobody can be told apart from them');
  const login = author?.login ?? GHOST;
  reading.meet(login, author?.type !== 'User');
  return login;
}

function mergeOf(pull: Pull, reading: Reading): PullRequest['merge'] {
  const { merged, merge_commit_sha: commit, merged_at: at, merged_by: by } = pull;
  if (!merged) return undefined;
  if (by === null || at === null || commit === null) {
    reading.miss('GitHub does not say who merged the pull request, when, or as which commit');
    return undefined;
  }
  reading.meet(by.login, by.type !== 'User');
  return { commit, at, by: by.login };
}

function branchOf({ head }: Pull): Branch {
  // The description promises a repository, but a fork can be deleted.
  const repository = head.repo as Pull['head']['repo'] | null;
  return {
    repository: repository === null ? null : { owner: repository.owner.login, repo: repository.name },
    ref: head.ref,
    commit: head.sha,
  };
}

function requireSame(before: Pull, after: Pull, reading: Reading): void {
  const isSame =
    before.head.sha === after.head.sha && before.base.ref === after.base.ref && before.state === after.state;
  if (!isSame) reading.miss('the pull request changed while it was read; run this again');
}

/** What the answer for the pull request itself says. */
function factsOf(
  pull: Pull,
): Pick<
  PullRequest,
  'host' | 'repository' | 'number' | 'url' | 'title' | 'body' | 'state' | 'isDraft' | 'base' | 'head'
> {
  const { base, head } = pull;
  const repository = (head.repo as Pull['head']['repo'] | null)?.full_name ?? null;
  return {
    host: 'github',
    repository: base.repo.full_name,
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    body: pull.body ?? '',
    state: pull.merged ? 'merged' : pull.state,
    isDraft: pull.draft ?? false,
    base: { ref: base.ref, commit: base.sha },
    head: { ref: head.ref, commit: head.sha, repository },
  };
}

/** Reads it; what GitHub does not show becomes a gap. @throws HostError where the pull request itself can't be read */
export async function readPullRequest(
  client: GitHubClient,
  number: number,
  handles: readonly string[],
): Promise<PullRequest> {
  const reading = new Reading();
  const pull = await client.ask(ROUTE, { pull_number: number });
  const author = authorOf(pull, reading);
  const merge = mergeOf(pull, reading);
  const { commits, links } = await readCommits(client, pull, reading);
  const reviews = await readReviews(client, number, reading);
  const history = await readBranchHistory(client, number, branchOf(pull), links, reading);
  const identities = await readIdentities(commits, async (address) => identify(client, address, reading), reading);
  const owners = await readOwners(client, handles, reading);
  const accounts = await readAccounts(client, reading);
  requireSame(pull, await client.ask(ROUTE, { pull_number: number }), reading);
  const people = { author, accounts, owners, identities };
  return { ...factsOf(pull), ...people, commits, reviews, ...history, merge, gaps: reading.gaps };
}
