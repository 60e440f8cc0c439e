/** What accounts may do in a project of GitLab. */
import type { Account, Permission } from '../../approval/pull-request.js';
import { isFailure, unlessMissing } from '../host-error.js';
import { mapInTurn } from '../in-turn.js';
import { MAX_ACCOUNTS } from '../limits.js';
import type { Reading } from '../reading.js';
import { pathOf, type GitLabClient, type GitLabUser } from './client.js';

/** A member of a project or group. */
export interface GitLabMember extends GitLabUser {
  readonly access_level: number;
  /** `active`, `awaiting`, `blocked`, … */
  readonly state?: string;
}

/** GitLab's access levels, the strongest first; below 10 nothing can be read. */
const LEVELS: readonly (readonly [least: number, permission: Permission])[] = [
  [50, 'admin'],
  [40, 'maintain'],
  [30, 'write'],
  [20, 'triage'],
  [10, 'read'],
];

/** Accounts that GitLab makes for tokens of projects and groups. */
const TOKEN_ACCOUNT = /^(?:project|group)_\d{1,15}_bot/;

function permissionOf({ access_level, state = 'active' }: GitLabMember): Permission {
  if (state !== 'active') return 'none';
  return LEVELS.find(([least]) => access_level >= least)?.[1] ?? 'none';
}

/** Whether an account is one of a token; those of other services show only when asked for. */
export function isTokenAccount(username: string): boolean {
  return TOKEN_ACCOUNT.test(username);
}

/** Finds a user by name, whatever its case. */
export async function findUser(client: GitLabClient, username: string): Promise<GitLabUser | undefined> {
  const { items } = await client.list<GitLabUser>('/users', { username });
  return items.find((user) => user.username.toLowerCase() === username.toLowerCase());
}

async function readMembers(client: GitLabClient): Promise<ReadonlyMap<string, GitLabMember> | undefined> {
  try {
    // Inherited members and those of invited groups, too.
    const { items, isComplete } = await client.list<GitLabMember>(`${client.project}/members/all`);
    return isComplete ? new Map(items.map((member) => [member.username, member])) : undefined;
  } catch (error) {
    if (isFailure(error, 'missing', 'forbidden', 'unauthorized')) return undefined;
    throw error;
  }
}

async function isBotAccount(client: GitLabClient, username: string): Promise<boolean> {
  if (isTokenAccount(username)) return true;
  const user = await findUser(client, username);
  const whole = user && (await unlessMissing(client.ask<{ readonly bot?: boolean }>('GET', pathOf('users', user.id))));
  // An account that cannot be looked at is taken for a bot: it approves nothing.
  return whole?.bot !== false;
}

/** The accounts that a reading met; `unknown` where GitLab does not show the members. */
export async function readAccounts(client: GitLabClient, reading: Reading): Promise<readonly Account[]> {
  const members = await readMembers(client);
  if (members === undefined) reading.miss('the members of the project are not shown, or are too many');
  const { met } = reading;
  if (met.length > MAX_ACCOUNTS) {
    reading.miss(`${met.length - MAX_ACCOUNTS} accounts were not asked for: there are too many`);
  }
  return mapInTurn(met.slice(0, MAX_ACCOUNTS), async ([login, isKnownBot]) => {
    const member = members?.get(login);
    const permission = member === undefined ? (members === undefined ? 'unknown' : 'none') : permissionOf(member);
    return { login, isBot: isKnownBot || (await isBotAccount(client, login)), permission };
  });
}
