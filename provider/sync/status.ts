/** What there is to say about a follower. */
import type { Problem } from '../repository/index.js';
import type { HealthState } from './health.js';

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
  /** The newest revision, where it was refused, until a newer one is taken. */
  readonly rejected:
    { readonly revision: string; readonly problems: readonly Problem[]; readonly at: Date } | undefined;
  /** Problems of the serving revision that refuse nothing. */
  readonly warnings: readonly Problem[];
}
