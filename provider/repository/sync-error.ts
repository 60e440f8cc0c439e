/** A failure of the environment (network, disk, git, credentials), as opposed to a problem in a file. */
export class SyncError extends Error {
  override readonly name = 'SyncError';

  /**
   * @param message what failed, without secrets
   * @param retry `never` only for configuration or credentials that waiting cannot mend
   */
  constructor(
    message: string,
    readonly retry: 'later' | 'never',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
