/** Adapts OpenFeature: four resolve methods to one evaluate, a follower's events to provider events. */
import {
  DefaultLogger,
  ErrorCode,
  GeneralError,
  OpenFeatureEventEmitter,
  ProviderEvents,
  ProviderFatalError,
  type ProviderStatus,
  SafeLogger,
  type EvaluationContext,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import { unreadySnapshot, type ErrorCode as EngineErrorCode, type Snapshot, type ValueKind } from './engine/index.js';
import { SyncError } from './repository/index.js';
import { checkOptions, type GuidonProviderOptions } from './options.js';
import { Follower, Persistence, type FollowerEvent, type FollowerStatus } from './sync/index.js';

/** An OpenFeature provider that serves flags out of git, or a directory, from memory. */
export class GuidonProvider implements Provider {
  readonly metadata = { name: 'guidon' } as const;
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  readonly #log: SafeLogger;
  #follower: Follower | undefined;
  /** What there is to say before, or for want of, a follower. */
  #unstarted: FollowerStatus = NOT_STARTED;

  constructor(private readonly options: GuidonProviderOptions) {
    this.#log = new SafeLogger(options.logger ?? new DefaultLogger());
  }

  /**
   * Loads the flags for the first time. The provider goes on trying after a failure and becomes READY when it succeeds.
   * @throws ProviderFatalError for a configuration or credentials that waiting cannot mend; GeneralError for the rest
   */
  async initialize(): Promise<void> {
    const previous = this.#follower;
    let hasStarted = false;
    try {
      const { lastKnownGood, ...options } = checkOptions(this.options);
      const follower = new Follower({
        ...options,
        persistence: lastKnownGood && new Persistence(lastKnownGood, this.#log),
        previous: previous?.handOver(),
        log: this.#log,
        // The SDK tells how `initialize` ended; an event of ours for the same would be a second one.
        emit: (event) => hasStarted && this.#emit(event),
      });
      // Before anything is waited for, so that a close meanwhile ends it.
      this.#follower = follower;
      await previous?.stop();
      await follower.start();
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.#unstarted = Object.freeze({
        ...NOT_STARTED,
        state: 'failed',
        lastError: { message: error.message, at: new Date() },
      });
      throw error.retry === 'never' ? new ProviderFatalError(error.message) : new GeneralError(error.message);
    } finally {
      hasStarted = true;
    }
  }

  /** Ends polling and watching. Idempotent; the last snapshot goes on answering. */
  async onClose(): Promise<void> {
    await this.#follower?.stop();
  }

  /** Polls now, for webhooks and signals; resolves when what there is has been taken or refused. */
  async refresh(): Promise<void> {
    await this.#follower?.refresh();
  }

  /** A frozen view of the ruleset that serves now, for hot loops and for reading several flags from one commit. */
  snapshot(): Snapshot {
    return this.#follower?.snapshot ?? unreadySnapshot(this.options.environment);
  }

  /**
   * Revision, age, last error and refused revision, for health endpoints and metrics. The SDK's interface still has
   * a deprecated `status` of another type, which nothing reads: the type says that this is both.
   */
  readonly status = (() => this.#follower?.status() ?? this.#unstarted) as (() => FollowerStatus) & ProviderStatus;

  resolveBooleanEvaluation(
    key: string,
    defaultValue: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return this.#resolve(key, defaultValue, context, 'boolean');
  }

  resolveStringEvaluation(
    key: string,
    defaultValue: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return this.#resolve(key, defaultValue, context, 'string');
  }

  resolveNumberEvaluation(
    key: string,
    defaultValue: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return this.#resolve(key, defaultValue, context, 'number');
  }

  resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    defaultValue: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return this.#resolve(key, defaultValue, context, 'object');
  }

  /** Returns failures and never throws them: a thrown one would lose its `flagMetadata`. */
  #resolve<T>(
    key: string,
    defaultValue: T,
    context: EvaluationContext,
    kind: ValueKind,
  ): Promise<ResolutionDetails<T>> {
    const evaluation = this.snapshot().evaluate(key, context, kind);
    if (evaluation.errorCode !== undefined) {
      const { reason, errorMessage, flagMetadata } = evaluation;
      return Promise.resolve({
        value: defaultValue,
        reason,
        errorCode: errorCodes[evaluation.errorCode],
        errorMessage,
        flagMetadata,
      });
    }
    // The engine has checked the kind, and its result has OpenFeature's shape: nothing is copied.
    if (evaluation.variant !== undefined) return Promise.resolve(evaluation as unknown as ResolutionDetails<T>);
    const { reason, flagMetadata } = evaluation;
    return Promise.resolve({ value: defaultValue, reason, flagMetadata });
  }

  #emit({ kind, message, revision, changedKeys }: FollowerEvent): void {
    const details = { message, metadata: { revision, environment: this.options.environment } };
    if (kind === 'changed')
      this.events.emit(ProviderEvents.ConfigurationChanged, { ...details, flagsChanged: [...changedKeys] });
    else this.events.emit(kind === 'ready' ? ProviderEvents.Ready : ProviderEvents.Stale, details);
  }
}

const errorCodes: Readonly<Record<EngineErrorCode, ErrorCode>> = {
  FLAG_NOT_FOUND: ErrorCode.FLAG_NOT_FOUND,
  TYPE_MISMATCH: ErrorCode.TYPE_MISMATCH,
  PROVIDER_NOT_READY: ErrorCode.PROVIDER_NOT_READY,
  GENERAL: ErrorCode.GENERAL,
};

const NOT_STARTED: FollowerStatus = Object.freeze({
  state: 'starting',
  revision: undefined,
  loadedAt: undefined,
  ageMs: undefined,
  persisted: false,
  fromLastKnownGood: false,
  lastError: undefined,
  rejected: undefined,
  warnings: [],
});
