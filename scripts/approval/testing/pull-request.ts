/** A small pull request that its change's rules are satisfied with, to be spoilt by tests. */
import type { ApprovalDemand, OwnedFile } from '../demand.js';
import type { Account, Owner, PullRequest, PullRequestCommit, Review, Signature } from '../pull-request.js';

/** The head of {@link pullRequestOf}. */
export const HEAD = 'a'.repeat(40);
/** A commit that was the head once. */
export const OLDER = 'b'.repeat(40);

let lastReview = 0;

/** Who stands in a commit; an address of `nobody@…` has no account. */
export function signature(login: string, email = `${login}@example.com`): Signature {
  return { name: login, email, login: email.startsWith('nobody') ? null : login };
}

/** A commit by somebody. */
export function commit(login: string, changes: Partial<PullRequestCommit> = {}): PullRequestCommit {
  const author = signature(login);
  return { id: HEAD, message: 'feat: a change', author, committer: author, isMadeByHost: false, ...changes };
}

/** A review of the head, at a minute of one hour. */
export function review(login: string, state: Review['state'], minute = 10, changes: Partial<Review> = {}): Review {
  lastReview += 1;
  const submittedAt = `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`;
  return { id: String(lastReview), login, state, commit: HEAD, submittedAt, ...changes };
}

/** A person with write access. */
export function account(login: string, permission: Account['permission'] = 'write', isBot = false): Account {
  return { login, isBot, permission };
}

/** A team. */
export function owner(handle: string, ...members: readonly string[]): Owner {
  return { handle, members };
}

/** A changed file; a side may be left out. */
export function file(
  path: string,
  ownersBefore: readonly string[] | undefined,
  ownersAfter: readonly string[] | undefined = ownersBefore,
): OwnedFile {
  return { path, why: 'changed', ownersBefore, ownersAfter };
}

const accounts = [
  ...['ann', 'bob', 'cy', 'dan', 'eve'].map((login) => account(login)),
  account('rae', 'read'),
  account('uma', 'unknown'),
  account('renovate[bot]', 'write', true),
  account('ci-user', 'write'),
];

const owners = [
  owner('@acme/payments', 'ann', 'bob'),
  owner('@acme/platform', 'cy', 'dan'),
  owner('@acme/growth', 'eve'),
  owner('@acme/readers', 'rae'),
  { handle: '@acme/secret', members: null },
];

/** Ann's pull request, which Bob approved. Payments: ann, bob; platform: cy, dan; growth: eve; rae may only read. */
export function pullRequestOf(changes: Partial<PullRequest> = {}): PullRequest {
  return {
    host: 'github',
    repository: 'acme/flags',
    number: 7,
    url: 'https://github.com/acme/flags/pull/7',
    title: 'Ramp',
    body: '',
    author: 'ann',
    state: 'open',
    isDraft: false,
    base: { ref: 'main', commit: 'c'.repeat(40) },
    head: { ref: 'ramp', commit: HEAD, repository: 'acme/flags' },
    commits: [commit('ann')],
    reviews: [review('bob', 'approved')],
    pushers: ['ann'],
    retargetedAt: [],
    accounts,
    owners,
    identities: {},
    merge: undefined,
    gaps: [],
    ...changes,
  };
}

/** One approval for a file of the payments team. */
export function demandOf(changes: Partial<ApprovalDemand> = {}): ApprovalDemand {
  return {
    head: HEAD,
    baseRef: 'main',
    approvals: 1,
    files: [file('flags/payments/a.yaml', ['@acme/payments'])],
    policy: { bots: [], allowedBots: [], ignoreEmails: [] },
    isReducing: false,
    ...changes,
  };
}
