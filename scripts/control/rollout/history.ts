/** What the rules of rollouts ask of the past; whoever reads git and the host answers. */
import type { Documents } from '../../../provider/engine/index.js';
import type { Exposure } from '../../change/change.js';

/** The files of a revision that decide who gets what. */
export type ServingDocuments = Pick<Documents, 'flags' | 'segments'>;

/**
 * The last revision on the main branch in which the flag was enabled in the environment. `never`: it was in none,
 * and all of history was read. `unknown`: it was not.
 */
export type LastServed = ServingDocuments | 'never' | 'unknown';

/** Since when an environment has been at the stage that the base has it at, without a break. */
export interface StageSince {
  readonly at: Date;
  /** `host`: the host's own time of the merge; `unknown`: any other, which an author could have written. */
  readonly source: 'host' | 'unknown';
}

/** How far a flag reached at an instant; undefined where there was no such flag, `unknown` where nobody can say. */
export type PastExposure = Exposure | undefined | 'unknown';

/** The past of flags, by key and environment. */
export interface RolloutHistory {
  lastServed(key: string, environment: string): LastServed;
  /** Undefined of the whole function: no host is at hand, so that nothing is known of any stage. */
  readonly stageSince?: ((key: string, environment: string) => StageSince | undefined) | undefined;
  exposureAt(key: string, environment: string, instant: Date): PastExposure;
}
