/** A pull request as its host tells it, whichever host that is: all that the two-person rule looks at. */

/** What an account may do in the repository; `unknown` where the host did not say. */
export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none' | 'unknown';

/** An account. */
export interface Account {
  readonly login: string;
  /** An App, a bot or a service account. */
  readonly isBot: boolean;
  readonly permission: Permission;
}

/** Whoever stands in a commit: a name and an address that anybody may write there. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  /** The account that the host knows the address for; null where it knows none. */
  readonly login: string | null;
}

/** A commit of the pull request. */
export interface PullRequestCommit {
  readonly id: string;
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
  /** Whether the host itself made and signed it: then its committer is nobody. */
  readonly isMadeByHost: boolean;
}

/** A review; GitLab's approvals are reviews of the state `approved`. */
export interface Review {
  readonly id: string;
  readonly login: string;
  readonly state: 'approved' | 'changes-requested' | 'commented' | 'dismissed' | 'pending' | 'unknown';
  /** The head that it was given for; null where the host does not say. */
  readonly commit: string | null;
  /** RFC 3339, by the host's clock. */
  readonly submittedAt: string;
}

/** A team or user that CODEOWNERS or the policy names. */
export interface Owner {
  /** As it is written there: `@acme/payments`, `@ann`, `ann@example.com`. */
  readonly handle: string;
  /** Logins; null where the host did not say, or knows no such owner. */
  readonly members: readonly string[] | null;
}

/** A pull request with all that happened to it. Instants are RFC 3339, by the host's clock. */
export interface PullRequest {
  readonly host: 'github' | 'gitlab';
  /** `acme/flags` */
  readonly repository: string;
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly isDraft: boolean;
  readonly base: { readonly ref: string; readonly commit: string };
  readonly head: { readonly ref: string; readonly commit: string; readonly repository: string | null };
  readonly commits: readonly PullRequestCommit[];
  /** In the order in which the host gives them, oldest first. */
  readonly reviews: readonly Review[];
  /** Accounts that pushed to the branch, whatever became of what they pushed. */
  readonly pushers: readonly string[];
  /** When the base branch was changed to another one. */
  readonly retargetedAt: readonly string[];
  /** Every account named above, and every member of an owner below. */
  readonly accounts: readonly Account[];
  /** The owners that were asked for. */
  readonly owners: readonly Owner[];
  /** Accounts of addresses that stand in the messages of commits (`Co-authored-by`); null: known to belong to none. */
  readonly identities: Readonly<Record<string, string | null>>;
  readonly merge: { readonly commit: string; readonly at: string; readonly by: string } | undefined;
  /** What could not be read, in words: nothing may be concluded from its absence. */
  readonly gaps: readonly string[];
}
