/** Time that passes only when a test or a wait says so. */
import type { Clock } from '../transport/clock.js';

/** A clock that never waits: sleeping moves it on. */
export class TestClock implements Clock {
  readonly slept: number[] = [];
  #nowMs = Date.parse('2026-03-01T12:00:00Z');
  readonly #deadlines: AbortController[] = [];

  now(): number {
    return this.#nowMs;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    this.#nowMs += milliseconds;
  }

  deadline(): AbortSignal {
    const controller = new AbortController();
    this.#deadlines.push(controller);
    return controller.signal;
  }

  /** Lets every deadline that was set so far pass. */
  expire(): void {
    for (const controller of this.#deadlines) controller.abort(new DOMException('too late', 'TimeoutError'));
  }
}
