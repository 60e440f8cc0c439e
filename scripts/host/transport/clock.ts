/** Time, as talking to a code host needs it; tests bring their own. */
import { setTimeout as wait } from 'node:timers/promises';

/** Now, waiting and deadlines; durations and instants in milliseconds. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after the time. */
  deadline(milliseconds: number): AbortSignal;
}

/** The machine's own. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await wait(milliseconds, undefined, { signal });
  },
  deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
};
