/** What a preview says, as data: whom a change moves, as exactly as the contexts tell. `schema/check/preview.schema.json`. */
import type { Finding } from '../control/finding.js';
import type { ContextKeys, RefusedRow } from '../contexts/contexts.js';
import type { FlagChange } from '../change/change.js';

/** A preview of the merge of a head into a base. */
export interface Preview {
  readonly version: 1;
  /** What wrote it: `flagctl 1.2.3`. */
  readonly tool: string;
  /** Full hashes of the commits; `merged` is the tree of their merge. It holds for exactly these. */
  readonly base: string;
  readonly head: string;
  readonly merged: string;
  /** Undefined where no contexts were given: then all there is are `estimate`s from the rules. */
  readonly population: Population | undefined;
  /** In the policy's order: every environment in which the change may serve anybody something else. */
  readonly environments: readonly EnvironmentImpact[];
  /** Sorted by key: every flag of the change, also those that it provably moves nobody of. */
  readonly flags: readonly FlagImpact[];
  /** What a reviewer should know of the rules and of the contexts. */
  readonly findings: readonly Finding[];
}

/** The contexts that were replayed. */
export interface Population {
  readonly files: readonly {
    /** As it was named on the command line. */
    readonly name: string;
    readonly format: string;
    readonly rows: number;
  }[];
  /** How many were replayed: one for each targeting key, and each that has none. */
  readonly contexts: number;
  /** Rows that were left out: of each targeting key the first one with the smallest weight counts. */
  readonly repeated: number;
  readonly refused: { readonly rows: number; readonly examples: readonly RefusedRow[] };
  readonly keys: ContextKeys;
  /**
   * How many users they stand for; undefined where nothing tells. `given`: by `--population`; `weights`: the sum of the
   * rows' weights, which of a sample is an estimate.
   */
  readonly users: number | undefined;
  readonly usersFrom: 'given' | 'weights' | 'unknown';
  /** How many equally weighted contexts would tell as much: Kish's effective sample size. */
  readonly effectiveContexts: number;
}

/** Some users, as counted in the contexts and as far as that tells of all. */
export interface Share {
  /** How many contexts. */
  readonly contexts: number;
  /** Of all users that are meant, 0 to 1; by weight. */
  readonly share: number;
  /** The 95 % interval of `share` (Wilson's, with the effective sample size); `share` itself where all users were replayed. */
  readonly low: number;
  readonly high: number;
  /**
   * The same in users; undefined where it is not known how many there are. Where that is estimated, by weights, the
   * interval is wider than that of the share.
   */
  readonly users: { readonly count: number; readonly low: number; readonly high: number } | undefined;
}

/** What a change does to the users of an environment. */
export interface EnvironmentImpact {
  readonly environment: string;
  /** Who gets another value of any flag; each user once. Undefined without contexts. */
  readonly changed: Share | undefined;
  /** How many flags serve anybody another value. */
  readonly flags: number;
  /** Those first in which the largest share changes for sure, by the lower end; empty without contexts. */
  readonly groups: readonly GroupImpact[];
}

/** What a change does to the users of a segment, or to those with one value of an attribute. */
export interface GroupImpact {
  readonly by: 'segment' | 'attribute';
  /** The segment's name, or the attribute's path. */
  readonly name: string;
  /** The attribute's value as JSON; undefined of a segment, and of users who do not have the attribute. */
  readonly value: string | undefined;
  /** How many there are, of all. */
  readonly members: Share;
  /** Who of them gets another value of any flag; shares of the members. */
  readonly changed: Share;
}

/** What a change does to the users of a flag. */
export interface FlagImpact {
  readonly key: string;
  readonly status: FlagChange['status'];
  readonly owner: string | undefined;
  readonly environments: readonly FlagEnvironmentImpact[];
}

/** What a change does to the users of a flag in an environment. */
export interface FlagEnvironmentImpact {
  readonly environment: string;
  /** Whether the engine proves that nobody gets another value, whatever the contexts; then nothing was replayed. */
  readonly isProved: boolean;
  /** Who gets another value. Undefined without contexts. */
  readonly changed: Share | undefined;
  /** From what to what, changes first, each by its size; they add up to all contexts. Empty without contexts, or proved. */
  readonly transitions: readonly Transition[];
  /** What the rules alone tell: `up to 5 % → 25 % of everyone outside employees`. Empty where it is proved. */
  readonly estimate: readonly string[];
}

/** Users who get one result before and one after. */
export interface Transition {
  readonly from: Served;
  readonly to: Served;
  /** Whether the values differ. A flag that is not there counts as its default on the other side. */
  readonly isChange: boolean;
  readonly users: Share;
}

/** What is served. */
export interface Served {
  /** Null where there is none. */
  readonly variant: string | null;
  /** Why there is none: no such flag, or the default is the caller's. */
  readonly none?: 'no-flag' | 'callers-default';
}
