/** A GitLab of one project, `acme/flags`, with the answers of its REST documentation; it refuses whatever it is not told. */
import { startHttpServer, type Arrived, type HttpServer, type Reply } from './http-server.js';

/** An account. */
export interface GitLabFakeUser {
  readonly id: number;
  readonly username: string;
  readonly bot?: boolean;
  readonly public_email?: string;
  /** In the project: 30 may write. */
  readonly level?: number;
  readonly state?: string;
}

type Note = {
  readonly id: number;
  body: string;
  readonly system: boolean;
  readonly created_at: string;
  readonly author: { readonly id: number; readonly username: string };
};

/** Everything; tests override what they are about. */
export interface GitLabState {
  pageSize: number;
  users: readonly GitLabFakeUser[];
  groups: ReadonlyMap<string, readonly string[]>;
  request: Readonly<Record<string, unknown>>;
  commits: readonly object[];
  versions: readonly object[];
  notes: Note[];
  approvedBy: readonly (readonly [username: string, at: string | null])[];
  reviewers: readonly (readonly [username: string, state: string, at: string])[];
  events: readonly object[];
  /** Addresses that GraphQL knows; undefined: it answers with an error. */
  authors: ReadonlyMap<string, string> | undefined;
  /** Commits that GitLab signed itself. */
  signed: ReadonlySet<string>;
  /** Further answers by `METHOD /path below the project`. */
  answers: ReadonlyMap<string, Reply>;
}

/** A running server; `violations` must stay empty. */
export interface GitLabServer extends HttpServer {
  readonly violations: readonly string[];
}

/** An id of a commit. */
export const HEAD = 'c1'.padEnd(40, '0');
/** The commit of the target branch. */
export const BASE = 'ba'.padEnd(40, '0');

/** A merge request of `ann` with one commit, one push and one approval by `bob`. */
export function ordinaryGitLab(): GitLabState {
  const ann = { id: 1, username: 'ann' };
  return {
    pageSize: 100,
    users: [
      { ...ann, level: 30 },
      { id: 2, username: 'bob', public_email: 'bob@acme.example', level: 40 },
      { id: 3, username: 'cid' },
    ],
    groups: new Map([['acme/payments', ['ann', 'bob']]]),
    request: {
      iid: 7,
      title: 'Widen',
      description: 'Reason: the pilot went well',
      web_url: 'https://gitlab.com/acme/flags/-/merge_requests/7',
      state: 'opened',
      draft: false,
      author: ann,
      source_branch: 'widen',
      target_branch: 'main',
      sha: HEAD,
      source_project_id: 10,
      target_project_id: 10,
      diff_refs: { base_sha: BASE, head_sha: HEAD, start_sha: BASE },
      merge_commit_sha: null,
      squash_commit_sha: null,
      merged_at: null,
      merge_user: null,
    },
    commits: [commitOf(HEAD, [BASE])],
    versions: [{ id: 1, head_commit_sha: HEAD, created_at: '2026-03-01T10:00:00.000Z' }],
    notes: [noteOf(1, 'approved this merge request', 'bob', '2026-03-01T11:00:00.000Z')],
    approvedBy: [['bob', '2026-03-01T11:00:00.000Z']],
    reviewers: [],
    events: [pushOf('ann', null, HEAD)],
    authors: new Map([['ann@acme.example', 'ann']]),
    signed: new Set(),
    answers: new Map(),
  };
}

/** A note; of GitLab itself by default. */
export function noteOf(id: number, body: string, username: string, at: string, system = true): Note {
  const ids = new Map([
    ['ann', 1],
    ['bob', 2],
    ['cid', 3],
  ]);
  return { id, body, system, created_at: at, author: { id: ids.get(username) ?? 9, username } };
}

/** A commit by an address. */
export function commitOf(
  id: string,
  parent_ids: readonly string[],
  email = 'ann@acme.example',
  committer = email,
): object {
  return {
    id,
    message: 'widen',
    author_name: 'A',
    author_email: email,
    committer_name: 'A',
    committer_email: committer,
    parent_ids,
  };
}

/** A push to the branch. */
export function pushOf(username: string, commit_from: string | null, commit_to: string | null, ref = 'widen'): object {
  return { author: { id: 1, username }, push_data: { ref_type: 'branch', ref, commit_from, commit_to } };
}

const MISSING: Reply = { status: 404, json: { message: '404 Not Found' } };

