/** A GitHub of one repository, `acme/flags`: what it is asked and what it answers is judged by GitHub's own description. */
import { createHash } from 'node:crypto';
import { answerDefect, exampleOf, matchOperation, requestDefect, type Matched } from './description.js';
import type { FakeArtifact, FakeCommit, FakeRun, FakeUser, GitHubState } from './github-state.js';
import { startHttpServer, type Arrived, type HttpServer, type Reply } from './http-server.js';

type Json = Record<string, unknown>;
type Handler = (matched: Matched, request: Arrived) => Reply;

/** A running server; `violations` must stay empty. */
export interface GitHubServer extends HttpServer {
  readonly violations: readonly string[];
  /** Where archives are downloaded from: another origin, which must not see the token. */
  readonly storage: HttpServer;
  /** Answers the next requests whose path ends so with these instead, one each. */
  fail(pathEnd: string, ...replies: readonly Reply[]): void;
  /** The same of the storage. */
  failStorage(...replies: readonly Reply[]): void;
  /** Runs before each answer. */
  onRequest: (request: Arrived) => void;
}

const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}';
const COMMENTS = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const ARTIFACTS = '/repos/{owner}/{repo}/actions/artifacts';
const RUN = '/repos/{owner}/{repo}/actions/runs/{run_id}';
const NOT_FOUND: Reply = {
  status: 404,
  json: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' },
};

/** An error as GitHub words it. */
export function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, json: { message, documentation_url: 'https://docs.github.com/rest' } };
}

function first(example: unknown): Json {
  return (Array.isArray(example) ? example[0] : example) as Json;
}

