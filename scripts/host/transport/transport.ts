/** Requests to one code host: sent again where that helps, limited in time and waiting. */
import { HostError } from '../host-error.js';
import { BrokenAnswer, failureFrom, type Answer } from './answer.js';
import type { Clock } from './clock.js';
import { fetchAnswer, wordsOf, type Destination, type HostRequest } from './fetch.js';
import { decide, type Outcome } from './retry.js';

/** Sends a request until it is answered below 400. @throws HostError */
export type Send = (request: HostRequest) => Promise<Answer>;

/** What a transport needs to know. */
export interface TransportOptions extends Destination {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Hosts end a request themselves after 10 (GitHub) to 60 seconds (GitLab). */
const REQUEST_TIMEOUT_MS = 60_000;

/** A job that waits longer costs more than one that is run again; of all waits together. */
const MAX_WAIT_MS = 5 * 60_000;

async function attempt(options: TransportOptions, request: HostRequest): Promise<Outcome> {
  const { clock, signal } = options;
  const deadline = clock.deadline(REQUEST_TIMEOUT_MS);
  try {
    const limits = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
    return { answer: await fetchAnswer(options, request, limits) };
  } catch (error) {
    if (error instanceof HostError || signal?.aborted) throw error;
    if (error instanceof BrokenAnswer) return { fault: error.message };
    return { fault: deadline.aborted ? `no whole answer within ${REQUEST_TIMEOUT_MS / 1_000} s` : 'no connection' };
  }
}

function conclude({ host, authorization }: Destination, outcome: Outcome, attempts: number, asked: string): Answer {
  const tried = `${host} was asked ${attempts === 1 ? 'once' : `${attempts} times`} for ${asked}`;
  if ('fault' in outcome) throw new HostError(`${tried}: ${outcome.fault}`, 'unreachable');
  const { answer } = outcome;
  if (answer.status < 400) return answer;
  if (answer.status >= 500) throw new HostError(`${tried}: it answers ${answer.status}`, 'unreachable');
  const { message, failure } = failureFrom(answer, host, asked);
  throw new HostError(authorization === undefined ? message : message.replaceAll(authorization.secret, '***'), failure);
}

/** Makes the one way to talk to a host; the budget of waits is this transport's. */
export function createTransport(options: TransportOptions): Send {
  const { host, clock, signal } = options;
  let waitedMs = 0;

  async function pause(waitMs: number, reason: string, asked: string): Promise<void> {
    if (waitedMs + waitMs > MAX_WAIT_MS) {
      const retryAt = new Date(clock.now() + waitMs).toISOString();
      throw new HostError(`${host} ${reason} (${asked}); run this again after ${retryAt}`, 'rate-limited', retryAt);
    }
    waitedMs += waitMs;
    await clock.sleep(waitMs, signal);
  }

  return async (request) => {
    const asked = wordsOf(request);
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await attempt(options, request);
      const decision = decide(request.method, outcome, attempts, clock.now());
      if (decision.kind === 'done') return conclude(options, outcome, attempts, asked);
      const reason = decision.why === 'rate-limit' ? 'limits the rate of requests' : 'fails for now';
      await pause(decision.waitMs, reason, asked);
    }
  };
}
