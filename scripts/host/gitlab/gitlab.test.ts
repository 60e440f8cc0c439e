import { describe, expect, it } from 'vitest';
import type { PullRequest } from '../../approval/pull-request.js';
import { openHost, type CodeHost } from '../host.js';
import {
  BASE,
  commitOf,
  HEAD,
  noteOf,
  ordinaryGitLab,
  pushOf,
  startGitLab,
  type GitLabServer,
  type GitLabState,
} from '../testing/gitlab-server.js';
import { TestClock } from '../testing/test-clock.js';
import { headAt } from './approvals.js';

interface Call {
  readonly host: CodeHost;
  readonly server: GitLabServer;
  readonly state: GitLabState;
}

async function withGitLab(overrides: Partial<GitLabState>, body: (call: Call) => Promise<void>): Promise<void> {
  const state = { ...ordinaryGitLab(), ...overrides };
  const server = await startGitLab(state);
  const apiUrl = `${server.url}/api/v4`;
  const host = openHost({ url: 'acme/flags', kind: 'gitlab', apiUrl, token: 'glpat-secret', clock: new TestClock() });
  try {
    await body({ host, server, state });
    expect(server.violations).toEqual([]);
  } finally {
    await server.close();
  }
}

async function read(overrides: Partial<GitLabState>, owners: readonly string[] = []): Promise<PullRequest> {
  let found: PullRequest | undefined;
  await withGitLab(overrides, async ({ host }) => {
    found = await host.readPullRequest(7, owners);
  });
  return found as PullRequest;
}

const at = (time: string): string => `2026-03-01T${time}.000Z`;