/** Starts it; the state may change while it runs. */
export async function startGitHub(state: GitHubState): Promise<GitHubServer> {
  const violations: string[] = [];
  const faults: { readonly pathEnd: string; readonly replies: Reply[] }[] = [];
  const storageFaults: Reply[] = [];
  let nextComment = 1_000;

  const member = first(exampleOf('get', '/orgs/{org}/teams/{team_slug}/members'));
  const byLogin = (login: string | null | undefined): FakeUser | undefined =>
    state.users.find((user) => user.login.toLowerCase() === login?.toLowerCase());
  const simple = (login: string | null): Json | null => {
    if (login === null) return null;
    const { id = 99, type = 'User' } = byLogin(login) ?? {};
    return { ...member, login, id, type };
  };
  const whole = ({ login, id, type = 'User', email = null }: FakeUser): Json => ({
    ...(exampleOf('get', '/users/{username}') as Json),
    login,
    id,
    type,
    email,
  });

  const commitJson = ({ sha, message = 'widen', author, committer, verified, parents = [] }: FakeCommit): Json => {
    const example = first(exampleOf('get', `${PULL}/commits`));
    const inner = example['commit'] as Json;
    const actor = (email = 'nobody@acme.example'): Json => ({ name: 'A', email, date: '2026-03-01T10:00:00Z' });
    const verification = { verified: verified === true, reason: verified === true ? 'valid' : 'unsigned' };
    return {
      ...example,
      sha,
      commit: {
        ...inner,
        message,
        author: actor(author?.email),
        committer: actor(committer?.email),
        verification: { signature: null, payload: null, verified_at: null, ...verification },
      },
      author: simple(author?.login ?? null),
      committer: simple(committer?.login ?? null),
      parents: parents.map((parent) => ({
        sha: parent,
        url: 'https://api.github.com/x',
        html_url: 'https://github.com/x',
      })),
    };
  };

  const pullJson = (status: 'whole' | 'made' | 'listed', number = state.pull.number): Json => {
    const path = status === 'whole' ? PULL : '/repos/{owner}/{repo}/pulls';
    const example = first(exampleOf(status === 'made' ? 'post' : 'get', path, status === 'made' ? 201 : 200));
    const { head, base, author, commits = state.commits.length, extra } = state.pull;
    const side = (name: 'head' | 'base'): Json => {
      const side = example[name] as Json;
      const repo = {
        ...(side['repo'] as Json),
        name: 'flags',
        full_name: 'acme/flags',
        owner: { ...member, login: 'acme' },
      };
      return { ...side, ref: state.pull[name].ref, sha: state.pull[name].sha, repo };
    };
    const counted = status === 'listed' ? {} : { merged: false, merged_by: null, commits };
    return {
      ...example,
      number,
      html_url: `https://github.com/acme/flags/pull/${number}`,
      state: 'open',
      draft: false,
      title: 'Widen',
      body: 'Reason: the pilot went well',
      merged_at: null,
      requested_teams: [],
      user: simple(author),
      head: { ...side('head'), ref: head.ref },
      base: { ...side('base'), ref: base.ref },
      ...counted,
      ...(status === 'whole' ? extra : {}),
    };
  };

  const permissionJson = ({ login, permission = 'none', role = permission }: FakeUser): Json => {
    const order = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];
    const has = (least: string): boolean => order.indexOf(permission) >= order.indexOf(least);
    const permissions = {
      pull: has('read'),
      triage: has('triage'),
      push: has('write'),
      maintain: has('maintain'),
      admin: has('admin'),
    };
    return { ...simple(login), permissions, role_name: role };
  };

  const pages = (items: readonly unknown[], { path, query }: Arrived): Reply => {
    const size = Math.min(Number(query.get('per_page') ?? 30), state.pageSize);
    const cursor = query.get('page') ?? query.get('after') ?? '1';
    const page = Number(cursor);
    const json = items.slice((page - 1) * size, page * size);
    if (page * size >= items.length) return { status: 200, json };
    const next = new URLSearchParams(query);
    next.set(path.endsWith('/activity') ? 'after' : 'page', String(page + 1));
    const link = `<${server.url}${path}?${next.toString()}>; rel="next", <${server.url}${path}?page=999>; rel="last"`;
    return { status: 200, headers: { link }, json };
  };

  const user = (found: FakeUser | undefined): Reply =>
    found === undefined ? NOT_FOUND : { status: 200, json: whole(found) };
  const commentJson = (comment: { readonly id: number; readonly login: string; readonly body: string }): Json => ({
    ...first(exampleOf('get', COMMENTS)),
    id: comment.id,
    body: comment.body,
    user: simple(comment.login),
  });
  const commentOf = ({ variables }: Matched): (typeof state.comments)[number] | undefined =>
    state.comments.find(({ id }) => id === Number(variables.get('comment_id')));

  const artifactJson = ({ id, name, archive, bytes, createdAt, expired, digest, run }: FakeArtifact): Json => {
    const { artifacts } = exampleOf('get', ARTIFACTS) as { readonly artifacts: readonly Json[] };
    return {
      ...artifacts[0],
      id,
      name,
      size_in_bytes: bytes ?? archive.byteLength,
      created_at: createdAt ?? '2026-03-01T10:00:00Z',
      expired: expired === true,
      digest: digest === undefined ? `sha256:${createHash('sha256').update(archive).digest('hex')}` : digest,
      workflow_run: run && {
        id: run.id,
        repository_id: 1,
        head_repository_id: run.headRepository ?? 1,
        head_branch: run.branch,
        head_sha: run.commit,
      },
    };
  };
  const runJson = ({ id, event, branch, commit, headRepository = 1 }: FakeRun): Json => {
    const example = exampleOf('get', RUN) as Json;
    return {
      ...example,
      id,
      event,
      head_branch: branch,
      head_sha: commit,
      repository: { ...(example['repository'] as Json), id: 1 },
      head_repository: { ...(example['head_repository'] as Json), id: headRepository },
    };
  };
  const artifactOf = (id: string | undefined): FakeArtifact | undefined =>
    state.artifacts.find((artifact) => artifact.id === Number(id));

  const handlers: Readonly<Record<string, Handler>> = {
    [`GET ${PULL}`]: ({ variables }) =>
      Number(variables.get('pull_number')) === state.pull.number ? { status: 200, json: pullJson('whole') } : NOT_FOUND,
    [`GET ${PULL}/commits`]: (_, request) => pages(state.commits.slice(0, 250).map(commitJson), request),
    [`GET ${PULL}/reviews`]: (_, request) =>
      pages(
        state.reviews.map(({ id, login, state, commit = null, at }) => {
          const { submitted_at: _, ...example } = first(exampleOf('get', `${PULL}/reviews`));
          const submitted = at === undefined ? {} : { submitted_at: at };
          return { ...example, id, user: simple(login), state, commit_id: commit, ...submitted };
        }),
        request,
      ),
    'GET /repos/{owner}/{repo}/issues/{issue_number}/timeline': (_, request) =>
      pages(
        state.timeline.map(({ event, login, at }, index) => ({
          id: index + 1,
          node_id: 'n',
          url: 'https://api.github.com/x',
          actor: simple(login),
          event,
          commit_id: null,
          commit_url: null,
          created_at: at,
          performed_via_github_app: null,
        })),
        request,
      ),
    'GET /repos/{owner}/{repo}/activity': ({ variables }, request) => {
      const pushes = state.activity.get(`${variables.get('owner')}/${variables.get('repo')}`);
      if (pushes === undefined) return NOT_FOUND;
      const newestFirst = pushes.map(({ login, before, after }, index) => ({
        id: index + 1,
        node_id: 'n',
        before,
        after,
        ref: request.query.get('ref'),
        timestamp: '2026-03-01T10:00:00Z',
        activity_type: 'push',
        actor: simple(login),
      }));
      return pages(newestFirst.reverse(), request);
    },
    'GET /repos/{owner}/{repo}/collaborators': (_, request) => {
      const people = state.users.filter(({ permission = 'none' }) => permission !== 'none');
      return pages(people.map(permissionJson), request);
    },
    'GET /repos/{owner}/{repo}/collaborators/{username}/permission': ({ variables }) => {
      const login = variables.get('username') ?? '';
      const found = byLogin(login);
      if (found === undefined) return NOT_FOUND;
      if (found.permission === undefined) return refusal(404, `${login} is not a user`);
      const { permission, role = permission } = found;
      const folded = permission === 'maintain' ? 'write' : permission === 'triage' ? 'read' : permission;
      return { status: 200, json: { permission: folded, role_name: role, user: permissionJson(found) } };
    },
    'GET /orgs/{org}/teams/{team_slug}/members': ({ variables }, request) => {
      const logins = state.teams.get(`${variables.get('org')}/${variables.get('team_slug')}`);
      return logins === undefined ? NOT_FOUND : pages(logins.map(simple), request);
    },
    'GET /users/{username}': ({ variables }) => user(byLogin(variables.get('username'))),
    'GET /user/{account_id}': ({ variables }) =>
      user(state.users.find(({ id }) => id === Number(variables.get('account_id')))),
    'GET /user': () =>
      state.viewer.isApp === true
        ? refusal(403, 'Resource not accessible by integration')
        : { status: 200, json: { ...(exampleOf('get', '/user') as Json), login: state.viewer.login } },
    'GET /search/users': (_, { query }) => {
      const address = (query.get('q') ?? '').split(' ')[0];
      // The real one finds by words, and so more than was meant.
      const items = state.users.filter(
        ({ email }) => email !== undefined && email?.split('@')[1] === address?.split('@')[1],
      );
      const found = items.map((one) => ({ ...simple(one.login), score: 1 }));
      return { status: 200, json: { total_count: found.length, incomplete_results: false, items: found } };
    },
    'GET /repos/{owner}/{repo}/commits': (_, request) => {
      const author = request.query.get('author')?.toLowerCase();
      return pages(state.history.filter((one) => one.author?.email.toLowerCase() === author).map(commitJson), request);
    },
    'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': ({ variables }, request) =>
      pages(
        (state.pullsOf.get(variables.get('commit_sha') ?? '') ?? []).map(([number, state]) => ({
          ...pullJson('listed', number),
          state: state === 'open' ? 'open' : 'closed',
          merged_at: state === 'merged' ? '2026-03-01T11:30:00Z' : null,
        })),
        request,
      ),
    'GET /repos/{owner}/{repo}/pulls': (_, request) => {
      const wanted = `${request.query.get('head')} ${request.query.get('base')}`;
      return pages(state.open.includes(wanted) ? [pullJson('listed', 21)] : [], request);
    },
    'POST /repos/{owner}/{repo}/pulls': (_, { body }) => {
      const { head, base } = body as { readonly head: string; readonly base: string };
      if (!state.open.includes(`acme:${head} ${base}`)) return { status: 201, json: pullJson('made', 22) };
      return refusal(422, 'Validation Failed');
    },
    [`GET ${COMMENTS}`]: (_, request) => pages(state.comments.map(commentJson), request),
    [`POST ${COMMENTS}`]: (_, { body }) => {
      const comment = { id: nextComment, login: state.viewer.login, body: (body as { readonly body: string }).body };
      nextComment += 1;
      state.comments.push(comment);
      return { status: 201, json: commentJson(comment) };
    },
    'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': (matched, { body }) => {
      const comment = commentOf(matched);
      if (comment === undefined) return NOT_FOUND;
      comment.body = (body as { readonly body: string }).body;
      return { status: 200, json: commentJson(comment) };
    },
    'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': (matched) => {
      const comment = commentOf(matched);
      if (comment === undefined) return NOT_FOUND;
      state.comments.splice(state.comments.indexOf(comment), 1);
      return { status: 204 };
    },
    'POST /repos/{owner}/{repo}/statuses/{sha}': ({ variables }, { body }) => {
      const { state: found, description } = body as { readonly state: string; readonly description: string };
      state.statuses.push({ commit: variables.get('sha') ?? '', state: found, description });
      return { status: 201, json: exampleOf('post', '/repos/{owner}/{repo}/statuses/{sha}', 201) };
    },
    [`GET ${ARTIFACTS}`]: (_, { query }) => {
      const found = state.artifacts.filter(({ name }) => name === (query.get('name') ?? name)).map(artifactJson);
      const size = Math.min(Number(query.get('per_page') ?? 30), state.pageSize);
      const start = (Number(query.get('page') ?? 1) - 1) * size;
      return { status: 200, json: { total_count: found.length, artifacts: found.slice(start, start + size) } };
    },
    [`GET ${ARTIFACTS}/{artifact_id}/{archive_format}`]: ({ variables }) => {
      const found = artifactOf(variables.get('artifact_id'));
      if (found === undefined) return NOT_FOUND;
      if (found.expired === true) return refusal(410, 'Artifact has expired');
      return { status: 302, headers: { location: `${storage.url}/${found.id}?sig=SIGNED` } };
    },
    [`GET ${RUN}`]: ({ variables }) => {
      const id = Number(variables.get('run_id'));
      const found = state.artifacts.find(({ run }) => run?.id === id)?.run;
      return found === undefined ? NOT_FOUND : { status: 200, json: runJson(found) };
    },
    'GET /repos/{owner}/{repo}/rules/branches/{branch}': (_, request) => pages(state.rules, request),
    'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}': ({ variables }) => {
      const ruleset = state.rulesets.get(Number(variables.get('ruleset_id')));
      return ruleset === undefined ? NOT_FOUND : { status: 200, json: ruleset };
    },
    'GET /repos/{owner}/{repo}/branches/{branch}/protection': () =>
      state.classic === undefined ? refusal(404, 'Branch not protected') : { status: 200, json: state.classic },
  };

  function faultFor({ path }: Arrived): Reply | undefined {
    const fault = faults.find(({ pathEnd, replies }) => path.endsWith(pathEnd) && replies.length > 0);
    return fault?.replies.shift();
  }

  function answer(request: Arrived): Reply {
    api.onRequest(request);
    const fault = faultFor(request);
    if (fault !== undefined) return fault;
    // GraphQL is no part of the REST description; only this one question is asked.
    if (request.path === '/graphql') {
      if ((request.body as Json)['query'] !== '{viewer{login}}') violations.push(`an unknown GraphQL query`);
      return { status: 200, json: { data: { viewer: { login: state.viewer.login } } } };
    }
    const matched = matchOperation(request);
    const handler = matched && handlers[matched.route];
    if (matched === undefined || handler === undefined) {
      violations.push(`${request.method} ${request.path} is not in the description`);
      return NOT_FOUND;
    }
    const wrong = requestDefect(matched, request);
    const reply = handler(matched, request);
    for (const defect of [wrong, answerDefect(matched, reply)]) if (defect !== undefined) violations.push(defect);
    return reply;
  }

  const storage = await startHttpServer(({ path, query }) => {
    const found = artifactOf(path.slice(1));
    const isSigned = query.get('sig') === 'SIGNED';
    if (found === undefined || !isSigned) return { status: 403, raw: 'no' };
    return storageFaults.shift() ?? { status: 200, headers: { 'content-type': 'application/zip' }, raw: found.archive };
  });
  const server = await startHttpServer(answer);
  const api: GitHubServer = {
    ...server,
    storage,
    close: async () => {
      await Promise.all([server.close(), storage.close()]);
    },
    violations,
    onRequest: () => undefined,
    fail: (pathEnd, ...replies) => {
      faults.push({ pathEnd, replies: [...replies] });
    },
    failStorage: (...replies) => {
      storageFaults.push(...replies);
    },
  };
  return api;
}
