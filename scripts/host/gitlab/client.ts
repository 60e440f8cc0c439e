/** GitLab's REST API, and the one question that only its GraphQL API answers. */
import { HostError } from '../host-error.js';
import { listPages, PAGE_SIZE, type Listing } from '../transport/pages.js';
import type { Send } from '../transport/transport.js';

/** An account as answers hold it. */
export interface GitLabUser {
  readonly id: number;
  readonly username: string;
}

/** What a query asks for. */
export type Query = Readonly<Record<string, string>>;

/** One project of a GitLab host. Paths begin with a slash; their parts are encoded by {@link pathOf}. */
export interface GitLabClient {
  /** `/projects/acme%2Fflags`. */
  readonly project: string;
  /** `acme/flags`. */
  readonly path: string;
  /** What stands behind the @ of addresses that hide a user's own: `users.noreply.gitlab.com`. */
  readonly noreply: string;
  /** @throws HostError */
  ask<T extends object>(method: string, path: string, body?: object): Promise<T>;
  /** @throws HostError */
  list<T>(path: string, query?: Query): Promise<Listing<T>>;
  /** @throws HostError, also where GraphQL reports errors */
  query<T extends object>(query: string, variables: object): Promise<T>;
}

/** Joins the parts of a path, each encoded: none can leave its place. */
export function pathOf(...parts: readonly (string | number)[]): string {
  return parts
    .map((part) => {
      if (part === '.' || part === '..' || part === '') throw new HostError(`"${part}" is no name`, 'missing');
      return `/${encodeURIComponent(part)}`;
    })
    .join('');
}

/** Makes a client for a project by its path. */
export function createGitLabClient(send: Send, apiUrl: string, path: string): GitLabClient {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };

  async function ask<T extends object>(method: string, url: string, body?: object): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { status, json } = await send({ method, url, headers, body: text });
    if (status === 204 || (typeof json === 'object' && json !== null)) return json as T;
    throw new HostError(`an object was expected of ${method} ${new URL(url).pathname}`, 'invalid');
  }

  return {
    project: pathOf('projects', path),
    path,
    noreply: `users.noreply.${new URL(apiUrl).hostname}`,
    ask: async (method, path, body) => ask(method, `${apiUrl}${path}`, body),
    list: async (path, query = {}) => {
      const search = new URLSearchParams({ ...query, per_page: String(PAGE_SIZE) });
      return listPages(send, `${apiUrl}${path}?${search.toString()}`, headers);
    },
    query: async <T extends object>(query: string, variables: object): Promise<T> => {
      const url = apiUrl.replace(/\/v4$/, '/graphql');
      const answer = await ask<{ readonly data?: T | null; readonly errors?: unknown }>('POST', url, {
        query,
        variables,
      });
      if (answer.data !== null && answer.data !== undefined && answer.errors === undefined) return answer.data;
      throw new HostError('GitLab does not answer by GraphQL', 'refused');
    },
  };
}
