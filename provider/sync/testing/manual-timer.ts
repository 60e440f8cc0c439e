import type { Timer } from '../schedule.js';

interface Pending {
  readonly delayMs: number;
  readonly callback: () => void;
}

/** A timer whose time passes only when the test says so. */
export class ManualTimer {
  readonly #pending = new Set<Pending>();

  /** What to give to the code under test. */
  readonly timer: Timer = (delayMs, callback) => {
    const pending = { delayMs, callback };
    this.#pending.add(pending);
    return () => this.#pending.delete(pending);
  };

  /** The delays that are waited for, in milliseconds, the shortest first. */
  get delays(): readonly number[] {
    return [...this.#pending].map(({ delayMs }) => delayMs).sort((a, b) => a - b);
  }

  /** Lets everything that is waited for now come due, the shortest delay first. */
  fire(): void {
    for (const pending of [...this.#pending].sort((a, b) => a.delayMs - b.delayMs)) {
      // One callback may cancel another.
      if (this.#pending.delete(pending)) pending.callback();
    }
  }
}
