/** A hook that writes down what it is called with. */
import type { EvaluationDetails, FlagValue, Hook } from '@openfeature/server-sdk';

/** A stage of an evaluation, as the specification names them. */
export type Stage = 'before' | 'after' | 'error' | 'finally';

/** One call; `details` is there where the stage is given them. */
export interface HookCall {
  readonly hook: string;
  readonly stage: Stage;
  readonly details?: EvaluationDetails<FlagValue>;
}

/** Makes a hook that appends its calls, under its name, to a list. */
export function recordingHook(hook: string, calls: HookCall[]): Hook {
  return {
    before: () => void calls.push({ hook, stage: 'before' }),
    after: (_context, details) => void calls.push({ hook, stage: 'after', details }),
    error: () => void calls.push({ hook, stage: 'error' }),
    finally: (_context, details) => void calls.push({ hook, stage: 'finally', details }),
  };
}
