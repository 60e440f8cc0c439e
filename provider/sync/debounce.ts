import type { Timer } from './schedule.js';

/** When a burst of notices counts as over. */
export interface DebounceOptions {
  /** How long there must be no notice. */
  readonly quietMs: number;
  /** How long after its first notice a burst is cut, even if it goes on. */
  readonly longestMs: number;
  readonly timer: Timer;
}

/** Turns each burst of notices into one call. */
export class Debounce {
  private cancelQuiet: (() => void) | undefined;
  private cancelLongest: (() => void) | undefined;

  constructor(
    private readonly options: DebounceOptions,
    private readonly settled: () => void,
  ) {}

  /** Tells of a change. */
  notify(): void {
    const { timer, quietMs, longestMs } = this.options;
    this.cancelQuiet?.();
    this.cancelQuiet = timer(quietMs, () => this.fire());
    this.cancelLongest ??= timer(longestMs, () => this.fire());
  }

  /** Forgets the burst under way. */
  cancel(): void {
    this.cancelQuiet?.();
    this.cancelLongest?.();
    this.cancelQuiet = this.cancelLongest = undefined;
  }

  private fire(): void {
    this.cancel();
    this.settled();
  }
}
