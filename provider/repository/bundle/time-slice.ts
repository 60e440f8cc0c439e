/** Long work on the main thread, in slices between which an application goes on answering. */
import { setImmediate } from 'node:timers/promises';

/** How long a slice takes, in milliseconds: half of a frame, and well below what a request's latency shows. */
const SLICE_MS = 8;

/** The slice of time that is being used: ask {@link isOver} often, and await {@link next} where it is. */
export class TimeSlice {
  #endsAtMs = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() >= this.#endsAtMs;
  }

  /** Resolves when everything else has had its turn. */
  async next(): Promise<void> {
    await setImmediate();
    this.#endsAtMs = performance.now() + SLICE_MS;
  }
}
