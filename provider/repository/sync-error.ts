/** What a SyncError may carry beside its message. */
export interface SyncErrorOptions extends ErrorOptions {
  /** For how long the server asks not to be asked again, in milliseconds; any positive number. */
  readonly retryAfterMs?: number | undefined;
  /** Whether what failed is the cache on this machine: without it the same may succeed. Left out: no. */
  readonly isOfCache?: boolean | undefined;
}

/** A failure of the environment (network, disk, git, credentials), as opposed to a problem in a file. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  /** For how long the server asks not to be asked again, in milliseconds, if it does; not bounded. */
  readonly retryAfterMs: number | undefined;
  /** Whether what failed is the cache on this machine: without it the same may succeed. */
  readonly isOfCache: boolean;

  /**
   * @param message what failed, without secrets
   * @param retry `never` only for configuration or credentials that waiting cannot mend
   */
  constructor(
    message: string,
    readonly retry: 'later' | 'never',
    options?: SyncErrorOptions,
  ) {
    super(message, options);
    this.retryAfterMs = options?.retryAfterMs;
    this.isOfCache = options?.isOfCache === true;
  }
}
