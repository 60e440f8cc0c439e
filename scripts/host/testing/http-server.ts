/** A real HTTP server on this machine that answers as a test tells it, faults included. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  /** Without the query, undecoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An answer: JSON, or raw text or bytes; or one of the ways in which none comes whole. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly raw?: string | Uint8Array;
  /** `cut`: the connection ends in the middle; `hang`: nothing more comes; `endless`: it never ends. */
  readonly fault?: 'cut' | 'hang' | 'endless';
}

/** A running server. */
export interface HttpServer {
  readonly url: string;
  readonly arrived: readonly Arrived[];
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function writeEndless(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const more = (): void => {
    if (response.destroyed) return;
    if (response.write(chunk)) setImmediate(more);
    else response.once('drain', more);
  };
  more();
}

function write(response: ServerResponse, { status, headers = {}, json, raw, fault }: Reply): void {
  const text = raw ?? (json === undefined ? '' : JSON.stringify(json));
  response.writeHead(status, { ...(text.length === 0 ? {} : { 'content-type': 'application/json' }), ...headers });
  if (fault === undefined) response.end(text);
  else if (fault === 'endless') writeEndless(response);
  else if (fault === 'hang') response.write(text.length === 0 ? ' ' : text.slice(0, 1));
  else response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}

/** Starts it on a free port. */
export async function startHttpServer(answer: (request: Arrived) => Reply): Promise<HttpServer> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const { method = 'GET', headers } = request;
      const one: Arrived = { method, path: pathname, query: searchParams, headers, body: await readBody(request) };
      arrived.push(one);
      write(response, answer(one));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
