/** Follows a source: holds the ruleset that serves, its health, and what there is to say about both. */
import { changedFlags, unreadySnapshot, type Ruleset, type Snapshot } from '../engine/index.js';
import { renderProblem, SyncError, type LoadedRepository, type Problem } from '../repository/index.js';
import { transition, type HealthEvent, type HealthInput, type HealthState, type Transition } from './health.js';
import { systemTimer, type Timer } from './schedule.js';
import type { Source, SourceListener } from './source.js';
import type { FollowerStatus } from './status.js';

/** What a follower tells its owner once it has started. */
export interface FollowerEvent {
  readonly kind: HealthEvent;
  readonly message: string;
  readonly revision: string;
  /** The keys whose results may differ from before; empty but for `changed`. */
  readonly changedKeys: readonly string[];
}

/** Where a follower writes its few lines. */
export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
}

/** What a follower needs. */
export interface FollowerOptions {
  readonly source: Source;
  readonly environment: string;
  /** How long a ruleset may go unconfirmed before it is stale, in milliseconds. */
  readonly staleAfterMs: number;
  readonly log: Log;
  readonly emit: (event: FollowerEvent) => void;
  readonly timer?: Timer;
}

/** Problems that one log line shows; `status()` has them all. */
const MAX_LOGGED_PROBLEMS = 5;

/** One provider's view of its flags. */
export class Follower implements SourceListener {
  #snapshot: Snapshot;
  #ruleset: Ruleset | undefined;
  #state: HealthState = 'starting';
  #loadedAt: Date | undefined;
  #confirmedAtMs: number | undefined;
  #lastError: FollowerStatus['lastError'];
  #rejected: FollowerStatus['rejected'];
  #warnings: readonly Problem[] = [];
  /** Why the newest valid revision can't serve: every poll that finds it unchanged fails for the same reason. */
  #unfit: SyncError | undefined;
  readonly #timer: Timer;
  #cancelStaleness: () => void = () => undefined;

  constructor(private readonly options: FollowerOptions) {
    this.#snapshot = unreadySnapshot(options.environment);
    this.#timer = options.timer ?? systemTimer;
  }

  /** The view that serves now; a later change never alters it. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /**
   * Makes the first attempt. Whatever its outcome, the follower goes on trying until it is stopped.
   * @throws SyncError when no ruleset could be loaded; with `retry: 'never'` where waiting will not mend it
   */
  async start(): Promise<void> {
    await this.options.source.start(this);
    if (this.#state === 'current') return;
    if (this.#state === 'stopped') throw new SyncError('it was closed before it had loaded', 'later');
    const retry = this.#state === 'failed' ? 'never' : 'later';
    this.#apply({ kind: 'tooOld', isServing: false });
    throw new SyncError(this.#whyNot(), retry);
  }

  /** Polls now; resolves when what there is has been taken or refused. */
  refresh(): Promise<void> {
    return this.options.source.refresh();
  }

  /** Ends it for good; the last snapshot stays usable. Idempotent. */
  async stop(): Promise<void> {
    this.#apply({ kind: 'stop' });
    this.#cancelStaleness();
    await this.options.source.stop();
  }

  status(): FollowerStatus {
    const isLoaded = this.#ruleset !== undefined;
    return Object.freeze({
      state: this.#state,
      revision: isLoaded ? this.#snapshot.revision : undefined,
      loadedAt: this.#loadedAt,
      ageMs: this.#confirmedAtMs === undefined ? undefined : performance.now() - this.#confirmedAtMs,
      lastError: this.#lastError,
      rejected: this.#rejected,
      warnings: this.#warnings,
    });
  }

  loaded({ ruleset }: LoadedRepository, warnings: readonly Problem[]): void {
    const { environment, log } = this.options;
    const { environments } = ruleset.documents.policy;
    if (!environments.includes(environment)) {
      const message = `the environment "${environment}" is not in policy.yaml, which has ${environments.join(', ')}`;
      this.#unfit = new SyncError(message, this.#ruleset === undefined ? 'never' : 'later');
      return this.failed(this.#unfit);
    }
    this.#unfit = undefined;
    const changedKeys = changedFlags(this.#ruleset, ruleset, environment);
    this.#ruleset = ruleset;
    this.#snapshot = ruleset.snapshot(environment);
    this.#loadedAt = new Date();
    this.#warnings = warnings;
    log.info(`guidon: ${this.#snapshot.revision} serves ${environment}; ${changedKeys.length} flags changed`);
    this.#confirm(changedKeys);
  }

  unchanged(): void {
    if (this.#unfit === undefined) this.#confirm([]);
    else this.failed(this.#unfit);
  }

  rejected(revision: string, problems: readonly Problem[]): void {
    this.#lastError = undefined;
    if (this.#rejected?.problems !== problems) {
      this.#rejected = { revision, problems, at: new Date() };
      const rest = problems.length - MAX_LOGGED_PROBLEMS;
      const shown = problems.slice(0, MAX_LOGGED_PROBLEMS).map(renderProblem);
      const more = rest > 0 ? [`… and ${rest} more`] : [];
      this.options.log.error(
        [`guidon: revision ${revision} is refused; ${this.#whatServes()}`, ...shown, ...more].join('\n'),
      );
    }
    this.#apply({ kind: 'failedLater' });
  }

  failed(error: SyncError): void {
    if (this.#lastError?.message !== error.message) {
      this.options.log.warn(`guidon: ${error.message}; ${this.#whatServes()}`);
    }
    this.#lastError = { message: error.message, at: new Date() };
    this.#apply({ kind: error.retry === 'never' ? 'failedNever' : 'failedLater' });
  }

  degraded(error: SyncError): void {
    this.options.log.warn(`guidon: ${error.message}`);
  }

  #confirm(changedKeys: readonly string[]): void {
    this.#lastError = undefined;
    this.#rejected = undefined;
    this.#confirmedAtMs = performance.now();
    this.#cancelStaleness();
    this.#cancelStaleness = this.#timer(this.options.staleAfterMs, () =>
      this.#apply({ kind: 'tooOld', isServing: true }),
    );
    this.#apply({ kind: 'loaded', isChanged: changedKeys.length > 0 }, changedKeys);
  }

  #apply(input: HealthInput, changedKeys: readonly string[] = []): void {
    const { state, emits }: Transition = transition(this.#state, input);
    this.#state = state;
    for (const kind of emits) {
      const message = messages[kind](this.#whyNot());
      const { revision } = this.#snapshot;
      this.options.emit({ kind, message, revision, changedKeys: kind === 'changed' ? changedKeys : [] });
    }
  }

  #whatServes(): string {
    return this.#ruleset === undefined ? 'nothing serves yet' : `${this.#snapshot.revision} keeps serving`;
  }

  #whyNot(): string {
    const first = this.#rejected?.problems[0];
    if (first !== undefined) {
      const place = `${first.file}:${first.line}:${first.column}`;
      return `revision ${this.#rejected?.revision} is refused: ${place} ${first.message} (${this.#rejected?.problems.length} problems)`;
    }
    return this.#lastError?.message ?? 'the source has not been confirmed for too long';
  }
}

const messages: Readonly<Record<HealthEvent, (reason: string) => string>> = {
  ready: () => 'the flags are current again',
  stale: (reason) => `the last good ruleset keeps serving: ${reason}`,
  changed: () => 'flags have changed',
};
