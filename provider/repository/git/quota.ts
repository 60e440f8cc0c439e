/** Ends a fetch that receives too much, before it fills the disk. */
import type { GitLimits } from './process.js';
import type { Quarantine, ReceivedFile } from './quarantine.js';
import { SyncError } from '../sync-error.js';

/** Thousands of times what flags need, and with room for the full history of most applications beside them. */
export const MAX_RECEIVED_BYTES = 512 * 1024 * 1024;

/** A fast disk takes some hundred megabytes meanwhile; a fetch of a few commits is over before. */
const MEASURE_INTERVAL_MS = 200;

const MEBIBYTE = 1024 * 1024;

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

/** Which fetch, and how much it may receive. */
export interface Quota {
  /** For the message: what is fetched. */
  readonly what: string;
  readonly maxBytes: number;
}

/** Refuses files that are too large together. @throws SyncError (later) */
export function checkQuota(received: readonly ReceivedFile[], { what, maxBytes }: Quota): void {
  const size = received.reduce((sum, { bytes }) => sum + bytes, 0);
  if (size <= maxBytes) return;
  const found = `${mebibytes(size)} when it was ended`;
  throw new SyncError(`${what} is refused: it is larger than ${mebibytes(maxBytes)} (${found})`, 'later');
}

/**
 * Runs a fetch into a quarantine, within limits and the quota.
 * @throws SyncError (later) when it receives more; it has ended by then
 */
export async function withinQuota<T>(
  quarantine: Quarantine,
  quota: Quota,
  limits: GitLimits,
  fetch: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const forward = (): void => stop.abort(limits.signal?.reason);
  const measure = async (): Promise<void> => {
    // What vanishes while it is measured is measured the next time.
    const received = await quarantine.received().catch(() => []);
    try {
      checkQuota(received, quota);
    } catch (excess) {
      stop.abort(excess);
    }
  };
  const measuring = setInterval(() => void measure(), MEASURE_INTERVAL_MS);
  if (limits.isBackground === true) measuring.unref();
  limits.signal?.addEventListener('abort', forward, { once: true });
  try {
    return await fetch(stop.signal);
  } catch (error) {
    throw stop.signal.reason instanceof SyncError ? stop.signal.reason : error;
  } finally {
    clearInterval(measuring);
    limits.signal?.removeEventListener('abort', forward);
  }
}
