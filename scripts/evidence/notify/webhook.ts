/** One message to one webhook. Its URL is a secret: it is in no message, and neither is what fetch says of it. */
import type { Clock } from '../../host/transport/clock.js';

/** How sending ended: undefined where it arrived, or else why not. */
export type Sent = string | undefined;

/** A host that is being deployed is back after a few seconds: once, and again after one, two and four. */
const MAX_ATTEMPTS = 4;
const FIRST_BACKOFF_MS = 1_000;

/** A job that waits longer than this for a chat costs more than the message is worth. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Webhooks answer within a second. */
const TIMEOUT_MS = 10_000;

/** Beyond any webhook's URL. */
const MAX_URL_LENGTH = 2_048;

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a text is the URL of a webhook: https, or http to this machine. */
export function isWebhookUrl(text: string): boolean {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

/** Sends JSON; tries again where that helps. Follows no redirect. @param url a webhook's */
export async function send(url: string, body: unknown, clock: Clock): Promise<Sent> {
  const text = JSON.stringify(body);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await sendOnce(url, text, clock);
    if (outcome === 'sent') return undefined;
    if (!outcome.isPassing || attempt === MAX_ATTEMPTS) return `${outcome.why}, ${attempt} of ${MAX_ATTEMPTS} times`;
    await clock.sleep(outcome.retryAfterMs ?? FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  }
}

interface Failure {
  readonly why: string;
  readonly isPassing: boolean;
  readonly retryAfterMs?: number | undefined;
}

async function sendOnce(url: string, body: string, clock: Clock): Promise<'sent' | Failure> {
  const deadline = clock.deadline(TIMEOUT_MS);
  const headers = { 'content-type': 'application/json', 'user-agent': 'flagctl' };
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: deadline });
    await response.body?.cancel();
    return outcomeOf(response, clock.now());
  } catch {
    return { why: deadline.aborted ? 'it did not answer in time' : 'it could not be reached', isPassing: true };
  }
}

function outcomeOf({ ok, status, headers }: Response, nowMs: number): 'sent' | Failure {
  if (ok) return 'sent';
  if (status >= 300 && status < 400) return { why: 'it redirects, which is not followed', isPassing: false };
  const isPassing = status === 429 || status >= 500;
  return { why: `it answers ${status}`, isPassing, retryAfterMs: retryAfterOf(headers.get('retry-after'), nowMs) };
}

/** In milliseconds, capped; seconds or a date, as RFC 9110 has it. */
function retryAfterOf(text: string | null, nowMs: number): number | undefined {
  if (text === null) return undefined;
  const waitMs = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), MAX_RETRY_AFTER_MS);
}
