/** Requests to one code host: retried, limited in time, size and waiting; the token goes to that host and nowhere else. */
import { HostError } from '../host-error.js';
import { BrokenAnswer, failureFrom, readAnswer, type Answer } from './answer.js';
import type { Clock } from './clock.js';
import { decide, type Outcome } from './retry.js';

/** What is asked. */
export interface HostRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Sends a request until it is answered below 400. @throws HostError */
export type Send = (request: HostRequest) => Promise<Answer>;

/** What a transport needs to know. */
export interface TransportOptions {
  /** As messages call it: `GitHub`. */
  readonly host: string;
  /** The only origin that is ever asked. */
  readonly origin: string;
  /** The header that proves who we are; undefined: anonymous. */
  readonly authorization: { readonly name: string; readonly value: string; readonly secret: string } | undefined;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Hosts end a request themselves after 10 (GitHub) to 60 seconds (GitLab). */
const REQUEST_TIMEOUT_MS = 60_000;

/** A job that waits longer costs more than one that is run again; of all waits together. */
const MAX_WAIT_MS = 5 * 60_000;

/** A renamed repository is one; one more for a renamed owner. */
const MAX_REDIRECTS = 3;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

function pathOf(url: string): string {
  return new URL(url).pathname;
}

function redirected(request: HostRequest, response: Response, host: string): HostRequest {
  const asked = `${request.method} ${pathOf(request.url)}`;
  const location = response.headers.get('location') ?? '';
  if (!URL.canParse(location, request.url)) throw new HostError(`${host} redirects ${asked} to nowhere`, 'invalid');
  // 301 and 302 would turn a POST into a GET.
  if (request.method !== 'GET' && response.status < 307) {
    throw new HostError(`${host} redirects ${asked}: the repository has moved; use its new name`, 'refused');
  }
  return { ...request, url: new URL(location, request.url).href };
}

/** Makes the one way to talk to a host. */
export function createTransport({ host, origin, authorization, clock, signal }: TransportOptions): Send {
  let waitedMs = 0;

  function withoutSecret(text: string): string {
    return authorization === undefined ? text : text.replaceAll(authorization.secret, '***');
  }

  function requireOrigin(url: string, asked: string): void {
    if (new URL(url).origin === origin) return;
    throw new HostError(
      `${host} sends ${asked} on to another host (${new URL(url).host}), which is not asked: it would see the token`,
      'refused',
    );
  }

  async function fetchOnce(first: HostRequest): Promise<Answer> {
    const asked = `${first.method} ${pathOf(first.url)}`;
    const deadline = clock.deadline(REQUEST_TIMEOUT_MS);
    const limits = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
    let request = first;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      requireOrigin(request.url, asked);
      const headers = new Headers({ 'user-agent': 'flagctl', ...request.headers });
      if (authorization !== undefined) headers.set(authorization.name, authorization.value);
      const { method, body = null } = request;
      const response = await fetch(request.url, { method, headers, body, redirect: 'manual', signal: limits });
      if (!REDIRECTS.has(response.status)) return readAnswer(response, host);
      await response.body?.cancel();
      request = redirected(request, response, host);
    }
    throw new HostError(`${host} redirects ${asked} more than ${MAX_REDIRECTS} times`, 'invalid');
  }

  async function attempt(request: HostRequest): Promise<Outcome> {
    try {
      return { answer: await fetchOnce(request) };
    } catch (error) {
      if (error instanceof HostError || signal?.aborted) throw error;
      if (error instanceof BrokenAnswer) return { fault: error.message };
      const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
      return { fault: isLate ? `no whole answer within ${REQUEST_TIMEOUT_MS / 1_000} s` : 'no connection' };
    }
  }

  async function pause(waitMs: number, isRateLimit: boolean, asked: string): Promise<void> {
    if (waitedMs + waitMs > MAX_WAIT_MS) {
      const retryAt = new Date(clock.now() + waitMs).toISOString();
      const why = isRateLimit ? 'limits the rate of requests' : 'fails for now';
      throw new HostError(`${host} ${why} (${asked}); run this again after ${retryAt}`, 'rate-limited', retryAt);
    }
    waitedMs += waitMs;
    await clock.sleep(waitMs, signal);
  }

  function conclude(outcome: Outcome, attempts: number, asked: string): Answer {
    const times = attempts === 1 ? 'once' : `${attempts} times`;
    if ('fault' in outcome) {
      throw new HostError(`${host} was asked ${times} for ${asked}: ${outcome.fault}`, 'unreachable');
    }
    const { answer } = outcome;
    if (answer.status < 400) return answer;
    if (answer.status >= 500) {
      throw new HostError(`${host} was asked ${times} for ${asked}: it answers ${answer.status}`, 'unreachable');
    }
    const failure = failureFrom(answer, host, asked);
    throw new HostError(withoutSecret(failure.message), failure.failure);
  }

  return async (request) => {
    const asked = `${request.method} ${pathOf(request.url)}`;
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await attempt(request);
      const decision = decide(request.method, outcome, attempts, clock.now());
      if (decision.kind === 'done') return conclude(outcome, attempts, asked);
      await pause(decision.waitMs, decision.why === 'rate-limit', asked);
    }
  };
}
