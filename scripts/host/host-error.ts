/** How talking to a code host fails. */

/**
 * `unreachable`: no usable answer after all tries; `rate-limited`: the wait would be too long; `unauthorized`: the token is
 * refused; `forbidden`: the token may not do this; `missing`: no such thing, or none that the token may see;
 * `refused`: the host does not accept the request; `invalid`: an answer, or an option of ours, that cannot be used.
 */
export type HostFailure =
  'unreachable' | 'rate-limited' | 'unauthorized' | 'forbidden' | 'missing' | 'refused' | 'invalid';

/** A failure with its message; it holds no token, no header and no body. */
export class HostError extends Error {
  override readonly name = 'HostError';

  constructor(
    message: string,
    readonly failure: HostFailure,
    /** When trying again makes sense, RFC 3339; only of `rate-limited`. */
    readonly retryAt?: string,
  ) {
    super(message);
  }
}

/** Whether it is a failure of one of these kinds. */
export function isFailure(error: unknown, ...kinds: readonly HostFailure[]): error is HostError {
  return error instanceof HostError && kinds.includes(error.failure);
}

/** Waits for an answer; undefined where the host says that there is none, or none for this token. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isFailure(error, 'missing')) return undefined;
    throw error;
  }
}
