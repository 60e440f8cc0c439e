/** Long work in slices, so that an application goes on answering while flags load. */
import { setImmediate } from 'node:timers/promises';

/** Below what an application's users notice, and long enough for the pauses themselves not to matter; milliseconds. */
const SLICE_MS = 8;

/** Lets the event loop turn whenever a slice of work has used up its time. */
export class Slices {
  #end = performance.now() + SLICE_MS;

  /** Whether it is time for {@link pause}; cheap enough to be asked between any two steps. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Resolves in the next turn of the event loop. */
  async pause(): Promise<void> {
    await setImmediate();
    this.#end = performance.now() + SLICE_MS;
  }
}