/** Starts it; the state may change while it runs. */
export async function startGitLab(state: GitLabState): Promise<GitLabServer> {
  const violations: string[] = [];
  const named = (username: string): { readonly id: number; readonly username: string } => {
    const { id = 99 } = state.users.find((user) => user.username === username) ?? {};
    return { id, username };
  };
  const pages = (items: readonly unknown[], { path, query }: Arrived): Reply => {
    const size = Math.min(Number(query.get('per_page') ?? 20), state.pageSize);
    const page = Number(query.get('page') ?? 1);
    const json = items.slice((page - 1) * size, page * size);
    const next = new URLSearchParams({ ...Object.fromEntries(query), page: String(page + 1) }).toString();
    const headers = { link: `<${server.url}${path}?${next}>; rel="next"` };
    return page * size < items.length ? { status: 200, headers, json } : { status: 200, json };
  };
  const membersOf = (): readonly object[] =>
    state.users.flatMap(({ id, username, level, state = 'active' }) =>
      level === undefined ? [] : [{ id, username, state, access_level: level }],
    );
  const graphql = ({ body }: Arrived): Reply => {
    const { variables } = body as { readonly variables: { readonly path: string; readonly iid: string } };
    if (state.authors === undefined) return { status: 200, json: { errors: [{ message: 'unknown field' }] } };
    if (variables.path !== 'acme/flags' || variables.iid !== '7') violations.push('GraphQL for another merge request');
    const nodes = [...state.authors].map(([authorEmail, username]) => ({
      authorEmail,
      author: { username, bot: false },
    }));
    const pageInfo = { hasNextPage: false, endCursor: null };
    return { status: 200, json: { data: { project: { mergeRequest: { commits: { nodes, pageInfo } } } } } };
  };
  const users = (request: Arrived): Reply => {
    const { query } = request;
    const found = state.users.filter(
      ({ username, public_email }) =>
        username === query.get('username')?.toLowerCase() || (query.has('search') && public_email !== undefined),
    );
    return pages(
      found.map(({ username }) => named(username)),
      request,
    );
  };
  const user = (id: number): Reply => {
    const found = state.users.find((one) => one.id === id);
    if (found === undefined) return MISSING;
    const { username, bot = false, public_email = '' } = found;
    return { status: 200, json: { id, username, bot, public_email } };
  };

  const lists = new Map<string, () => readonly unknown[]>([
    ['/merge_requests/7/commits', () => [...state.commits].reverse()],
    ['/merge_requests/7/versions', () => state.versions],
    ['/merge_requests/7/notes', () => state.notes],
    [
      '/merge_requests/7/reviewers',
      () => state.reviewers.map(([name, state, created_at]) => ({ user: named(name), state, created_at })),
    ],
    ['/members/all', membersOf],
  ]);

  function answerProject(request: Arrived, path: string): Reply | undefined {
    const given = state.answers.get(`${request.method} ${path}`);
    if (given !== undefined) return given;
    if (request.method === 'POST' && path === '/merge_requests/7/notes') {
      const note = noteOf(
        500 + state.notes.length,
        (request.body as { readonly body: string }).body,
        'ann',
        '2026-03-01T12:00:00Z',
        false,
      );
      state.notes.push(note);
      return { status: 201, json: note };
    }
    const noteId = /^\/merge_requests\/7\/notes\/(\d+)$/.exec(path)?.[1];
    const note = state.notes.find(({ id }) => id === Number(noteId));
    if (noteId !== undefined && note === undefined) return MISSING;
    if (note !== undefined && request.method === 'PUT') {
      note.body = (request.body as { readonly body: string }).body;
      return { status: 200, json: note };
    }
    if (note !== undefined && request.method === 'DELETE') {
      state.notes.splice(state.notes.indexOf(note), 1);
      return { status: 204 };
    }
    if (request.method !== 'GET') return undefined;
    const list = lists.get(path);
    if (list !== undefined) return pages(list(), request);
    if (path === '')
      return { status: 200, json: { id: 10, path_with_namespace: 'acme/flags', merge_trains_enabled: true } };
    if (path === '/merge_requests/7') return { status: 200, json: state.request };
    if (path === '/merge_requests/7/approvals') {
      return {
        status: 200,
        json: { approved_by: state.approvedBy.map(([name, at]) => ({ user: named(name), approved_at: at })) },
      };
    }
    const signature = /^\/repository\/commits\/(\w+)\/signature$/.exec(path)?.[1];
    if (signature !== undefined) {
      return state.signed.has(signature) ? { status: 200, json: { verification_status: 'verified_system' } } : MISSING;
    }
    return undefined;
  }

  function answerHost(request: Arrived, path: string): Reply | undefined {
    if (path === '/user') return { status: 200, json: named('ann') };
    if (path === '/users') return users(request);
    const userId = /^\/users\/(\d+)$/.exec(path)?.[1];
    if (userId !== undefined) return user(Number(userId));
    if (path === '/projects/10') return { status: 200, json: { id: 10, path_with_namespace: 'acme/flags' } };
    if (path === '/projects/10/events') return pages([...state.events].reverse(), request);
    const group = /^\/groups\/([^/]+)\/members$/.exec(path)?.[1];
    if (group === undefined) return undefined;
    const members = state.groups.get(decodeURIComponent(group));
    return members === undefined
      ? MISSING
      : pages(
          members.map((name) => ({ ...named(name), state: 'active', access_level: 30 })),
          request,
        );
  }

  function answer(request: Arrived): Reply {
    if (request.headers['private-token'] !== 'glpat-secret') violations.push('a request without the token');
    if (request.path === '/api/graphql') return graphql(request);
    const path = request.path.replace(/^\/api\/v4/, '');
    const project = '/projects/acme%2Fflags';
    const reply = path.startsWith(project)
      ? answerProject(request, path.slice(project.length))
      : answerHost(request, path);
    if (reply === undefined) violations.push(`${request.method} ${path} is not known`);
    return reply ?? MISSING;
  }

  const server = await startHttpServer(answer);
  return { ...server, violations };
}
