/** The two answers of GitHub's API that the actions need without flagctl: a pull request, and a new commit status. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A status as it was posted. */
export interface PostedStatus {
  readonly commit: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly target_url: string;
}

/** A pull request as far as the actions read it. */
export interface ServedPullRequest {
  readonly state: string;
  readonly base: { readonly ref: string };
  readonly head: { readonly sha: string };
}

/** A running server; anything without the token is answered with 401. */
export class StatusServer {
  readonly statuses: PostedStatus[] = [];
  /** Those that are answered. */
  readonly tokens: Set<string>;
  readonly pullRequests = new Map<string, ServedPullRequest>();
  /** Answers every status with this code instead. */
  refuses: number | undefined;
  readonly #server: Server;

  private constructor(token: string) {
    this.tokens = new Set([token]);
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = (status: number, body: unknown): void => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        };
        if (!this.tokens.has(request.headers.authorization?.replace(/^Bearer /, '') ?? '')) return answer(401, {});
        const [, number] = /^\/repos\/acme\/flags\/pulls\/([0-9]+)$/.exec(request.url ?? '') ?? [];
        const found = number === undefined ? undefined : this.pullRequests.get(number);
        if (found !== undefined) return answer(200, found);
        const [, commit] = /^\/repos\/acme\/flags\/statuses\/([0-9a-f]{40})$/.exec(request.url ?? '') ?? [];
        if (commit === undefined || request.method !== 'POST') return answer(404, {});
        if (this.refuses !== undefined) return answer(this.refuses, {});
        this.statuses.push({
          commit,
          ...(JSON.parse(Buffer.concat(chunks).toString()) as Omit<PostedStatus, 'commit'>),
        });
        answer(201, {});
      });
    });
  }

  static async start(token: string): Promise<StatusServer> {
    const server = new StatusServer(token);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
