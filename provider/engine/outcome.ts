/** The possible results of a flag in one environment, before the revision that they are bound to is known. */
import type { JsonValue } from './documents.js';
import type { EvaluationContext, Reason } from './types.js';

/** One possible result. */
export interface Outcome {
  /** Null where a flag with `default: null` serves the default in the caller's code. */
  readonly variant: string | null;
  readonly value: JsonValue | undefined;
  readonly reason: Reason;
  /** The rule or the stage that decided. */
  readonly rule?: string;
  readonly stage?: string;
}

/** Picks a result: a context to an index into the flag's outcomes. Pure, and allocates nothing. */
export type Decide = (context: EvaluationContext) => number;

/** What decided, for the results that come of it. */
export interface Decider {
  readonly rule?: string;
  readonly stage?: string;
}

/** Collects a flag's outcomes while it is compiled, each once. */
export class OutcomeTable {
  readonly outcomes: Outcome[] = [];

  constructor(private readonly variants: ReadonlyMap<string, JsonValue>) {}

  /** The index of an outcome. With `default: null` nothing is ever static: the caller's value is not ours to know. */
  add(variant: string | null, reason: Reason, decider: Decider = {}): number {
    const honest = variant === null && reason === 'STATIC' ? 'DEFAULT' : reason;
    const found = this.outcomes.findIndex(
      (one) =>
        one.variant === variant && one.reason === honest && one.rule === decider.rule && one.stage === decider.stage,
    );
    if (found >= 0) return found;
    const value = variant === null ? undefined : this.variants.get(variant);
    return this.outcomes.push({ variant, value, reason: honest, ...decider }) - 1;
  }

  /** A decision that is always the same. */
  always(variant: string | null, reason: Reason, decider?: Decider): Decide {
    const index = this.add(variant, reason, decider);
    return () => index;
  }
}
