/** The people behind the handles of CODEOWNERS and the policy, as GitLab knows them. */
import type { Owner } from '../../approval/pull-request.js';
import { isAddress } from '../co-authors.js';
import { isFailure } from '../host-error.js';
import { readEachOwner } from '../owners.js';
import type { Reading } from '../reading.js';
import { findUser, type GitLabMember } from './accounts.js';
import { pathOf, type GitLabClient } from './client.js';
import { identify } from './identities.js';

const HANDLE = /^@([\w.-]{1,255}(?:\/[\w.-]{1,255}){0,20})$/;

async function membersOfGroup(client: GitLabClient, path: string, reading: Reading): Promise<readonly string[] | null> {
  try {
    // Without inherited members, as GitLab's own code owners.
    const { items, isComplete } = await client.list<GitLabMember>(`${pathOf('groups', path)}/members`);
    if (!isComplete) reading.miss(`only the first ${items.length} members of @${path} were read`);
    return items.filter(({ state = 'active' }) => state === 'active').map(({ username }) => username);
  } catch (error) {
    if (!isFailure(error, 'missing', 'forbidden', 'unauthorized')) throw error;
    reading.miss(
      `the members of @${path} are not shown (${error.message}): no such user or group, or not for the token`,
    );
    return null;
  }
}

async function readMembers(client: GitLabClient, handle: string, reading: Reading): Promise<readonly string[] | null> {
  const path = HANDLE.exec(handle)?.[1];
  if (path !== undefined) {
    const user = path.includes('/') ? undefined : await findUser(client, path);
    return user === undefined ? membersOfGroup(client, path, reading) : [user.username];
  }
  if (!isAddress(handle)) return null;
  const login = await identify(client, handle, reading);
  return login === null || login === undefined ? null : [login];
}

/** Asks for the members of each owner, in the order given. */
export async function readOwners(
  client: GitLabClient,
  handles: readonly string[],
  reading: Reading,
): Promise<readonly Owner[]> {
  return readEachOwner(handles, reading, async (handle) => {
    const members = await readMembers(client, handle, reading);
    for (const login of members ?? []) reading.meet(login, false);
    return members;
  });
}
