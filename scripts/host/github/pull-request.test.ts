import { describe, expect, it } from 'vitest';
import type { PullRequest } from '../../approval/pull-request.js';
import { exampleOf } from '../testing/description.js';
import { TOKEN, withGitHub, type GitHubCall } from '../testing/github-call.js';
import { refusal } from '../testing/github-server.js';
import { ordinaryState, sha, type FakeCommit, type GitHubState } from '../testing/github-state.js';

const NONE = '0'.repeat(40);
const ann = { email: 'ann@acme.example', login: 'ann' };
const unknown = { email: 'stranger@acme.example', login: null };

async function read(
  overrides: Partial<GitHubState>,
  owners: readonly string[] = [],
  exception?: RegExp,
): Promise<PullRequest> {
  let found: PullRequest | undefined;
  const body = async ({ host }: GitHubCall): Promise<void> => {
    found = await host.readPullRequest(7, owners);
  };
  await withGitHub(overrides, body, exception);
  return found as PullRequest;
}

function forkedPull(): { readonly head: object } {
  const { head } = exampleOf('get', '/repos/{owner}/{repo}/pulls/{pull_number}') as {
    readonly head: { readonly repo: { readonly owner: object } };
  };
  const repo = { ...head.repo, name: 'fork', full_name: 'cid/fork', owner: { ...head.repo.owner, login: 'cid' } };
  return { head: { ...head, ref: 'widen', sha: sha('c1'), repo } };
}

function pullWith(extra: object): Partial<GitHubState> {
  return { pull: { ...ordinaryState().pull, extra: { ...extra } } };
}

