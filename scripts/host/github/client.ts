/** GitHub's REST API, typed by GitHub's published description. */
import { endpoint } from '@octokit/endpoint';
import type { Endpoints } from '@octokit/types';
import { HostError } from '../host-error.js';
import { listPages, PAGE_SIZE, type Listing } from '../transport/pages.js';
import type { HostRequest } from '../transport/fetch.js';
import type { Send } from '../transport/transport.js';

type Route = keyof Endpoints;
type Given = 'owner' | 'repo' | 'per_page' | 'page';
/** What a route asks for beside the repository and the page. */
type Parameters<R extends Route> = Omit<Endpoints[R]['parameters'], Given> & Partial<Repository & Page>;
type Body<R extends Route> = Endpoints[R]['response']['data'];
type Entry<R extends Route> = Body<R> extends readonly (infer T)[] ? T : never;

interface Repository {
  readonly owner: string;
  readonly repo: string;
}

interface Page {
  readonly page: number;
  readonly per_page: number;
}

/** An account as answers hold it. */
export interface GitHubUser {
  readonly login: string;
  readonly type: string;
}

/** One repository of a GitHub host. */
export interface GitHubClient extends Repository {
  /** What stands behind the @ of addresses that hide a user's own: `users.noreply.github.com`. */
  readonly noreply: string;
  /** @throws HostError */
  ask<R extends Route>(route: R, parameters: Parameters<R>): Promise<Body<R>>;
  /** @throws HostError */
  list<R extends Route>(route: R, parameters: Parameters<R>): Promise<Listing<Entry<R>>>;
  /** The address of a route, for what is no JSON. */
  urlOf<R extends Route>(route: R, parameters: Parameters<R>): string;
  /** The login that the token stands for, by GraphQL. @throws HostError */
  viewer(): Promise<string>;
}

/** The version whose description the tests validate with. */
const API_VERSION = '2022-11-28';

/** What every request says. */
export const API_HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': API_VERSION };

function noreplyOf(apiUrl: string): string {
  const { hostname } = new URL(apiUrl);
  return `users.noreply.${hostname === 'api.github.com' ? 'github.com' : hostname}`;
}

/** A name of dots alone would climb out of the path that it is written into. */
function requireSegments(parameters: object): void {
  for (const value of Object.values(parameters)) {
    if (value === '.' || value === '..') throw new HostError(`"${value}" is no name that a host knows`, 'missing');
  }
}

/** `…/graphql` of github.com; beside `/api/v3` of an own server. */
function graphqlUrl(apiUrl: string): string {
  return `${apiUrl.replace(/\/v3$/, '')}/graphql`;
}

async function askViewer(send: Send, url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await send({ method: 'POST', url, headers, body: JSON.stringify({ query: '{viewer{login}}' }) });
  const login = (answer.json as { data?: { viewer?: { login?: unknown } } } | undefined)?.data?.viewer?.login;
  if (typeof login === 'string') return login;
  throw new HostError('GitHub does not say whose the token is, so our own comments cannot be told apart', 'invalid');
}

/** Makes a client for `owner/repo`. */
export function createGitHubClient(send: Send, apiUrl: string, owner: string, repo: string): GitHubClient {
  const baseUrl = apiUrl.replace(/\/+$/, '');

  function prepare(route: string, parameters: object): HostRequest {
    requireSegments(parameters);
    const repository = route.includes('{repo}') ? { owner, repo } : {};
    const request = endpoint(route, { ...repository, ...parameters, baseUrl, headers: API_HEADERS });
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    return { method: request.method, url: request.url, headers: request.headers as Record<string, string>, body };
  }

  return {
    owner,
    repo,
    noreply: noreplyOf(apiUrl),
    urlOf: (route, parameters) => prepare(route, parameters).url,
    viewer: async () => askViewer(send, graphqlUrl(baseUrl)),
    async ask<R extends Route>(route: R, parameters: Parameters<R>) {
      const { status, json } = await send(prepare(route, parameters));
      if (status === 204 || (typeof json === 'object' && json !== null)) return json;
      throw new HostError(`an object was expected of ${route}, and something else came`, 'invalid');
    },
    async list<R extends Route>(route: R, parameters: Parameters<R>) {
      const { url, headers = {} } = prepare(route, { ...parameters, per_page: PAGE_SIZE });
      return listPages<Entry<R>>(send, url, headers);
    },
  };
}