describe('readPullRequest of GitLab', () => {
  it('fills every field', async () => {
    const ann = { name: 'A', email: 'ann@acme.example', login: 'ann' };
    expect(await read({}, ['@acme/payments', '@Bob', 'bob@acme.example'])).toEqual({
      host: 'gitlab',
      repository: 'acme/flags',
      number: 7,
      url: 'https://gitlab.com/acme/flags/-/merge_requests/7',
      title: 'Widen',
      body: 'Reason: the pilot went well',
      author: 'ann',
      state: 'open',
      isDraft: false,
      base: { ref: 'main', commit: BASE },
      head: { ref: 'widen', commit: HEAD, repository: 'acme/flags' },
      commits: [{ id: HEAD, message: 'widen', author: ann, committer: ann, isMadeByHost: false }],
      reviews: [{ id: 'approved-1', login: 'bob', state: 'approved', commit: HEAD, submittedAt: at('11:00:00') }],
      pushers: ['ann'],
      retargetedAt: [],
      accounts: [
        { login: 'ann', isBot: false, permission: 'write' },
        { login: 'bob', isBot: false, permission: 'maintain' },
      ],
      owners: [
        { handle: '@acme/payments', members: ['ann', 'bob'] },
        { handle: '@Bob', members: ['bob'] },
        { handle: 'bob@acme.example', members: ['bob'] },
      ],
      identities: {},
      merge: undefined,
      gaps: [],
    });
  });

  it('reads every page, and commits oldest first', async () => {
    const older = 'c0'.padEnd(40, '0');
    const found = await read(
      {
        pageSize: 1,
        commits: [commitOf(older, [BASE]), commitOf(HEAD, [older])],
        events: [pushOf('cid', null, older), pushOf('ann', older, HEAD), pushOf('bob', null, HEAD, 'other')],
        versions: [
          { id: 2, head_commit_sha: HEAD, created_at: at('10:30:00') },
          { id: 1, head_commit_sha: older, created_at: at('10:00:00') },
        ],
      },
      ['@acme/payments'],
    );
    expect(found.commits.map(({ id }) => id)).toEqual([older, HEAD]);
    expect(found.pushers).toEqual(['cid', 'ann']);
    expect(found.reviews[0]?.commit).toBe(HEAD);
    expect(found.owners[0]?.members).toEqual(['ann', 'bob']);
    expect(found.gaps).toEqual([]);
  });

  it('takes only what GitLab wrote itself for an approval, a retarget or a push', async () => {
    const body = 'approved this merge request';
    const found = await read({
      approvedBy: [],
      notes: [
        noteOf(1, body, 'cid', at('11:00:00'), false),
        noteOf(2, body, 'bob', at('11:00:00')),
        noteOf(3, 'unapproved this merge request', 'bob', at('11:01:00')),
        noteOf(4, 'changed target branch from `a` to `main`', 'ann', at('11:02:00')),
        noteOf(5, 'deleted the `a` branch. This merge request now targets the `main` branch', 'ann', at('11:03:00')),
        noteOf(6, 'changed target branch from `a` to `main`', 'ann', at('11:04:00'), false),
        noteOf(7, 'added 2 commits\n\n<ul>…</ul>', 'bob', at('11:05:00')),
        noteOf(8, 'added 2 commits', 'cid', at('11:06:00'), false),
        noteOf(9, 'restored source branch `widen`', 'cid', at('11:07:00')),
      ],
    });
    expect(found.reviews).toEqual([
      { id: '2', login: 'bob', state: 'dismissed', commit: null, submittedAt: at('11:00:00') },
    ]);
    expect(found.retargetedAt).toEqual([at('11:02:00'), at('11:03:00')]);
    expect(found.pushers).toEqual(['bob', 'cid', 'ann']);
  });

  it('tells requests for changes, and an earlier approval of the same account', async () => {
    const found = await read({
      approvedBy: [],
      reviewers: [
        ['bob', 'requested_changes', at('09:00:00')],
        ['cid', 'reviewed', at('09:00:00')],
      ],
      notes: [
        noteOf(1, 'approved this merge request', 'bob', at('11:00:00')),
        noteOf(2, 'requested changes', 'bob', at('11:30:00')),
      ],
    });
    expect(found.reviews).toEqual([
      { id: '1', login: 'bob', state: 'dismissed', commit: null, submittedAt: at('11:00:00') },
      {
        id: 'changes-requested-2',
        login: 'bob',
        state: 'changes-requested',
        commit: HEAD,
        submittedAt: at('11:30:00'),
      },
    ]);
  });

  it.each<[title: string, overrides: Partial<GitLabState>, gap: RegExp]>([
    [
      'an approval without a time',
      { notes: [], approvedBy: [['bob', null]] },
      /does not say when bob gave their review/,
    ],
    ['no push', { events: [] }, /tells of no push to the branch/],
    [
      'a fork that was deleted',
      { request: { ...ordinaryGitLab().request, source_project_id: null } },
      /its project was deleted/,
    ],
    ['versions that lag', { versions: [] }, /does not list every head/],
    ['no author', { request: { ...ordinaryGitLab().request, author: null } }, /account of the author was deleted/],
    ['no base', { request: { ...ordinaryGitLab().request, diff_refs: null } }, /which commit of the target branch/],
    [
      'a merge by nobody',
      { request: { ...ordinaryGitLab().request, state: 'merged', merged_at: at('12:00:00') } },
      /who merged the merge request/,
    ],
    [
      'members that are not shown',
      { answers: new Map([['GET /members/all', { status: 403, json: { message: '403 Forbidden' } }]]) },
      /members of the project are not shown/,
    ],
  ])('says a gap: %s', async (_, overrides, gap) => {
    expect((await read(overrides)).gaps.join('\n')).toMatch(gap);
  });

  it.each<[merged: object, commit: string]>([
    [{ merge_commit_sha: 'm', squash_commit_sha: 's' }, 'm'],
    [{ squash_commit_sha: 's' }, 's'],
    [{}, HEAD],
  ])('tells the merge %j', async (merged, commit) => {
    const request = {
      ...ordinaryGitLab().request,
      state: 'merged',
      merged_at: at('12:00:00'),
      merge_user: { id: 2, username: 'bob' },
    };
    expect((await read({ request: { ...request, ...merged } })).merge).toEqual({
      commit,
      at: at('12:00:00'),
      by: 'bob',
    });
  });

  it.each<[level: number, state: string, permission: string]>([
    [50, 'active', 'admin'],
    [40, 'active', 'maintain'],
    [30, 'active', 'write'],
    [30, 'blocked', 'none'],
    [20, 'active', 'triage'],
    [15, 'active', 'read'],
    [5, 'active', 'none'],
  ])('access level %s, %s, is %s', async (level, state, permission) => {
    const users = [{ id: 1, username: 'ann', level, state }, ...ordinaryGitLab().users.slice(1)];
    expect((await read({ users })).accounts[0]).toEqual({ login: 'ann', isBot: false, permission });
  });

  it('takes accounts of tokens and services for bots, and those that are gone', async () => {
    const users = [...ordinaryGitLab().users, { id: 4, username: 'scan', bot: true, level: 30 }];
    const approvedBy = ['scan', 'project_10_bot_x', 'gone'].map((name) => [name, at('11:00:00')] as const);
    const found = await read({ users, approvedBy });
    expect(found.accounts.filter(({ isBot }) => isBot).map(({ login }) => login)).toEqual([
      'gone',
      'project_10_bot_x',
      'scan',
    ]);
  });

  it.each<[address: string, login: string | null]>([
    ['ann@acme.example', 'ann'],
    ['bob@acme.example', 'bob'],
    ['bobby@acme.example', null],
    ['3-cid@users.noreply.127.0.0.1', 'cid'],
    ['3-ann@users.noreply.127.0.0.1', null],
  ])('the address %s belongs to %s', async (address, login) => {
    const commits = [commitOf(HEAD, [BASE], address)];
    expect((await read({ commits })).commits[0]?.author.login).toBe(login);
  });

  it('looks addresses up one by one where GraphQL does not tell', async () => {
    const commits = [commitOf(HEAD, [BASE], 'bob@acme.example')];
    expect((await read({ commits, authors: undefined })).commits[0]?.author.login).toBe('bob');
  });

  it('knows what GitLab committed itself', async () => {
    const commits = [commitOf(HEAD, [BASE], 'ann@acme.example', 'noreply@gitlab.example')];
    expect((await read({ commits, signed: new Set([HEAD]) })).commits[0]?.isMadeByHost).toBe(true);
    expect((await read({ commits })).commits[0]?.isMadeByHost).toBe(false);
  });

  it.each<[handle: string, gap: RegExp]>([
    ['@acme/nobody', /members of @acme\/nobody are not shown/],
    ['@..', /are not shown/],
    ['@@developer', /^$/],
    ['nobody', /^$/],
  ])('knows no members of %s', async (handle, gap) => {
    const found = await read({}, [handle]);
    expect(found.owners).toEqual([{ handle, members: null }]);
    expect(found.gaps.join()).toMatch(gap);
  });
});

