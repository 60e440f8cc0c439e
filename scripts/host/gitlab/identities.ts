/** Which account of GitLab an address belongs to. */
import { isFailure, unlessMissing } from '../host-error.js';
import type { Reading } from '../reading.js';
import { findUser } from './accounts.js';
import { pathOf, type GitLabClient, type GitLabUser } from './client.js';

interface WholeUser extends GitLabUser {
  readonly public_email?: string | null;
  /** Only administrators see it. */
  readonly email?: string | null;
}

async function ofNoreply(client: GitLabClient, local: string): Promise<GitLabUser | undefined> {
  const [, id, username = ''] = /^(?:(\d{1,15})-)?(.+)$/.exec(local) ?? [];
  if (id === undefined) return findUser(client, username);
  const user = await unlessMissing(client.ask<GitLabUser>('GET', pathOf('users', Number(id))));
  // Whoever owns the id decides: a name that does not fit is a claim to be somebody else.
  return user?.username.toLowerCase() === username.toLowerCase() ? user : undefined;
}

async function ofSearch(client: GitLabClient, address: string): Promise<GitLabUser | undefined> {
  const { items } = await client.list<GitLabUser>('/users', { search: address });
  for (const { id } of items.slice(0, 3)) {
    const user = await unlessMissing(client.ask<WholeUser>('GET', pathOf('users', id)));
    if ([user?.public_email, user?.email].some((one) => one?.toLowerCase() === address)) return user;
  }
  return undefined;
}

/** The account of an address; null where there is none, undefined, with a gap, where GitLab does not say. */
export async function identify(
  client: GitLabClient,
  address: string,
  reading: Reading,
): Promise<string | null | undefined> {
  try {
    const wanted = address.toLowerCase();
    const at = wanted.lastIndexOf('@');
    const isNoreply = wanted.slice(at + 1) === client.noreply;
    const user = await (isNoreply ? ofNoreply(client, wanted.slice(0, at)) : ofSearch(client, wanted));
    if (user === undefined) return null;
    reading.meet(user.username, false);
    return user.username;
  } catch (error) {
    if (!isFailure(error, 'missing', 'forbidden', 'unauthorized', 'refused')) throw error;
    reading.miss(`whose the address ${address} is could not be asked: ${error.message}`);
    return undefined;
  }
}
