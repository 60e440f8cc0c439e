/** The commits of a pull request. */
import type { PullRequestCommit, Signature } from '../../approval/pull-request.js';
import type { Linked } from '../push-history.js';
import type { Reading } from '../reading.js';
import type { GitHubClient } from './client.js';

/** The commits, and how they stand on one another. */
export interface Commits {
  readonly commits: readonly PullRequestCommit[];
  readonly links: readonly Linked[];
}

/** The account with whose key GitHub signs what it commits itself. */
const HOST_LOGIN = 'web-flow';

interface GitActor {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

function loginOf(user: unknown, reading: Reading): string | null {
  if (typeof user !== 'object' || user === null || !('login' in user) || typeof user.login !== 'string') return null;
  reading.meet(user.login, !('type' in user) || user.type !== 'User');
  return user.login;
}

function signatureOf(actor: GitActor | null, user: unknown, reading: Reading): Signature {
  return { name: actor?.name ?? '', email: actor?.email ?? '', login: loginOf(user, reading) };
}

/** Lists the commits, oldest first; GitHub lists 250 at most, and a gap says so. */
export async function readCommits(
  client: GitHubClient,
  pull: { readonly number: number; readonly commits: number },
  reading: Reading,
): Promise<Commits> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits';
  const { items, isComplete } = await client.list(route, { pull_number: pull.number });
  if (!isComplete || items.length !== pull.commits) {
    reading.miss(
      `GitHub lists ${items.length} of the ${pull.commits} commits of the pull request (250 at most); split it up`,
    );
  }
  const commits = items.map(({ sha, commit, author, committer }) => ({
    id: sha,
    message: commit.message,
    author: signatureOf(commit.author, author, reading),
    committer: signatureOf(commit.committer, committer, reading),
    isMadeByHost: commit.verification?.verified === true && committer?.login === HOST_LOGIN,
  }));
  return { commits, links: items.map(({ sha, parents }) => ({ id: sha, parents: parents.map(({ sha }) => sha) })) };
}
