/** What a change is: two revisions of a flag repository, and what lies between them, as data. */
import type { Direction, FlagDocument, JsonValue } from '../../provider/engine/index.js';
import type { LoadedRepository, Problem } from '../../provider/repository/index.js';

export type { Direction } from '../../provider/engine/index.js';

/** One side of a change. */
export interface Side {
  /** The commit's full hash. Of a merge that nobody has made yet: the hash of its tree. */
  readonly revision: string;
  /** Undefined where the repository does not load. */
  readonly loaded: LoadedRepository | undefined;
  /** Why it does not load; or its warnings. */
  readonly problems: readonly Problem[];
  /** The text of each CODEOWNERS file, by its path, wherever GitHub looks for one. */
  readonly codeowners: ReadonlyMap<string, string>;
}

/** A file that differs. A rename is a file that is gone and one that is new. */
export interface ChangedFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly status: 'added' | 'deleted' | 'modified';
}

/** A whole change: from today's base to what merging the head into it gives. */
export interface Change {
  readonly base: Side;
  readonly result: Side;
  /** Sorted by path. */
  readonly files: readonly ChangedFile[];
  /** The flags whose files changed, and those that the change reaches otherwise; sorted by key. */
  readonly flags: readonly FlagChange[];
}

/** What a change does to a flag. */
export interface FlagChange {
  readonly key: string;
  /** `reached`: its own file is the same, but a segment, guardrail or flag that it depends on is another. */
  readonly status: 'added' | 'removed' | 'changed' | 'reached';
  readonly before: FlagDocument | undefined;
  readonly after: FlagDocument | undefined;
  /** In a reviewer's words, in the order of the file; empty where only comments or layout changed. */
  readonly items: readonly ChangeItem[];
  /** By environment, in the policy's order: every environment in which the flag is, or was. */
  readonly effects: readonly EnvironmentEffect[];
  /** What reaches it: `segment employees`, `flag payments.checkout.new-flow`, `guardrail checkout-errors`. */
  readonly via: readonly string[];
}

/** What an item is about, for rules that ask. */
export type ItemKind =
  | 'state'
  | 'rule'
  | 'rollout'
  | 'stage'
  | 'plan'
  | 'guardrail'
  | 'owner'
  | 'tier'
  | 'type'
  | 'expiry'
  | 'description'
  | 'runbook'
  | 'default'
  | 'variant'
  | 'prerequisite'
  | 'bucketing'
  | 'key';

/** One thing that a change does: `rollout 5 % → 25 %`. */
export interface ChangeItem {
  /** Undefined where it holds for every environment. */
  readonly environment: string | undefined;
  readonly kind: ItemKind;
  /** Without the environment and without a full stop. */
  readonly text: string;
  readonly before?: JsonValue | undefined;
  readonly after?: JsonValue | undefined;
}

/** What a change does to a flag in one environment. */
export interface EnvironmentEffect {
  readonly environment: string;
  readonly direction: Direction;
  /** How far the flag reaches, before and after; see `exposure.ts`. */
  readonly exposure: { readonly before: Exposure; readonly after: Exposure };
}

/** How many get another variant than the default, in percent, as far as a file can tell. */
export interface Exposure {
  /** Of everybody whom no rule matches; 0 where the flag is disabled. */
  readonly rest: number;
  /** Of a rule's audience, by the rule's name; only rules whose audience is open, see `exposure.ts`. */
  readonly openRules: ReadonlyMap<string, number>;
  /** Whom each open rule matches, in one spelling: the same percentage of others is a widening. Left out: not told. */
  readonly audiences?: ReadonlyMap<string, string> | undefined;
}
