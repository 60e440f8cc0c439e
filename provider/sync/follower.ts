/** Follows a source: holds the ruleset that serves, its health, and what there is to say about both. */
import { unreadySnapshot, type Snapshot } from '../engine/index.js';
import { SyncError, type LoadedRepository, type Problem } from '../repository/index.js';
import { Findings } from './findings.js';
import { transition, type HealthEvent, type HealthInput, type HealthState, type Transition } from './health.js';
import type { Log } from './log.js';
import type { Persistence } from './persistence.js';
import { describeRejection, logRejection } from './rejection.js';
import { systemTimer, type Timer } from './schedule.js';
import { changedKeysOf, unfitnessOf } from './succession.js';
import type { Source, SourceListener } from './source.js';
import type { FollowerStatus, RejectedRevision } from './status.js';

/** What a follower tells its owner once it has started. */
export interface FollowerEvent {
  readonly kind: HealthEvent;
  readonly message: string;
  readonly revision: string;
  /** The keys whose results may differ from before; empty but for `changed`. */
  readonly changedKeys: readonly string[];
}

/** What a follower needs. */
export interface FollowerOptions {
  readonly source: Source;
  readonly environment: string;
  /** How long a ruleset may go unconfirmed before it is stale, in milliseconds. */
  readonly staleAfterMs: number;
  readonly log: Log;
  readonly emit: (event: FollowerEvent) => void;
  /** Left out: nothing is kept for the next start. */
  readonly persistence?: Persistence | undefined;
  readonly timer?: Timer;
}

/** One provider's view of its flags. */
export class Follower implements SourceListener {
  #snapshot: Snapshot;
  #loaded: LoadedRepository | undefined;
  #state: HealthState = 'starting';
  #loadedAt: Date | undefined;
  readonly #findings = new Findings();
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
   * Serves what an earlier process kept, and makes the first attempt; waits for it only where nothing was kept. Whatever
   * its outcome, the follower goes on trying until it is stopped.
   * @throws SyncError when no ruleset could be loaded; with `retry: 'never'` where waiting will not mend it
   */
  async start(): Promise<void> {
    const restored = await this.#restore();
    if (this.#state !== 'stopped') {
      const attempt = this.options.source.start(this, restored);
      if (restored === undefined) await attempt;
    }
    if (this.#state === 'current') return;
    if (this.#state === 'stopped') throw new SyncError('it was closed before it had loaded', 'later');
    const retry = this.#state === 'failed' ? 'never' : 'later';
    this.#apply({ kind: 'tooOld', isServing: false });
    throw new SyncError(this.#findings.reason, retry);
  }

  /** Polls now; resolves when what there is has been taken or refused. */
  refresh(): Promise<void> {
    return this.options.source.refresh();
  }

  /** Ends it for good, with what serves on disk if it can be; the last snapshot stays usable. Idempotent. */
  async stop(): Promise<void> {
    this.#apply({ kind: 'stop' });
    this.#cancelStaleness();
    await this.options.source.stop();
    await this.options.persistence?.settle();
  }

  status(): FollowerStatus {
    const { ageMs, fromLastKnownGood, lastError, rejected } = this.#findings;
    return Object.freeze({
      state: this.#state,
      revision: this.#loaded?.ruleset.revision.id,
      loadedAt: this.#loadedAt,
      ageMs,
      persisted: this.options.persistence?.has(this.#loaded) === true,
      fromLastKnownGood,
      lastError,
      rejected,
      warnings: this.#warnings,
    });
  }

  async loaded(loaded: LoadedRepository, warnings: readonly Problem[]): Promise<void> {
    const { environment } = this.options;
    this.#unfit = unfitnessOf(loaded.ruleset, environment, this.#loaded === undefined);
    if (this.#unfit !== undefined) return this.failed(this.#unfit);
    const changedKeys = await changedKeysOf(this.#loaded?.ruleset, loaded.ruleset, environment);
    if (this.#state === 'stopped') return;
    this.#serve(loaded, `${changedKeys.length} flags changed`);
    this.#warnings = warnings;
    this.#confirm(changedKeys);
  }

  unchanged(): void {
    if (this.#unfit === undefined) this.#confirm([]);
    else this.failed(this.#unfit);
  }

  rejected(revision: string, problems: readonly Problem[]): void {
    this.#turnDown({ revision, problems, reason: describeRejection(revision, problems) });
  }

  held(revision: string, error: SyncError): void {
    this.#turnDown({ revision, problems: [], reason: `revision ${revision} is held back: ${error.message}` });
  }

  failed(error: SyncError): void {
    if (this.#findings.fail(error)) this.options.log.warn(`guidon: ${error.message}; ${this.#whatServes()}`);
    this.#apply({ kind: error.retry === 'never' ? 'failedNever' : 'failedLater' });
  }

  degraded(error: SyncError): void {
    this.options.log.warn(`guidon: ${error.message}`);
  }

  async #restore(): Promise<LoadedRepository | undefined> {
    const restored = await this.options.persistence?.restore();
    if (restored === undefined || this.#state === 'stopped') return undefined;
    const { loaded, persistedAtMs } = restored;
    const { staleAfterMs, environment } = this.options;
    if (unfitnessOf(loaded.ruleset, environment, true) !== undefined) return undefined;
    const ageMs = Date.now() - persistedAtMs;
    this.#serve(loaded, `kept since ${new Date(persistedAtMs).toISOString()}`);
    this.#findings.restore(ageMs);
    this.#watchAge(Math.max(0, staleAfterMs - ageMs));
    this.#apply({ kind: 'loaded', isChanged: false });
    return loaded;
  }

  #serve(loaded: LoadedRepository, remark: string): void {
    const { environment, log } = this.options;
    this.#loaded = loaded;
    this.#snapshot = loaded.ruleset.snapshot(environment);
    this.#loadedAt = new Date();
    log.info(`guidon: ${this.#snapshot.revision} serves ${environment}; ${remark}`);
  }

  #confirm(changedKeys: readonly string[]): void {
    this.#findings.confirm();
    this.#watchAge(this.options.staleAfterMs);
    this.#apply({ kind: 'loaded', isChanged: changedKeys.length > 0 }, changedKeys);
    if (this.#loaded !== undefined) this.options.persistence?.keep(this.#loaded);
  }

  #watchAge(leftMs: number): void {
    this.#cancelStaleness();
    this.#cancelStaleness = this.#timer(leftMs, () => this.#apply({ kind: 'tooOld', isServing: true }));
  }

  #turnDown(turnedDown: Omit<RejectedRevision, 'at'>): void {
    if (this.#findings.turnDown(turnedDown)) logRejection(this.options.log, turnedDown, this.#whatServes());
    this.#apply({ kind: 'failedLater' });
  }

  #apply(input: HealthInput, changedKeys: readonly string[] = []): void {
    const { state, emits }: Transition = transition(this.#state, input);
    this.#state = state;
    for (const kind of emits) {
      const message = messages[kind](this.#findings.reason);
      const { revision } = this.#snapshot;
      this.options.emit({ kind, message, revision, changedKeys: kind === 'changed' ? changedKeys : [] });
    }
  }

  #whatServes(): string {
    return this.#loaded === undefined ? 'nothing serves yet' : `${this.#snapshot.revision} keeps serving`;
  }
}

const messages: Readonly<Record<HealthEvent, (reason: string) => string>> = {
  ready: () => 'the flags are current again',
  stale: (reason) => `the last good ruleset keeps serving: ${reason}`,
  changed: () => 'flags have changed',
};