describe('headAt', () => {
  const versions = [
    { head_commit_sha: 'b', created_at: at('11:00:00') },
    { head_commit_sha: 'a', created_at: at('10:00:00') },
  ];

  it.each<[time: string, head: string | null]>([
    ['09:59:59', null],
    ['10:00:29', null],
    ['10:00:30', 'a'],
    ['10:59:59', 'a'],
    ['11:00:00', null],
    ['11:00:29', null],
    ['11:00:30', 'b'],
  ])('an approval at %s is for %s', (time, head) => {
    expect(headAt(versions, at(time))).toBe(head);
  });

  it('does not guess at a time that is none', () => {
    expect(headAt(versions, 'yesterday')).toBeNull();
  });
});

describe('GitLab as a host', () => {
  const MARKER = '<!-- flagctl check -->';
  const REQUEST = { head: 'kill', base: 'main', title: 'Kill checkout', body: 'Reason: it burns' };
  const listed = { iid: 9, web_url: 'https://gitlab.com/acme/flags/-/merge_requests/9', state: 'merged' };

  it('makes one comment and edits it, whoever else carries the marker', async () => {
    await withGitLab({}, async ({ host, state }) => {
      state.notes = [noteOf(1, `${MARKER}\nforged`, 'bob', at('11:00:00'), false)];
      await host.upsertComment(7, MARKER, 'first');
      await host.upsertComment(7, MARKER, 'second');
      await Promise.all(['a', 'b'].map(async (body) => host.upsertComment(7, '<!-- other -->', body)));
      expect(state.notes.map(({ body }) => body.split('\n')[0])).toEqual([MARKER, MARKER, '<!-- other -->']);
      expect(state.notes[1]?.body).toBe(`${MARKER}\nsecond`);
    });
  });

  it('finds the merge requests of a commit', async () => {
    const json = [listed, { ...listed, iid: 3, state: 'closed' }, { ...listed, iid: 5, state: 'opened' }];
    const answers = new Map([[`GET /repository/commits/${HEAD}/merge_requests`, { status: 200, json }]]);
    await withGitLab({ answers }, async ({ host }) => expect(await host.pullRequestsOf(HEAD)).toEqual([5, 9]));
  });

  it('opens a merge request, or finds the one that is open', async () => {
    const found = { number: 9, url: listed.web_url };
    const made = new Map([['POST /merge_requests', { status: 201, json: listed }]]);
    await withGitLab({ answers: made }, async ({ host, server }) => {
      expect(await host.openPullRequest(REQUEST)).toEqual(found);
      expect(server.arrived.at(-1)?.body).toEqual({
        source_branch: 'kill',
        target_branch: 'main',
        title: 'Kill checkout',
        description: 'Reason: it burns',
      });
    });
    const exists = new Map([
      ['POST /merge_requests', { status: 409, json: { message: ['Another open merge request already exists'] } }],
      ['GET /merge_requests', { status: 200, json: [listed] }],
    ]);
    await withGitLab({ answers: exists }, async ({ host }) =>
      expect(await host.openPullRequest(REQUEST)).toEqual(found),
    );
  });

  it('reads what guards a branch, and what it may not see', async () => {
    const answers = new Map([
      [
        'GET /protected_branches/main',
        {
          status: 200,
          json: {
            push_access_levels: [{ access_level: 0 }],
            allow_force_push: false,
            code_owner_approval_required: true,
          },
        },
      ],
      [
        'GET /approvals',
        {
          status: 200,
          json: {
            approvals_before_merge: 0,
            reset_approvals_on_push: true,
            merge_requests_disable_committers_approval: true,
          },
        },
      ],
      ['GET /approval_rules', { status: 200, json: [{ approvals_required: 1 }, { approvals_required: 2 }] }],
    ]);
    await withGitLab({ answers }, async ({ host }) => {
      expect(await host.readProtection('main')).toEqual({
        branch: 'main',
        isPullRequestRequired: true,
        requiredApprovals: 2,
        isCodeOwnerReviewRequired: true,
        areStaleReviewsDismissed: true,
        isLastPushApprovalRequired: true,
        isForcePushBlocked: true,
        isDeletionBlocked: true,
        isMergeQueueRequired: true,
        isUpToDateRequired: false,
        requiredChecks: [],
        bypassActors: undefined,
        gaps: ['GitLab does not list who may bypass the settings'],
      });
    });
    const hidden = new Map(
      ['GET /approvals', 'GET /approval_rules', 'GET /protected_branches/main'].map((key) => [
        key,
        { status: 404, json: {} },
      ]),
    );
    await withGitLab({ answers: hidden }, async ({ host }) => {
      expect(await host.readProtection('main')).toMatchObject({
        requiredApprovals: undefined,
        isForcePushBlocked: undefined,
        gaps: [expect.stringMatching(/approval settings are not shown/), expect.any(String)],
      });
    });
  });
});
