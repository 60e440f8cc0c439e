/** Which account an address belongs to: asked of GitHub, never believed. */
import { isFailure, unlessMissing } from '../host-error.js';
import type { Reading } from '../reading.js';
import type { GitHubClient, GitHubUser } from './client.js';

interface Noreply {
  readonly id: number | undefined;
  readonly login: string;
}

/** `ID+login@users.noreply.github.com`, or the older `login@…`. */
function parseNoreply(address: string, domain: string): Noreply | undefined {
  const at = address.lastIndexOf('@');
  if (address.slice(at + 1).toLowerCase() !== domain) return undefined;
  const [, id, login = ''] = /^(?:(\d{1,15})\+)?(.+)$/.exec(address.slice(0, at)) ?? [];
  return { id: id === undefined ? undefined : Number(id), login };
}

async function ofNoreply(client: GitHubClient, { id, login }: Noreply): Promise<GitHubUser | undefined> {
  const user = await unlessMissing<GitHubUser>(
    id === undefined
      ? client.ask('GET /users/{username}', { username: login })
      : client.ask('GET /user/{account_id}', { account_id: id }),
  );
  // Whoever owns the id decides: a login that does not fit is a claim to be somebody else.
  return user?.login.toLowerCase() === login.toLowerCase() ? user : undefined;
}

async function ofCommits(client: GitHubClient, address: string): Promise<GitHubUser | undefined> {
  const commits = await client.ask('GET /repos/{owner}/{repo}/commits', { author: address });
  for (const { author, commit } of commits) {
    const isTheirs = commit.author?.email?.toLowerCase() === address;
    if (isTheirs && author !== null && 'login' in author && author.login !== undefined) return author as GitHubUser;
  }
  return undefined;
}

async function ofSearch(client: GitHubClient, address: string): Promise<GitHubUser | undefined> {
  const found = await client.ask('GET /search/users', { q: `${address} in:email` });
  // The search is by words, so each of the few that it finds is asked for their public address.
  for (const { login } of found.items.slice(0, 3)) {
    const user = await unlessMissing(client.ask('GET /users/{username}', { username: login }));
    if (user?.email?.toLowerCase() === address) return user;
  }
  return undefined;
}

async function find(client: GitHubClient, address: string): Promise<GitHubUser | undefined> {
  const noreply = parseNoreply(address, client.noreply);
  if (noreply !== undefined) return ofNoreply(client, noreply);
  return (await ofCommits(client, address)) ?? (await ofSearch(client, address));
}

/** The account of an address; null where there is none, undefined, with a gap, where GitHub does not say. */
export async function identify(
  client: GitHubClient,
  address: string,
  reading: Reading,
): Promise<string | null | undefined> {
  try {
    const user = await find(client, address.toLowerCase());
    if (user === undefined) return null;
    reading.meet(user.login, user.type !== 'User');
    return user.login;
  } catch (error) {
    if (!isFailure(error, 'missing', 'forbidden', 'refused')) throw error;
    reading.miss(`whose the address ${address} is could not be asked: ${error.message}`);
    return undefined;
  }
}
