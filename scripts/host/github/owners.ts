/** The people behind the handles of CODEOWNERS and the policy. */
import type { Owner } from '../../approval/pull-request.js';
import { isAddress } from '../co-authors.js';
import { isFailure, unlessMissing } from '../host-error.js';
import { readEachOwner } from '../owners.js';
import type { Reading } from '../reading.js';
import type { GitHubClient, GitHubUser } from './client.js';
import { identify } from './identities.js';

const TEAM = /^@([A-Za-z0-9-]{1,100})\/([A-Za-z0-9._-]{1,255})$/;
const USER = /^@([A-Za-z0-9_-]{1,100})$/;

function loginsOf(users: readonly GitHubUser[], reading: Reading): readonly string[] {
  for (const { login, type } of users) reading.meet(login, type !== 'User');
  return users.map(({ login }) => login);
}

async function membersOfTeam(
  client: GitHubClient,
  org: string,
  slug: string,
  reading: Reading,
): Promise<readonly string[] | null> {
  try {
    // GitHub lists the members of child teams along.
    const { items, isComplete } = await client.list('GET /orgs/{org}/teams/{team_slug}/members', {
      org,
      team_slug: slug,
    });
    if (!isComplete) reading.miss(`only the first ${items.length} members of @${org}/${slug} were read`);
    return loginsOf(items, reading);
  } catch (error) {
    if (!isFailure(error, 'missing', 'forbidden')) throw error;
    reading.miss(
      `the members of @${org}/${slug} are not shown (${error.message}): there is no such team, or the token may not ` +
        'read it; it needs "Members: read" of the organization',
    );
    return null;
  }
}

async function readMembers(client: GitHubClient, handle: string, reading: Reading): Promise<readonly string[] | null> {
  const [, org, slug] = TEAM.exec(handle) ?? [];
  if (org !== undefined && slug !== undefined) return membersOfTeam(client, org, slug, reading);
  const username = USER.exec(handle)?.[1];
  if (username !== undefined) {
    const user = await unlessMissing<GitHubUser>(client.ask('GET /users/{username}', { username }));
    return user === undefined ? null : loginsOf([user], reading);
  }
  if (!isAddress(handle)) return null;
  const login = await identify(client, handle, reading);
  return login === null || login === undefined ? null : [login];
}

/** Asks for the members of each owner, in the order given. */
export async function readOwners(
  client: GitHubClient,
  handles: readonly string[],
  reading: Reading,
): Promise<readonly Owner[]> {
  return readEachOwner(handles, reading, (handle) => readMembers(client, handle, reading));
}
