/** What a GitHub of a test holds: one repository, and the people around it. */

/** An account; `permission` is what it may do in the repository, undefined that GitHub knows no such user there. */
export interface FakeUser {
  readonly login: string;
  readonly id: number;
  readonly type?: 'User' | 'Bot';
  readonly email?: string | null;
  /** A role of the organization's own making, which builds on the permission. */
  readonly role?: string;
  readonly permission?: 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';
}

/** Whoever stands in a commit; login null: GitHub knows the address for nobody. */
export interface FakeSignature {
  readonly email: string;
  readonly login: string | null;
}

/** A commit. */
export interface FakeCommit {
  readonly sha: string;
  readonly message?: string;
  readonly author?: FakeSignature;
  readonly committer?: FakeSignature;
  readonly verified?: boolean;
  readonly parents?: readonly string[];
}

/** A review; login null: an account that was deleted. */
export interface FakeReview {
  readonly id: number;
  readonly login: string | null;
  readonly state: string;
  readonly commit?: string | null;
  readonly at?: string | undefined;
}

/** An event of the timeline. */
export interface FakeEvent {
  readonly event: string;
  readonly login: string;
  readonly at: string;
}

/** A push; login null: GitHub names nobody. */
export interface FakePush {
  readonly login: string | null;
  readonly before: string;
  readonly after: string;
}

/** A comment. */
export interface FakeComment {
  readonly id: number;
  readonly login: string;
  body: string;
}

/** An artifact of a workflow run. */
export interface FakeArtifact {
  readonly id: number;
  readonly name: string;
  readonly archive: Uint8Array;
  /** What GitHub says of its length; left out: the truth. */
  readonly bytes?: number;
  readonly createdAt?: string;
  readonly expired?: boolean;
  readonly digest?: string | null;
  /** Left out: the artifact names none. */
  readonly run?: FakeRun;
}

/** A workflow run; repositories by id, of which this one has 1. */
export interface FakeRun {
  readonly id: number;
  readonly event: string;
  readonly branch: string;
  readonly commit: string;
  readonly headRepository?: number;
}

/** The pull request that is read; `extra` overrides fields of the answer by GitHub's names. */
export interface FakePull {
  readonly number: number;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string; readonly sha: string };
  readonly author: string;
  /** The number that GitHub counts; by default that of the commits listed. */
  readonly commits?: number;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Everything; tests override what they are about. */
export interface GitHubState {
  /** The largest page that the server gives. */
  pageSize: number;
  users: readonly FakeUser[];
  /** `acme/payments` to logins. */
  teams: ReadonlyMap<string, readonly string[]>;
  pull: FakePull;
  commits: readonly FakeCommit[];
  reviews: readonly FakeReview[];
  timeline: readonly FakeEvent[];
  /** `acme/flags` or a fork to pushes, oldest first. */
  activity: ReadonlyMap<string, readonly FakePush[]>;
  comments: FakeComment[];
  /** Commits of the default branch, for looking addresses up. */
  history: readonly FakeCommit[];
  /** Pull requests of a commit: number, and whether it is open, merged or closed. */
  pullsOf: ReadonlyMap<string, readonly (readonly [number: number, state: 'open' | 'merged' | 'closed'])[]>;
  /** Whose the token is; an App's may not ask REST. */
  viewer: { readonly login: string; readonly isApp?: boolean };
  rules: readonly object[];
  rulesets: ReadonlyMap<number, object>;
  /** Classic protection; undefined: none. */
  classic: object | undefined;
  /** Pull requests that are open, as `head base`. */
  open: readonly string[];
  artifacts: readonly FakeArtifact[];
  /** As they were posted, oldest first. */
  readonly statuses: { readonly commit: string; readonly state: string; readonly description: string }[];
}

/** The id of a made-up commit. */
export function sha(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(40, '0').slice(0, 40).replace(/^0+$/, '1'.padEnd(40, '0'));
}

const NO_COMMIT = '0'.repeat(40);

/** A pull request of `ann` with one commit, one push, and one approval by `bob`. */
export function ordinaryState(): GitHubState {
  const ann = { email: 'ann@acme.example', login: 'ann' };
  return {
    pageSize: 100,
    users: [
      { login: 'ann', id: 1, email: null, permission: 'write' },
      { login: 'bob', id: 2, email: 'bob@acme.example', permission: 'maintain' },
      { login: 'cid', id: 3, permission: 'read' },
      { login: 'web-flow', id: 4, permission: 'none' },
      { login: 'merge-bot[bot]', id: 5, type: 'Bot' },
    ],
    teams: new Map([['acme/payments', ['ann', 'bob']]]),
    pull: {
      number: 7,
      head: { ref: 'widen', sha: sha('c1') },
      base: { ref: 'main', sha: sha('main') },
      author: 'ann',
    },
    commits: [{ sha: sha('c1'), author: ann, committer: ann, parents: [sha('main')] }],
    reviews: [{ id: 11, login: 'bob', state: 'APPROVED', commit: sha('c1'), at: '2026-03-01T11:00:00Z' }],
    timeline: [],
    activity: new Map([['acme/flags', [{ login: 'ann', before: NO_COMMIT, after: sha('c1') }]]]),
    comments: [],
    history: [],
    pullsOf: new Map(),
    viewer: { login: 'flags-bot' },
    rules: [],
    rulesets: new Map(),
    classic: undefined,
    open: [],
    artifacts: [],
    statuses: [],
  };
}
