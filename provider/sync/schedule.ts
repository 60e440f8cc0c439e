/** When the next poll is due. */
import { SyncError } from '../repository/index.js';

/** Calls back once after some milliseconds, without keeping the process alive; returns what cancels it. */
export type Timer = (delayMs: number, callback: () => void) => () => void;

/** A number from 0 to below 1. */
export type Random = () => number;

/** The real timer. */
export const systemTimer: Timer = (delayMs, callback) => {
  const timeout = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timeout);
};

/** How the last polls ended. */
export interface Outcome {
  /** How many failed since the last that did not. */
  readonly failures: number;
  /** Whether waiting can mend it. */
  readonly retry: 'later' | 'never';
  /** For how long the server asked not to be asked again, if it did. */
  readonly retryAfterMs?: number | undefined;
}

/** The milliseconds from the end of a poll to the next. */
export type Schedule = (outcome: Outcome) => number;

/** A git host takes some 15 reads a second of one repository: no process may ask for more than its share. */
export const MIN_INTERVAL_MS = 1_000;
/** A day: beyond it staleness is no longer a matter of polling, and far beyond it `setTimeout` overflows. */
const MAX_INTERVAL_MS = 86_400_000;
/** How long an outage may go unnoticed to have ended. */
export const BACKOFF_CEILING_MS = 300_000;
/** The longest wait that a server may ask for: by mistake it could ask for years. */
export const RETRY_AFTER_CEILING_MS = 3_600_000;
/** Enough to spread a fleet that was started at once over the interval within some polls. */
const JITTER = 0.1;

/** Checks an option in milliseconds, which a caller without types may give as anything. @throws SyncError (never) */
export function checkMilliseconds(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  const found = typeof value === 'number' ? value : `of type ${typeof value}`;
  throw new SyncError(`\`${name}\` must be a number from ${least} to ${most}, not ${found}`, 'never');
}

/** Checks a poll interval. @throws SyncError (never) outside of 1 s to 1 day */
export function checkInterval(pollIntervalMs: number): number {
  return checkMilliseconds('pollIntervalMs', pollIntervalMs, MIN_INTERVAL_MS, MAX_INTERVAL_MS);
}

/** Always the interval, ±10 %. */
export function steady(intervalMs: number, random: Random): Schedule {
  return () => jittered(intervalMs, random);
}

/**
 * The interval ±10 % after a success; after the n-th failure in a row anything from the interval to 2ⁿ times it, so
 * that a host in trouble is never asked more often than a healthy one; at most 5 minutes. What waiting can't mend is
 * asked for at that ceiling, since somebody may renew a credential. A wait that the server asked for is kept, up to an
 * hour, and a fleet that was sent away at once comes back spread over an interval.
 */
export function backingOff(intervalMs: number, random: Random): Schedule {
  const ceiling = Math.max(intervalMs, BACKOFF_CEILING_MS);
  const ownWait = ({ failures, retry }: Outcome): number => {
    if (failures === 0) return jittered(intervalMs, random);
    if (retry === 'never') return jittered(ceiling, random);
    const longest = Math.min(ceiling, intervalMs * 2 ** failures);
    return intervalMs + (longest - intervalMs) * random();
  };
  return (outcome) => {
    const { retryAfterMs } = outcome;
    if (retryAfterMs === undefined) return ownWait(outcome);
    return Math.max(ownWait(outcome), Math.min(retryAfterMs, RETRY_AFTER_CEILING_MS) + intervalMs * random());
  };
}

function jittered(intervalMs: number, random: Random): number {
  return intervalMs * (1 - JITTER + 2 * JITTER * random());
}
