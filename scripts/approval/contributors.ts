/** Who made a change: whoever opened it, wrote, committed or pushed it, or is named as a co-author. */
import type { Finding } from '../control/finding.js';
import { coAuthorsOf } from './co-authors.js';
import type { ApproverPolicy } from './demand.js';
import { folded, isDeletedAccount } from './people.js';
import type { PullRequest, PullRequestCommit, Signature } from './pull-request.js';
import { counted, shortHash, shown } from './wording.js';

/** Somebody who cannot approve the change, for it is theirs. */
export interface Contributor {
  readonly login: string;
  /** `opened the pull request`, `wrote commit abc…`; one of each kind. */
  readonly parts: readonly string[];
  /** False for those who are only named as co-authors: the content did not pass through their hands. */
  readonly isMaker: boolean;
}

/** The contributors by folded login, and the names behind which somebody may hide. */
export interface Contributors {
  readonly byLogin: ReadonlyMap<string, Contributor>;
  readonly findings: readonly Finding[];
}

/** An address for each finding; whoever sees these sees what to do about the others. */
const MAX_NAMED_ADDRESSES = 20;

/** What hosts put into the commits that they make; anybody may write the same into theirs. */
const HOST_LOGINS: ReadonlySet<string> = new Set(['web-flow']);
const HOST_EMAILS: ReadonlySet<string> = new Set(['noreply@github.com', 'noreply@gitlab.com']);

/** Collects everybody who had a part in the change. Names that lead to no account are findings, never skipped. */
export function contributorsOf(pullRequest: PullRequest, policy: ApproverPolicy): Contributors {
  const roll = new Roll(pullRequest.identities, policy);
  roll.addLogin(pullRequest.author, 'opened the pull request', true);
  for (const login of pullRequest.pushers) roll.addLogin(login, 'pushed to the branch', true);
  for (const commit of pullRequest.commits) addCommit(roll, commit);
  return { byLogin: roll.byLogin, findings: roll.findings() };
}

function addCommit(roll: Roll, { id, message, author, committer, isMadeByHost }: PullRequestCommit): void {
  const commit = shortHash(id);
  roll.addSignature(author, 'wrote', commit);
  if (!(isMadeByHost && (committer.login === null || isHost(committer)))) {
    roll.addSignature(committer, 'committed', commit);
  }
  const { addresses, nameless } = coAuthorsOf(message);
  for (const email of addresses) roll.addSignature({ name: '', email, login: null }, 'is a co-author of', commit);
  for (const text of nameless) {
    const said = `commit ${commit} has a Co-authored-by line without an address: "${shown(text)}"`;
    roll.addUnknown(`nameless ${text}`, said, 'write it as "Co-authored-by: Name <address>", or remove it');
  }
}

function isHost({ login, email }: Signature): boolean {
  return (login !== null && HOST_LOGINS.has(folded(login))) || HOST_EMAILS.has(folded(email.trim()));
}

const UNMAPPED_FIX =
  'let its owner add the address to their account, or make the commit again with an address of an account; ' +
  'the address of a tool belongs into approvers.ignoreEmails in flags/policy.yaml, in a change of its own';

/** The contributors while they are collected. */
class Roll {
  readonly byLogin = new Map<string, Contributor & { parts: string[] }>();
  readonly #kinds = new Set<string>();
  readonly #unknown = new Map<string, Finding>();
  readonly #ignored: ReadonlySet<string>;
  readonly #accounts = new Map<string, Set<string | null>>();

  constructor(identities: PullRequest['identities'], policy: ApproverPolicy) {
    this.#ignored = new Set(policy.ignoreEmails.map(folded));
    for (const [email, login] of Object.entries(identities)) {
      const logins = this.#accounts.get(folded(email)) ?? new Set();
      this.#accounts.set(folded(email), logins.add(login));
    }
  }

  /** Adds an account; `kind` tells parts of the same sort, of which one is enough. */
  addLogin(login: string, part: string, isMaker: boolean, kind = part): void {
    if (isDeletedAccount(login)) {
      const said = `somebody whose account is gone or was not told ${part}: who else it is cannot be known`;
      this.addUnknown(`deleted ${kind}`, said, 'open a pull request with the same content from an account that exists');
      return;
    }
    const name = folded(login);
    const known = this.byLogin.get(name) ?? { login, parts: [], isMaker };
    if (!this.#kinds.has(`${name} ${kind}`)) known.parts.push(part);
    this.#kinds.add(`${name} ${kind}`);
    this.byLogin.set(name, { ...known, isMaker: known.isMaker || isMaker });
  }

  /** Adds whoever stands behind a signature: the host's account for it, and every account of its address. */
  addSignature(signature: Signature, did: string, commit: string): void {
    if (isHost(signature)) {
      this.#addUnsignedHost(signature, did, commit);
      return;
    }
    const email = folded(signature.email.trim());
    const accounts = new Set([signature.login, ...(this.#accounts.get(email) ?? [])]);
    const logins = [...accounts].filter((login): login is string => login !== null && login !== '');
    const isIgnored = this.#ignored.has(email);
    const isMaker = did !== 'is a co-author of' && !isIgnored;
    for (const login of logins) this.addLogin(login, `${did} commit ${commit}`, isMaker, did);
    if (logins.length > 0 || isIgnored) return;
    const why = this.#accounts.has(email) ? 'belongs to no account' : 'is not known to belong to any';
    const said = `${nameOf(signature)} ${did} commit ${commit}; its address ${why}`;
    this.addUnknown(`email ${email}`, said, UNMAPPED_FIX);
  }

  /** Adds a finding about somebody who cannot be named, once for each `key`. */
  addUnknown(key: string, message: string, fix: string): void {
    if (this.#unknown.has(key)) return;
    this.#unknown.set(key, { code: 'contributor-unknown', severity: 'error', message, fix });
  }

  findings(): readonly Finding[] {
    const all = [...this.#unknown.values()];
    const named = all.slice(0, MAX_NAMED_ADDRESSES);
    const left = all.length - named.length;
    if (left === 0) return named;
    const message = `${counted(left, 'more contributor')} cannot be told either`;
    return [...named, { code: 'contributor-unknown', severity: 'error', message, fix: UNMAPPED_FIX }];
  }

  #addUnsignedHost(signature: Signature, did: string, commit: string): void {
    const said = `${nameOf(signature)} ${did} commit ${commit}, but the host did not sign it: anybody may write that name`;
    this.addUnknown(`host ${did}`, said, 'make the commit again under your own name, or on the host itself');
  }
}

function nameOf({ name, email }: Signature): string {
  const address = email.trim() === '' ? 'without an address' : `<${shown(email.trim())}>`;
  return name === '' ? address : `${shown(name)} ${address}`;
}
