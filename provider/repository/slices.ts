/** Work in slices: what takes long on the main thread pauses often enough for an application to go on answering. */
import { setImmediate } from 'node:timers/promises';

/**
 * How long a slice may last, in milliseconds: with the step that overruns it and a collection of garbage, still about
 * ten, half of the 20 ms that an application may be held up.
 */
const SLICE_MS = 5;

/** The slices of one piece of work: `if (slices.isOver) await slices.pause()` stands between any two small steps. */
export class Slices {
  #end = performance.now() + SLICE_MS;

  /** Whether it is time for {@link pause}. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Lets everything else run, and starts the next slice. */
  async pause(): Promise<void> {
    await setImmediate();
    this.#end = performance.now() + SLICE_MS;
  }
}
