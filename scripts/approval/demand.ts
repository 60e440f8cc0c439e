/** What a change demands of its approvals: a commit, a number, and the owners of files. */

/** A file whose owners have a say, with its owners on either side of the change. */
export interface OwnedFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  /** Why its owners have a say, for messages: `changed`, `reached through segment employees`. */
  readonly why: string;
  /** Handles of the last line that matches; empty where nobody owns it, undefined where base has no such path. */
  readonly ownersBefore: readonly string[] | undefined;
  /** The same of the merge result. */
  readonly ownersAfter: readonly string[] | undefined;
}

/** What `approvers` of the policy says; all three hold without regard to letter case. */
export interface ApproverPolicy {
  /** Accounts that are bots, although their host calls them people: machine users, second accounts. */
  readonly bots: readonly string[];
  /** Bots that may approve, by their whole login. */
  readonly allowedBots: readonly string[];
  /** Addresses of tools that write commits and have no account. */
  readonly ignoreEmails: readonly string[];
}

/** What a change demands. */
export interface ApprovalDemand {
  /** The full hash of the commit that is judged. */
  readonly head: string;
  /** The branch that the change is judged against: `main`. */
  readonly baseRef: string;
  /** How many people must approve. */
  readonly approvals: number;
  /** Every touched file and, unless the change is a reduction, every file of a flag that it reaches. */
  readonly files: readonly OwnedFile[];
  readonly policy: ApproverPolicy;
  /** A proved reduction: a stranger does not block it, and at no approvals its owners' review may follow the merge. */
  readonly isReducing: boolean;
  /** Whether a reduction without approvals owes a review even where its author is an owner; false where left out. */
  readonly isReviewOwed?: boolean | undefined;
}
