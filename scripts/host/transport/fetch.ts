/** One request to one host, redirects and limits included; the token goes to that host and nowhere else. */
import { HostError } from '../host-error.js';
import { readAnswer, type Answer } from './answer.js';

/** What is asked. */
export interface HostRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Whom to ask, and as whom. */
export interface Destination {
  /** As messages call it: `GitHub`. */
  readonly host: string;
  /** The only origin that is ever asked. */
  readonly origin: string;
  /** The header that proves who we are; undefined: anonymous. */
  readonly authorization: { readonly name: string; readonly value: string; readonly secret: string } | undefined;
}

/** A renamed repository is one; one more for a renamed owner. */
const MAX_REDIRECTS = 3;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/** A request in words: its method and path, without the query. */
export function wordsOf({ method, url }: HostRequest): string {
  return `${method} ${new URL(url).pathname}`;
}

function redirected(request: HostRequest, response: Response, host: string): HostRequest {
  const asked = wordsOf(request);
  const location = response.headers.get('location') ?? '';
  if (!URL.canParse(location, request.url)) throw new HostError(`${host} redirects ${asked} to nowhere`, 'invalid');
  // 301 and 302 would turn a POST into a GET.
  if (request.method !== 'GET' && response.status < 307) {
    throw new HostError(`${host} redirects ${asked}: the repository has moved; use its new name`, 'refused');
  }
  return { ...request, url: new URL(location, request.url).href };
}

function requireOrigin({ host, origin }: Destination, url: string, asked: string): void {
  const { origin: found, host: other } = new URL(url);
  if (found === origin) return;
  throw new HostError(
    `${host} sends ${asked} on to another host (${other}), which is not asked: it would see the token`,
    'refused',
  );
}

function headersOf({ authorization }: Destination, request: HostRequest): Headers {
  const headers = new Headers({ ...request.headers, 'user-agent': 'flagctl' });
  if (authorization !== undefined) headers.set(authorization.name, authorization.value);
  return headers;
}

/** Sends a request once and reads the answer whole. @throws HostError, BrokenAnswer, or what fetch throws */
export async function fetchAnswer(to: Destination, first: HostRequest, signal: AbortSignal): Promise<Answer> {
  const asked = wordsOf(first);
  let request = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    requireOrigin(to, request.url, asked);
    const { method, url, body = null } = request;
    const response = await fetch(url, { method, headers: headersOf(to, request), body, redirect: 'manual', signal });
    if (!REDIRECTS.has(response.status)) return readAnswer(response, to.host);
    await response.body?.cancel();
    request = redirected(request, response, to.host);
  }
  throw new HostError(`${to.host} redirects ${asked} more than ${MAX_REDIRECTS} times`, 'invalid');
}
