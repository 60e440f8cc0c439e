/** The audit trail: what `flagctl audit` found, as data. */
import type { RiskTier } from '../../provider/engine/index.js';
import type { CommitRecord } from '../../provider/repository/index.js';
import type { Impact } from '../evidence/impact.js';
import type { RevisionEffect } from './effect.js';
import type { Moment } from './moments.js';

/** A statement, and whether the record of the merge proves it; otherwise the commit's message says so. */
export interface Stated<T> {
  readonly value: T;
  readonly isRecorded: boolean;
}

/** What a commit reverts. */
export interface RevertedChange {
  /** The full hash of a commit of the branch; what the message names where there is none. */
  readonly commit: string | undefined;
  readonly pullRequest: number | undefined;
  /** The subject of that commit; undefined where it is not on the branch. */
  readonly subject: string | undefined;
}

/** A review that was owed. */
export interface ReviewDebt {
  readonly state: 'owed' | 'overdue' | 'given';
  /** Milliseconds since 1970. */
  readonly due: number;
  /** The commit whose record has the approvals, and whose they are; undefined while it is owed. */
  readonly by: string | undefined;
  readonly approvers: readonly string[];
}

/** One change of the main branch. */
export interface AuditEntry {
  readonly commit: CommitRecord;
  readonly moment: Moment;
  /** Others who made it: authors of merged commits, and co-authors. */
  readonly contributors: readonly string[];
  readonly pullRequest: Stated<number> | undefined;
  readonly approvers: Stated<readonly string[]>;
  readonly reason: Stated<string> | undefined;
  /** As the record has it, or as the policy before the change gives it today. */
  readonly tier: Stated<RiskTier>;
  /** Whom it moved, by the record; undefined where nobody measured. */
  readonly impact: Impact | undefined;
  readonly reverts: readonly RevertedChange[];
  readonly review: ReviewDebt | undefined;
  readonly effect: RevisionEffect;
}

/** The whole answer. */
export interface AuditTrail {
  /** The newest commit, and the name that it was found by. */
  readonly tip: string;
  readonly branch: string;
  /** In the order that was asked for. */
  readonly entries: readonly AuditEntry[];
  /** Of the whole branch, whatever was asked for. */
  readonly owed: number;
  readonly overdue: number;
  /** What the reader should know besides. */
  readonly remarks: readonly string[];
}
