/** What accounts may do in the repository. */
import type { Account, Permission } from '../../approval/pull-request.js';
import { isFailure } from '../host-error.js';
import { mapInTurn } from '../in-turn.js';
import { MAX_ACCOUNTS } from '../limits.js';
import type { Reading } from '../reading.js';
import { GHOST } from './reviews.js';
import type { GitHubClient } from './client.js';

/** From the strongest to the weakest, as GitHub names them in `permissions` and as we do; custom roles build on one. */
const RIGHTS: readonly (readonly [right: string, permission: Permission])[] = [
  ['admin', 'admin'],
  ['maintain', 'maintain'],
  ['push', 'write'],
  ['triage', 'triage'],
  ['pull', 'read'],
];

const ROLES: ReadonlySet<string> = new Set(['admin', 'maintain', 'write', 'triage', 'read', 'none']);

interface Rights {
  readonly permission?: string;
  readonly role_name?: string;
  readonly permissions?: object | undefined;
}

function permissionOf({ permissions, role_name = '', permission = '' }: Rights): Permission {
  const rights = new Map(Object.entries(permissions ?? {}));
  // `permission` folds maintain into write and triage into read, so it comes last.
  const strongest = RIGHTS.find(([right]) => rights.get(right) === true)?.[1];
  return strongest ?? ([role_name, permission].find((role) => ROLES.has(role)) as Permission | undefined) ?? 'unknown';
}

async function readPermission(client: GitHubClient, login: string): Promise<Permission> {
  try {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    const { user, permission, role_name } = await client.ask(route, { username: login });
    return permissionOf({ permissions: user?.permissions, permission, role_name });
  } catch (error) {
    // An App is no user, and so has no permission as one.
    if (isFailure(error, 'missing') && error.message.includes('is not a user')) return 'none';
    if (isFailure(error, 'missing', 'forbidden')) return 'unknown';
    throw error;
  }
}

/** One list instead of a request for each; empty where the token may not see it. */
async function readCollaborators(client: GitHubClient): Promise<ReadonlyMap<string, Permission>> {
  try {
    const route = 'GET /repos/{owner}/{repo}/collaborators';
    const { items } = await client.list(route, { affiliation: 'all' });
    return new Map(items.map((item) => [item.login, permissionOf(item)]));
  } catch (error) {
    if (isFailure(error, 'missing', 'forbidden')) return new Map();
    throw error;
  }
}

/** The accounts that a reading met; `unknown` where GitHub does not say. */
export async function readAccounts(client: GitHubClient, reading: Reading): Promise<readonly Account[]> {
  const collaborators = await readCollaborators(client);
  const others = reading.met.map(([login]) => login).filter((login) => !collaborators.has(login) && login !== GHOST);
  if (others.length > MAX_ACCOUNTS) {
    reading.miss(`the permissions of ${others.length - MAX_ACCOUNTS} accounts were not asked for: there are too many`);
  }
  const asked = others.slice(0, MAX_ACCOUNTS);
  const found = await mapInTurn(asked, async (login) => [login, await readPermission(client, login)] as const);
  const permissions = new Map([...collaborators, ...found]);
  return reading.met.map(([login, isBot]) => ({ login, isBot, permission: permissions.get(login) ?? 'unknown' }));
}
