/** Work in slices: what takes long on the main thread pauses often enough for an application to go on answering. */
import { setImmediate } from 'node:timers/promises';

/**
 * How long a slice may last, in milliseconds: with the step that overruns it and a collection of garbage, still about
 * ten, half of the 20 ms that an application may be held up.
 */
const SLICE_MS = 5;

/** The slices of one piece of work. */
export class Slices {
  #end = performance.now() + SLICE_MS;

  /** To be awaited between two small steps: lets everything else run once the slice is over, and starts the next. */
  async pause(): Promise<void> {
    if (performance.now() < this.#end) return;
    await setImmediate();
    this.#end = performance.now() + SLICE_MS;
  }
}
