/** Files that a host keeps elsewhere: the token goes to the host alone, the bytes to a file. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { HostError } from '../host-error.js';
import { failureFrom, readAnswer } from './answer.js';
import { wordsOf, type HostRequest } from './fetch.js';
import type { TransportOptions } from './transport.js';

/** A download and its limits. */
export interface DownloadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly to: string;
  readonly maxBytes: number;
}

/** Downloads to a file. @returns the SHA-256 of what came, in hexadecimal. @throws HostError */
export type Download = (request: DownloadRequest) => Promise<string>;

/** 256 MiB at 2 MiB a second; signed addresses of GitHub are good for a minute, and are asked for anew each time. */
const TIMEOUT_MS = 130_000;

/** A storage that fails twice is asked no third time: somebody waits for the verdict. */
const MAX_ATTEMPTS = 2;
const PAUSE_MS = 1_000;

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What may pass when it is tried again. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Makes the one way to download from a host. */
export function createDownload(options: TransportOptions): Download {
  const { host, clock, signal } = options;
  return async (request) => {
    const asked = wordsOf({ method: 'GET', url: request.url });
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt(options, request, asked);
      } catch (error) {
        if (error instanceof HostError || signal?.aborted === true) throw error;
        const reason = error instanceof Interrupted ? error.message : 'the connection broke, or was too slow';
        if (attempts === MAX_ATTEMPTS) {
          throw new HostError(`${host} was asked ${attempts} times for ${asked}: ${reason}`, 'unreachable');
        }
        await clock.sleep(PAUSE_MS, signal);
      }
    }
  };
}

async function attempt(options: TransportOptions, request: DownloadRequest, asked: string): Promise<string> {
  const deadline = options.clock.deadline(TIMEOUT_MS);
  const limits = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  let url = request.url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await fetch(url, {
      headers: headersFor(options, url, request),
      redirect: 'manual',
      signal: limits,
    });
    if (response.status === 200) return save(response, request, `${options.host}, asked for ${asked},`, limits);
    if (!REDIRECTS.has(response.status)) throw await refusal(options, response, url, asked);
    await response.body?.cancel();
    url = onwards(options, response, url, asked);
  }
  throw new HostError(`${options.host} redirects ${asked} more than ${MAX_REDIRECTS} times`, 'invalid');
}

/** Whoever keeps the file must not see the token: the address itself says that it may be read. */
function headersFor({ origin, authorization }: TransportOptions, url: string, { headers }: DownloadRequest): Headers {
  if (new URL(url).origin !== origin) return new Headers({ 'user-agent': 'flagctl' });
  const own = new Headers({ ...headers, 'user-agent': 'flagctl' });
  if (authorization !== undefined) own.set(authorization.name, authorization.value);
  return own;
}

function onwards({ host, origin }: TransportOptions, response: Response, from: string, asked: string): string {
  const location = response.headers.get('location') ?? '';
  if (location === '' || !URL.canParse(location, from))
    throw new HostError(`${host} redirects ${asked} to nowhere`, 'invalid');
  const { href, protocol } = new URL(location, from);
  // Only a host on this machine is asked without encryption, and may send on so.
  if (protocol === 'https:' || protocol === new URL(origin).protocol) return href;
  throw new HostError(`${host} sends ${asked} on to an address that is not https`, 'refused');
}

/** The address of a storage is a secret, so that no message holds more than its host. */
async function refusal(
  { host, origin, authorization }: TransportOptions,
  response: Response,
  url: string,
  asked: HostRequest['url'],
): Promise<Error> {
  const { origin: found, host: storage } = new URL(url);
  if (response.status >= 500) return new Interrupted(`it answers ${response.status}`);
  if (found !== origin) {
    await response.body?.cancel();
    return new HostError(`${storage}, which ${host} sends ${asked} on to, answers ${response.status}`, 'refused');
  }
  const { message, failure } = failureFrom(await readAnswer(response, host), host, asked);
  return new HostError(
    authorization === undefined ? message : message.replaceAll(authorization.secret, '***'),
    failure,
  );
}

async function save(
  response: Response,
  { to, maxBytes }: DownloadRequest,
  who: string,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength;
      hash.update(chunk);
      if (bytes > maxBytes)
        done(new HostError(`${who} sends more than ${maxBytes} bytes, which is refused`, 'invalid'));
      else done(null, chunk);
    },
  });
  const body = Readable.fromWeb((response.body ?? new Response('').body) as ReadableStream<Uint8Array>);
  await pipeline(body, counted, createWriteStream(to, { mode: 0o600 }), { signal });
  return hash.digest('hex');
}