describe('readPullRequest of GitHub', () => {
  it('fills every field', async () => {
    expect(await read({}, ['@acme/payments', '@Bob', 'bob@acme.example'])).toEqual({
      host: 'github',
      repository: 'acme/flags',
      number: 7,
      url: 'https://github.com/acme/flags/pull/7',
      title: 'Widen',
      body: 'Reason: the pilot went well',
      author: 'ann',
      state: 'open',
      isDraft: false,
      base: { ref: 'main', commit: sha('main') },
      head: { ref: 'widen', commit: sha('c1'), repository: 'acme/flags' },
      commits: [
        {
          id: sha('c1'),
          message: 'widen',
          author: { name: 'A', ...ann },
          committer: { name: 'A', ...ann },
          isMadeByHost: false,
        },
      ],
      reviews: [{ id: '11', login: 'bob', state: 'approved', commit: sha('c1'), submittedAt: '2026-03-01T11:00:00Z' }],
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

  it('reads every page, however small the server makes them', async () => {
    const shas = Array.from({ length: 7 }, (_, index) => sha(`c${index}`));
    const commits = shas.map((id, index) => ({
      sha: id,
      author: ann,
      committer: ann,
      parents: [shas[index - 1] ?? sha('main')],
    }));
    const pull = { ...ordinaryState().pull, head: { ref: 'widen', sha: sha('c6') } };
    const reviews = shas.map((commit, index) => ({
      id: index,
      login: index % 2 === 0 ? 'bob' : 'cid',
      state: 'COMMENTED',
      commit,
      at: '2026-03-01T11:00:00Z',
    }));
    const pushes = shas.map((after, index) => ({
      login: index === 3 ? 'cid' : 'ann',
      before: shas[index - 1] ?? NONE,
      after,
    }));
    const timeline = shas.map(() => ({ event: 'labeled', login: 'ann', at: '2026-03-01T11:00:00Z' })).slice(0, 3);
    const teams = new Map([['acme/payments', ['ann', 'bob', 'cid']]]);
    const found = await read(
      {
        pageSize: 2,
        pull,
        commits,
        reviews,
        timeline: [...timeline, { event: 'base_ref_changed', login: 'ann', at: '2026-03-01T11:30:00Z' }],
        teams,
        activity: new Map([['acme/flags', pushes]]),
      },
      ['@acme/payments'],
    );
    expect(found.gaps).toEqual([]);
    expect(found.commits.map(({ id }) => id)).toEqual(shas);
    expect(found.reviews.map(({ id }) => id)).toEqual(shas.map((_, index) => String(index)));
    expect(found.owners[0]?.members).toEqual(['ann', 'bob', 'cid']);
    expect(found.pushers).toEqual(['ann', 'cid']);
    expect(found.retargetedAt).toEqual(['2026-03-01T11:30:00Z']);
  });

  it('asks for the whole history of reviews and reads every state, in capitals or not', async () => {
    const states = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING', 'approved', 'BLESSED'];
    const reviews = states.map((state, index) => ({
      id: index,
      login: 'bob',
      state,
      commit: null,
      at: '2026-03-01T11:00:00Z',
    }));
    const found = await read({ reviews });
    expect(found.reviews.map(({ state, commit }) => [state, commit])).toEqual(
      ['approved', 'changes-requested', 'commented', 'dismissed', 'pending', 'approved', 'unknown'].map((state) => [
        state,
        null,
      ]),
    );
    expect(found.gaps).toEqual(['the review 6 of bob has a state that is not known']);
  });

  it('leaves out a review that is not submitted yet, and names one without a time', async () => {
    const found = await read({
      reviews: [
        { id: 1, login: 'bob', state: 'PENDING' },
        { id: 2, login: 'bob', state: 'APPROVED' },
      ],
    });
    expect(found.reviews).toEqual([]);
    expect(found.gaps).toEqual(['GitHub does not say when the review 2 of bob was given']);
  });

  it.each<[title: string, overrides: Partial<GitHubState>, gap: RegExp]>([
    ['more commits than it lists', { pull: { ...ordinaryState().pull, commits: 251 } }, /lists 1 of the 251 commits/],
    ['no push', { activity: new Map([['acme/flags', []]]) }, /tells of no push to the branch/],
    ['no activity at all', { activity: new Map() }, /the activity of its repository is not shown/],
    [
      'a push by nobody',
      { activity: new Map([['acme/flags', [{ login: null, before: NONE, after: sha('c1') }]]]) },
      /does not say whose one of the pushes was/,
    ],
    [
      'pushes that do not reach the head',
      { activity: new Map([['acme/flags', [{ login: 'ann', before: NONE, after: sha('old') }]]]) },
      /no push of the head/,
    ],
    [
      'pushes with a hole',
      {
        activity: new Map([
          [
            'acme/flags',
            [
              { login: 'ann', before: NONE, after: sha('a') },
              { login: 'ann', before: sha('b'), after: sha('c1') },
            ],
          ],
        ]),
      },
      /no push between two others/,
    ],
    [
      'pushes that begin in the middle',
      { activity: new Map([['acme/flags', [{ login: 'ann', before: sha('x'), after: sha('c1') }]]]) },
      /do not reach back/,
    ],
    [
      'a merge without its author',
      pullWith({ merged: true, state: 'closed', merged_at: '2026-03-01T11:30:00Z', merged_by: null }),
      /does not say who merged/,
    ],
  ])('says a gap: %s', async (_, overrides, gap) => {
    expect((await read(overrides)).gaps.join('\n')).toMatch(gap);
  });

  it('says a gap where the fork was deleted, or the author', async () => {
    const head = { label: 'x:widen', ref: 'widen', sha: sha('c1'), repo: null, user: null };
    const found = await read(pullWith({ head, user: null }), [], /pulls\/\{pull_number\}: the answer 200/);
    expect(found.head.repository).toBeNull();
    expect(found.author).toBe('ghost');
    expect(found.gaps).toEqual([
      'the account of the author was deleted, so nobody can be told apart from them',
      'who pushed to the branch widen is not known: its repository was deleted',
    ]);
  });

  it('asks a fork for its own pushes', async () => {
    const { head } = forkedPull();
    const pushes = [{ login: 'cid', before: NONE, after: sha('c1') }];
    const found = await read({ ...pullWith({ head }), activity: new Map([['cid/fork', pushes]]) });
    expect(found.head.repository).toBe('cid/fork');
    expect(found.pushers).toEqual(['cid']);
    expect(found.gaps).toEqual([]);
  });

  it('names everybody who pushed, whatever became of it', async () => {
    const pushes = [
      { login: 'cid', before: NONE, after: sha('x') },
      { login: 'ann', before: sha('x'), after: sha('c1') },
    ];
    const timeline = [
      { event: 'head_ref_force_pushed', login: 'bob', at: '2026-03-01T10:30:00Z' },
      { event: 'automatic_base_change_succeeded', login: 'bob', at: '2026-03-01T10:40:00Z' },
    ];
    const found = await read({ timeline, activity: new Map([['acme/flags', pushes]]) });
    expect(found.pushers).toEqual(['bob', 'cid', 'ann']);
    expect(found.retargetedAt).toEqual(['2026-03-01T10:40:00Z']);
    expect(found.gaps).toEqual([]);
  });

  it('accepts pushes that begin at a commit of the base', async () => {
    const pushes = [{ login: 'ann', before: sha('main'), after: sha('c1') }];
    expect((await read({ activity: new Map([['acme/flags', pushes]]) })).gaps).toEqual([]);
  });

  it.each<[title: string, commit: Partial<FakeCommit>, isMadeByHost: boolean]>([
    ['signed by GitHub', { committer: { email: 'noreply@github.com', login: 'web-flow' }, verified: true }, true],
    ['unsigned in its name', { committer: { email: 'noreply@github.com', login: 'web-flow' } }, false],
    ['signed by somebody else', { verified: true }, false],
  ])('a commit %s', async (_, commit, isMadeByHost) => {
    const found = await read({ commits: [{ sha: sha('c1'), author: ann, committer: ann, ...commit }] });
    expect(found.commits[0]?.isMadeByHost).toBe(isMadeByHost);
  });

  it('keeps an address that GitHub knows for nobody', async () => {
    const found = await read({ commits: [{ sha: sha('c1'), author: unknown, committer: ann }] });
    expect(found.commits[0]?.author).toEqual({ name: 'A', ...unknown });
  });

  it('tells the merge', async () => {
    const [member] = exampleOf('get', '/orgs/{org}/teams/{team_slug}/members') as readonly object[];
    const merged_by = { ...member, login: 'bob', id: 2 };
    const found = await read(
      pullWith({
        merged: true,
        state: 'closed',
        merged_at: '2026-03-01T11:30:00Z',
        merged_by,
        merge_commit_sha: sha('m'),
      }),
    );
    expect(found.state).toBe('merged');
    expect(found.merge).toEqual({ commit: sha('m'), at: '2026-03-01T11:30:00Z', by: 'bob' });
  });

  it('notices that the pull request changed under it', async () => {
    let found: PullRequest | undefined;
    await withGitHub({}, async ({ host, server, state }) => {
      server.onRequest = ({ path }) => {
        if (path.endsWith('/reviews')) state.pull = { ...state.pull, head: { ref: 'widen', sha: sha('c2') } };
      };
      found = await host.readPullRequest(7, []);
    });
    expect(found?.gaps).toEqual(['the pull request changed while it was read; run this again']);
  });
});

describe('co-authors', () => {
  // As on a GitHub server of one's own: the host that is asked.
  const noreply = 'users.noreply.127.0.0.1';

  it.each<[message: string, identities: Readonly<Record<string, string | null>>]>([
    ['Co-authored-by: Bob <bob@acme.example>', { 'bob@acme.example': 'bob' }],
    ['x CO-AUTHORED-BY : Ann <ANN@acme.example>', { 'ann@acme.example': 'ann' }],
    [`Co-authored-by: Bob <2+bob@${noreply}>`, { [`2+bob@${noreply}`]: 'bob' }],
    [`Co-authored-by: not Bob <2+ann@${noreply}>`, { [`2+ann@${noreply}`]: null }],
    [`Co-authored-by: nobody <77+bob@${noreply}>`, { [`77+bob@${noreply}`]: null }],
    [`Co-authored-by: Cid <cid@${noreply}>`, { [`cid@${noreply}`]: 'cid' }],
    ['Co-authored-by: by a commit <c.id@old.example>', { 'c.id@old.example': 'cid' }],
    ['Co-authored-by: like Bob <bobby@acme.example>', { 'bobby@acme.example': null }],
    ['Co-authored-by: __proto__ <__proto__@acme.example>', { ['__proto__@acme.example']: null }],
    ['Co-authored-by: no address', {}],
  ])('%s', async (message, identities) => {
    const history = [{ sha: sha('h'), author: { email: 'C.id@old.example', login: 'cid' } }];
    const commits = [{ sha: sha('c1'), message: `widen\n\n${message}`, author: ann, committer: ann }];
    const found = await read({ commits, history });
    expect(found.identities).toEqual(identities);
    for (const login of Object.values(identities)) {
      if (login !== null) expect(found.accounts.map((account) => account.login)).toContain(login);
    }
  });

  it('says a gap where GitHub does not answer', async () => {
    const commits = [{ sha: sha('c1'), message: 'Co-authored-by: x <x@y.example>', author: ann, committer: ann }];
    let found: PullRequest | undefined;
    await withGitHub({ commits }, async ({ host, server }) => {
      server.fail('/search/users', refusal(422, 'Validation Failed'));
      found = await host.readPullRequest(7, []);
    });
    expect(found?.identities).toEqual({});
    expect(found?.gaps.join()).toMatch(/whose the address x@y\.example is could not be asked: GitHub answers 422/);
  });
});

describe('accounts and owners', () => {
  it('tells roles apart that GitHub folds, with or without the list of collaborators', async () => {
    for (const isListed of [true, false]) {
      let found: PullRequest | undefined;
      await withGitHub({}, async ({ host, server, state }) => {
        state.users = [
          ...state.users,
          { login: 'eve', id: 6, permission: 'admin' },
          { login: 'fay', id: 7, permission: 'triage' },
          { login: 'gil', id: 8, permission: 'none' },
          { login: 'hal', id: 9, permission: 'maintain', role: 'flag-steward' },
        ];
        if (!isListed) server.fail('/collaborators', refusal(403, 'Must have push access'));
        found = await host.readPullRequest(7, ['@eve', '@fay', '@cid', '@gil', '@hal']);
      });
      expect(found?.accounts.map(({ login, permission }) => [login, permission])).toEqual([
        ['ann', 'write'],
        ['bob', 'maintain'],
        ['cid', 'read'],
        ['eve', 'admin'],
        ['fay', 'triage'],
        ['gil', 'none'],
        ['hal', 'maintain'],
      ]);
      expect(found?.gaps).toEqual([]);
    }
  });

  it('does not know what it may not see, and no App is a user', async () => {
    const reviews = [
      { id: 1, login: 'merge-bot[bot]', state: 'APPROVED', commit: sha('c1'), at: '2026-03-01T11:00:00Z' },
      { id: 2, login: null, state: 'APPROVED', commit: sha('c1'), at: '2026-03-01T11:00:00Z' },
    ];
    let found: PullRequest | undefined;
    await withGitHub({ reviews }, async ({ host, server }) => {
      server.fail('/collaborators', refusal(403, 'Must have push access'));
      server.fail('/ann/permission', refusal(403, 'Must have push access'));
      found = await host.readPullRequest(7, []);
    });
    expect(found?.accounts).toEqual([
      { login: 'ann', isBot: false, permission: 'unknown' },
      { login: 'ghost', isBot: true, permission: 'unknown' },
      { login: 'merge-bot[bot]', isBot: true, permission: 'none' },
    ]);
  });

  it.each<[handle: string, gap: RegExp | undefined]>([
    ['@acme/nobody', /members of @acme\/nobody are not shown/],
    ['@nobody', undefined],
    ['@..', undefined],
    ['acme', undefined],
    ['@acme/payments/more', undefined],
    ['nobody@nowhere.example', undefined],
  ])('knows no members of %s', async (handle, gap) => {
    const found = await read({}, [handle]);
    expect(found.owners).toEqual([{ handle, members: null }]);
    expect(found.gaps.join()).toMatch(gap ?? /^$/);
  });

  it('says a gap where the token may not read a team', async () => {
    await withGitHub({}, async ({ host, server }) => {
      server.fail('/members', refusal(403, `no ${TOKEN} here`));
      const found = await host.readPullRequest(7, ['@acme/payments']);
      expect(found.owners).toEqual([{ handle: '@acme/payments', members: null }]);
      expect(found.gaps.join()).toMatch(/403 "no \*\*\* here"/);
    });
  });

  it('fails where the pull request is missing, and where a list is none', async () => {
    await withGitHub({}, async ({ host, server }) => {
      await expect(host.readPullRequest(8, [])).rejects.toThrow(
        /404 "Not Found" to GET \/repos\/acme\/flags\/pulls\/8/,
      );
      server.fail('/reviews', { status: 200, json: { message: 'surprise' } });
      await expect(host.readPullRequest(7, [])).rejects.toThrow(/a list was expected/);
    });
  });
});
