/** Accounts and owners of a pull request, looked up without regard to letter case, as hosts do. */
import type { ApproverPolicy } from './demand.js';
import type { Account, Owner, PullRequest } from './pull-request.js';

/** Who somebody is, as far as the pull request and the policy tell. */
export interface People {
  /** An account that the host did not describe has an unknown permission. */
  readonly accountOf: (login: string) => Account;
  /** Whether the account may write, says the host. */
  readonly canWrite: (login: string) => boolean;
  /** Whether the account is a bot that the policy does not let approve. */
  readonly isBarredBot: (login: string) => boolean;
  /** Folded logins of an owner's members; null where the host did not say, or knows no such owner. */
  readonly membersOf: (owner: string) => ReadonlySet<string> | null;
}

const WRITING: ReadonlySet<Account['permission']> = new Set(['admin', 'maintain', 'write']);

/** What hosts put in the place of an account that was deleted: several people may stand behind it. */
const DELETED_ACCOUNTS: ReadonlySet<string> = new Set(['', 'ghost']);

/** One spelling for a login, a handle or an address, to compare by. */
export function folded(name: string): string {
  return name.toLowerCase();
}

/** Whether a login names nobody in particular. */
export function isDeletedAccount(login: string): boolean {
  return DELETED_ACCOUNTS.has(folded(login.trim()));
}

/** Looks people up; where a pull request says two things of somebody, the less trusting one holds. */
export function peopleOf(pullRequest: PullRequest, policy: ApproverPolicy): People {
  const accounts = accountsByLogin(pullRequest.accounts);
  const members = membersByOwner(pullRequest.owners);
  const bots = new Set(policy.bots.map(folded));
  const allowedBots = new Set(policy.allowedBots.map(folded));
  const accountOf = (login: string): Account =>
    accounts.get(folded(login)) ?? { login, isBot: false, permission: 'unknown' };
  return {
    accountOf,
    canWrite: (login) => WRITING.has(accountOf(login).permission),
    isBarredBot: (login) => {
      const name = folded(login);
      const isBot = accountOf(login).isBot || bots.has(name) || name.endsWith('[bot]');
      return isBot && !allowedBots.has(name);
    },
    membersOf: (owner) => members.get(folded(owner)) ?? null,
  };
}

function accountsByLogin(accounts: readonly Account[]): ReadonlyMap<string, Account> {
  const byLogin = new Map<string, Account>();
  for (const account of accounts) {
    const known = byLogin.get(folded(account.login)) ?? account;
    const isBot = known.isBot || account.isBot;
    const permission = known.permission === account.permission ? account.permission : 'unknown';
    byLogin.set(folded(account.login), { login: known.login, isBot, permission });
  }
  return byLogin;
}

function membersByOwner(owners: readonly Owner[]): ReadonlyMap<string, ReadonlySet<string> | null> {
  const byOwner = new Map<string, ReadonlySet<string> | null>();
  for (const { handle, members } of owners) {
    const said = members && new Set(members.map(folded));
    const known = byOwner.get(folded(handle));
    const isSaidTwice = known !== undefined && known !== null && said !== null;
    if (known !== null) byOwner.set(folded(handle), isSaidTwice ? intersection(known, said) : said);
  }
  return byOwner;
}

function intersection(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one].filter((login) => other.has(login)));
}
