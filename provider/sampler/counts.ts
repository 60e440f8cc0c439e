/** What a sampler counts, from its beginning. */

/** Only ever grow. */
export interface Counts {
  /** Evaluations that were seen, by the hook or by `sample()`. */
  evaluations: number;
  /** Those that could not be sampled, by reason. */
  readonly skipped: Record<SkipReason, number>;
  /** Attributes that rules read, that were there when a context was read, and that were not kept: see `ContextSampler`. */
  attributesDropped: number;
  /** Rows that were written or given to `onBatch`. */
  rowsWritten: number;
  /** Rows of windows that could not be written. */
  rowsLost: number;
  /** Windows that could not be written whole. */
  failedWrites: number;
}

/** Why an evaluation was not sampled. */
export type SkipReason =
  /** No targeting key, or one that no rollout can hash. */
  | 'noTargetingKey'
  /** More than 256 UTF-16 units. */
  | 'targetingKeyTooLong'
  /** There is no ruleset yet, or what its rules read is not known yet: a row without it would be a user without attributes. */
  | 'rulesetUnread'
  /** The ruleset has no such flag. */
  | 'unknownFlag'
  /** As many flags as may be have been evaluated in this window before. */
  | 'tooManyFlags'
  /** The context's own code threw. */
  | 'unreadable';

/** All at 0. */
export function newCounts(): Counts {
  const skipped = {
    noTargetingKey: 0,
    targetingKeyTooLong: 0,
    rulesetUnread: 0,
    unknownFlag: 0,
    tooManyFlags: 0,
    unreadable: 0,
  };
  return { evaluations: 0, skipped, attributesDropped: 0, rowsWritten: 0, rowsLost: 0, failedWrites: 0 };
}
