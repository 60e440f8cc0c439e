/** Whether, and after which wait, a request is sent again. */
import { messageOf, type Answer } from './answer.js';

/** What came of a request: an answer, or the words for why there is none. */
export type Outcome = { readonly answer: Answer } | { readonly fault: string };

/** `again` after a wait in milliseconds, or `done` with what there is. */
export type Decision =
  { readonly kind: 'done' } | { readonly kind: 'again'; readonly waitMs: number; readonly why: 'fault' | 'rate-limit' };

/** Sending once and three times again, after one, two and four seconds, outlasts a deployment of the host. */
const MAX_ATTEMPTS = 4;
const FIRST_BACKOFF_MS = 1_000;

/** A host that forgets its clock is asked again at most this often; the budget of waits ends it sooner. */
const MAX_RATE_LIMITED_ATTEMPTS = 10;

/** What GitHub asks for where it names no time. */
const UNNAMED_WAIT_MS = 60_000;

/** Sending it twice does what sending it once does; our PATCH only sets a text. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'PATCH', 'PUT', 'DELETE']);

const PASSING: ReadonlySet<number> = new Set([500, 502, 503, 504]);

function seconds(text: string | null): number | undefined {
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function isRateLimit({ status, headers }: Answer, message: string): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers.has('retry-after') ||
    headers.get('x-ratelimit-remaining') === '0' ||
    message.toLowerCase().includes('rate limit')
  );
}

function rateLimitWait({ headers }: Answer, nowMs: number): number {
  const after = seconds(headers.get('retry-after'));
  if (after !== undefined) return after * 1_000;
  const isSpent = headers.get('x-ratelimit-remaining') === '0' || headers.has('ratelimit-reset');
  const reset = seconds(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset'));
  // One second on top: the reset is a whole second of the host's clock.
  return isSpent && reset !== undefined ? Math.max(0, reset * 1_000 - nowMs) + 1_000 : UNNAMED_WAIT_MS;
}

/** Decides by the method, the outcome and how often the request was sent. Rate limits mean that nothing was done. */
export function decide(method: string, outcome: Outcome, attempt: number, nowMs: number): Decision {
  if ('answer' in outcome && isRateLimit(outcome.answer, messageOf(outcome.answer))) {
    if (attempt >= MAX_RATE_LIMITED_ATTEMPTS) return { kind: 'done' };
    return { kind: 'again', waitMs: rateLimitWait(outcome.answer, nowMs), why: 'rate-limit' };
  }
  const hasFailed = 'fault' in outcome || PASSING.has(outcome.answer.status);
  if (!hasFailed || attempt >= MAX_ATTEMPTS || !IDEMPOTENT.has(method)) return { kind: 'done' };
  return { kind: 'again', waitMs: FIRST_BACKOFF_MS * 2 ** (attempt - 1), why: 'fault' };
}
