/** What there is to say about a follower. */
import type { Problem } from '../repository/index.js';
import type { HealthEvent, HealthState } from './health.js';

/** A revision that does not serve. */
export interface RejectedRevision {
  readonly revision: string;
  /** One line: its first problem, or why it may not follow the one that serves. */
  readonly reason: string;
  /** All of its problems; empty where it was turned down unread, or for what it lacks. */
  readonly problems: readonly Problem[];
  readonly at: Date;
}

/** Where a follower stands, for health endpoints and metrics. Frozen; times are `Date`s, ages milliseconds. */
export interface FollowerStatus {
  readonly state: HealthState;
  /** The revision that serves; undefined before the first. */
  readonly revision: string | undefined;
  readonly loadedAt: Date | undefined;
  /** Time since the serving revision was last confirmed to be the newest; undefined before the first. */
  readonly ageMs: number | undefined;
  /** The last failure to read, until a read succeeds. */
  readonly lastError: { readonly message: string; readonly at: Date } | undefined;
  /** Whether the serving revision is on disk, so that the next start has it whatever fails; never without `cacheDir`. */
  readonly persisted: boolean;
  /** Whether the serving revision was read from disk and not confirmed since. */
  readonly fromLastKnownGood: boolean;
  /** The newest revision, where it was turned down, until a newer one is taken. */
  readonly rejected: RejectedRevision | undefined;
  /** Problems of the serving revision that refuse nothing. */
  readonly warnings: readonly Problem[];
}

/** What a follower tells its owner once it has started. */
export interface FollowerEvent {
  readonly kind: HealthEvent;
  readonly message: string;
  readonly revision: string;
  /** The keys whose results may differ from before; empty but for `changed`. */
  readonly changedKeys: readonly string[];
}
