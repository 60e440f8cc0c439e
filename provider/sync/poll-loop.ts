/** The loop behind a source: polls when it is due and when it is asked for, and tells what came of it. */
import { SyncError } from '../repository/sync-error.js';
import type { Outcome, Schedule, Timer } from './schedule.js';
import type { SourceListener } from './source.js';

/** What a poll found out, ready to be told. */
export type Report = (listener: SourceListener) => Promise<void> | void;

/** What a loop runs, and when. */
export interface PollLoopOptions {
  /**
   * One poll. Ends early when the signal aborts; throws SyncError where nothing could be read. For a poll in the
   * background, one that was due and not asked for, the process need not stay alive.
   */
  readonly poll: (signal: AbortSignal, isBackground: boolean) => Promise<Report>;
  readonly schedule: Schedule;
  readonly timer: Timer;
}

/** Any time at all: what counts is that there is a timer. */
const LONG_MS = 60_000;

/** Runs the polls of a source, one at a time: the first, those that are due and those that are asked for. */
export class PollLoop {
  private readonly abort = new AbortController();
  private listener: SourceListener | undefined;
  private outcome: Outcome = { failures: 0, retry: 'later' };
  private running: Promise<void> | undefined;
  private following: Promise<void> | undefined;
  private cancelTimer: (() => void) | undefined;

  constructor(private readonly options: PollLoopOptions) {}

  /** As `Source.start`; `isBackground` says that nobody waits for the first poll. */
  start(listener: SourceListener, isBackground = false): Promise<void> {
    this.listener = listener;
    if (isBackground && this.running === undefined && !this.abort.signal.aborted) return this.begin(listener, true);
    return this.refresh();
  }

  /** As `Source.refresh`. */
  refresh(): Promise<void> {
    if (this.listener === undefined || this.abort.signal.aborted) return Promise.resolve();
    if (this.running === undefined) return this.begin(this.listener, false);
    const follow = () => {
      this.following = undefined;
      return this.refresh();
    };
    this.following ??= keepAlive(this.running.then(follow, follow));
    return this.following;
  }

  /** As `Source.stop`; resolves when the poll under way has let go of what it holds. */
  async stop(): Promise<void> {
    this.abort.abort();
    this.cancelTimer?.();
    if (this.running !== undefined) await keepAlive(Promise.allSettled([this.running]));
  }

  /** Tells the listener something beside the polls' outcomes. */
  tell(report: Report): void {
    if (this.listener !== undefined && !this.abort.signal.aborted) void report(this.listener);
  }

  private begin(listener: SourceListener, isBackground: boolean): Promise<void> {
    this.cancelTimer?.();
    this.running = this.pollOnce(listener, isBackground).finally(() => {
      this.running = undefined;
      if (this.abort.signal.aborted) return;
      const due = () => void this.begin(listener, true);
      this.cancelTimer = this.options.timer(this.options.schedule(this.outcome), due);
    });
    return this.running;
  }

  private async pollOnce(listener: SourceListener, isBackground: boolean): Promise<void> {
    const report = await this.options.poll(this.abort.signal, isBackground).then(
      (found) => {
        this.outcome = { failures: 0, retry: 'later' };
        return found;
      },
      (error: unknown) => {
        const failure = asSyncError(error);
        const { retry, retryAfterMs } = failure;
        this.outcome = { failures: this.outcome.failures + 1, retry, retryAfterMs };
        return (told: SourceListener) => told.failed(failure);
      },
    );
    if (this.abort.signal.aborted) return;
    try {
      await report(listener);
    } catch (error) {
      listener.failed(asSyncError(error));
    }
  }
}

/** A poll in the background does not keep the process alive, which somebody now waits for. */
function keepAlive<T>(promise: Promise<T>): Promise<T> {
  const holding = setInterval(() => undefined, LONG_MS);
  return promise.finally(() => clearInterval(holding));
}

/** Whatever goes wrong in a poll must not end the process that it serves: the last ruleset is better than none. */
function asSyncError(error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  return new SyncError('an unexpected error ended the poll', 'later', { cause: error });
}
