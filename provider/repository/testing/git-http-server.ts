/** Git over smart HTTP on a free loopback port: `git http-backend` behind node's server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { testGitEnvironment } from './repository.js';

/** An answer of a status and headers, without a body. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer of the test's own to the request that asks for a pack; `honest` is the body that git would give. */
export interface PackAnswer {
  readonly sendPack: (response: ServerResponse, honest: Buffer) => void;
}

/** What the server does with a request; a number answers with this status and nothing else. */
export type Behaviour = 'serve' | 'hang' | 'page' | number | PlainAnswer | PackAnswer;

/** How to start the server. */
export interface HttpServerOptions {
  /** The folder with the bare repositories. */
  readonly root: string;
  /** Whether a request's Authorization header opens the door; left out: no door. */
  readonly authorize?: (header: string | undefined) => boolean;
  /** Serves https. */
  readonly certificate?: { readonly key: Buffer; readonly cert: Buffer };
}

/** The Authorization header for a token as Basic credentials. */
export function basic(username: string, token: string): string {
  return `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`;
}

function cgiVariables(request: IncomingMessage, root: string): Record<string, string> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string): string => String(request.headers[name] ?? '');
  return {
    ...testGitEnvironment(root),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_ADDR: '127.0.0.1',
  };
}

/** Takes the header lines of a CGI answer (header lines, an empty line, the body) over; gives the body. */
function takeCgiHeaders(answer: Buffer, response: ServerResponse): Buffer {
  const end = answer.indexOf('\r\n\r\n');
  const lines = answer.toString('latin1', 0, end).split('\r\n');
  for (const line of lines) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  return answer.subarray(end + 4);
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A running server. */
export class GitHttpServer {
  /** May be changed between requests. */
  behaviour: Behaviour = 'serve';
  /** The Authorization header of each request so far. */
  readonly authorizations: (string | undefined)[] = [];
  readonly #server: Server;

  private constructor(private readonly options: HttpServerOptions) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => this.answer(request, response);
    const { certificate } = options;
    this.#server = certificate === undefined ? createServer(answer) : createSecureServer(certificate, answer);
  }

  /** Starts a server on a free port of 127.0.0.1. */
  static async start(options: HttpServerOptions): Promise<GitHttpServer> {
    const server = new GitHttpServer(options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The URL of a repository below the root. */
  url(path: string): string {
    const scheme = this.options.certificate === undefined ? 'http' : 'https';
    return `${scheme}://127.0.0.1:${this.port}/${path}`;
  }

  /** Resolves at the next request, with it. */
  async nextRequest(): Promise<IncomingMessage> {
    const [request] = (await once(this.#server, 'request')) as [IncomingMessage];
    return request;
  }

  /** Ends every connection, also those that wait for an answer. */
  dropConnections(): void {
    this.#server.closeAllConnections();
  }

  /** Ends the server and every connection. */
  async stop(): Promise<void> {
    this.dropConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { authorization } = request.headers;
    this.authorizations.push(authorization);
    if (this.behaviour === 'hang') return;
    if (this.behaviour === 'page') {
      response
        .setHeader('Content-Type', 'text/html')
        .end('<html>\n<body>Please log in to the network.</body>\n</html>\n');
    } else if (typeof this.behaviour === 'number') {
      response.writeHead(this.behaviour, { Location: 'http://127.0.0.1:9/' }).end();
    } else if (typeof this.behaviour === 'object' && 'status' in this.behaviour) {
      response.writeHead(this.behaviour.status, this.behaviour.headers).end();
    } else if (this.options.authorize?.(authorization) === false) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
    } else {
      // A client that hangs up ends its request with an error, and nobody is left to answer.
      void this.runBackend(request, response).catch(() => response.destroy());
    }
  }

  private async runBackend(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const backend = spawn('git', ['http-backend'], { env: cgiVariables(request, this.options.root) });
    backend.stdin.on('error', () => undefined);
    backend.stdin.end(body);
    const honest = takeCgiHeaders(await readAll(backend.stdout), response);
    const isPackRequest = body.includes('command=fetch');
    if (isPackRequest && typeof this.behaviour === 'object' && 'sendPack' in this.behaviour) {
      this.behaviour.sendPack(response, honest);
    } else {
      response.end(honest);
    }
  }
}
