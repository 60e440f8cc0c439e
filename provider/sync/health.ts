/** The health of a provider as a pure transition function: the table "Health" of the architecture. */

/** Where a provider stands. */
export type HealthState = 'starting' | 'current' | 'stale' | 'failed' | 'stopped';

/** What happened. */
export type HealthInput =
  /** The newest revision is valid and serves: loaded now (`isChanged`: with other results) or confirmed. */
  | { readonly kind: 'loaded'; readonly isChanged: boolean }
  /** A failure that the next poll may mend; a commit with problems. */
  | { readonly kind: 'failedLater' }
  /** A failure that waiting cannot mend. */
  | { readonly kind: 'failedNever' }
  /** Nothing was confirmed for longer than allowed. `isServing`: a ruleset answers nevertheless. */
  | { readonly kind: 'tooOld'; readonly isServing: boolean }
  | { readonly kind: 'stop' };

/** An event that the provider has to emit itself. */
export type HealthEvent = 'ready' | 'stale' | 'changed';

/** What follows from an input. */
export interface Transition {
  readonly state: HealthState;
  /**
   * In this order. Leaving `starting` emits no `ready`, and nothing ever emits an error: the SDK emits them when
   * `initialize` ends, and a provider that did so too would do it twice.
   */
  readonly emits: readonly HealthEvent[];
}

/** The next state and what to tell. */
export function transition(state: HealthState, input: HealthInput): Transition {
  if (state === 'stopped' || input.kind === 'stop') return to('stopped');
  if (input.kind === 'loaded') return to('current', ...recovery(state, input.isChanged));
  if (input.kind === 'tooOld' && state === 'starting' && input.isServing) return to('stale', 'stale');
  return failures[state][input.kind];
}

/** Where nothing served before, nothing has changed. */
function recovery(state: keyof typeof failures, isChanged: boolean): readonly HealthEvent[] {
  if (state === 'starting') return [];
  if (state === 'failed') return ['ready'];
  return [...(state === 'stale' ? ['ready' as const] : []), ...(isChanged ? ['changed' as const] : [])];
}

const failures = {
  starting: { failedLater: to('starting'), failedNever: to('failed'), tooOld: to('failed') },
  current: { failedLater: to('current'), failedNever: to('stale', 'stale'), tooOld: to('stale', 'stale') },
  stale: { failedLater: to('stale'), failedNever: to('stale'), tooOld: to('stale') },
  failed: { failedLater: to('failed'), failedNever: to('failed'), tooOld: to('failed') },
} as const;

function to(state: HealthState, ...emits: readonly HealthEvent[]): Transition {
  return { state, emits };
}
