import { describe, expect, it } from 'vitest';
import { exampleOf } from '../testing/description.js';
import { TOKEN, withGitHub } from '../testing/github-call.js';
import { sha } from '../testing/github-state.js';
import { refusal } from '../testing/github-server.js';

const MARKER = '<!-- flagctl check -->';
const REQUEST = { head: 'kill', base: 'main', title: 'Kill checkout', body: 'Reason: it burns' };

describe('pullRequestsOf GitHub', () => {
  it('finds those that are merged or still open, on every page', async () => {
    const pullsOf = new Map([
      [
        sha('m'),
        [
          [9, 'merged'],
          [3, 'closed'],
          [5, 'open'],
        ] as const,
      ],
    ]);
    await withGitHub({ pullsOf, pageSize: 1 }, async ({ host }) => {
      expect(await host.pullRequestsOf(sha('m'))).toEqual([5, 9]);
      expect(await host.pullRequestsOf(sha('other'))).toEqual([]);
    });
  });
});

describe('openPullRequest of GitHub', () => {
  it('opens one', async () => {
    await withGitHub({}, async ({ host, server }) => {
      expect(await host.openPullRequest(REQUEST)).toEqual({ number: 22, url: 'https://github.com/acme/flags/pull/22' });
      expect(server.arrived.at(-1)?.body).toEqual(REQUEST);
    });
  });

  it('finds the one that is open already', async () => {
    await withGitHub({ open: ['acme:kill main'] }, async ({ host }) => {
      expect(await host.openPullRequest(REQUEST)).toEqual({ number: 21, url: 'https://github.com/acme/flags/pull/21' });
    });
  });

  it('finds the one whose answer was lost, and never opens a second', async () => {
    await withGitHub({}, async ({ host, server, state }) => {
      server.fail('/pulls', { status: 502 });
      server.onRequest = ({ method }) => {
        if (method === 'POST') state.open = ['acme:kill main'];
      };
      expect((await host.openPullRequest(REQUEST)).number).toBe(21);
      expect(server.arrived.filter(({ method }) => method === 'POST')).toHaveLength(1);
    });
  });

  it('fails where the host refuses', async () => {
    await withGitHub({}, async ({ host, server }) => {
      server.fail('/pulls', refusal(422, 'No commits between main and kill'));
      await expect(host.openPullRequest(REQUEST)).rejects.toThrow(/422 "No commits between main and kill"/);
      server.fail('/pulls', refusal(403, 'Resource not accessible by integration'));
      await expect(host.openPullRequest(REQUEST)).rejects.toThrow(/403/);
    });
  });
});

describe('upsertComment of GitHub', () => {
  const own = { login: 'flags-bot' };

  it('makes it, edits it, and leaves it where nothing changed', async () => {
    await withGitHub({ pageSize: 1 }, async ({ host, server, state }) => {
      state.comments.push({ id: 1, login: 'ann', body: 'hello' }, { id: 2, ...own, body: 'another of ours' });
      for (const body of ['first', 'second', 'second']) await host.upsertComment(7, MARKER, body);
      expect(state.comments.map(({ body }) => body)).toEqual(['hello', 'another of ours', `${MARKER}\nsecond`]);
      const written = server.arrived.filter(({ method }) => method !== 'GET').map(({ method }) => method);
      expect(written).toEqual(['POST', 'PATCH']);
    });
  });

  it('leaves the marker of a stranger alone, and a quotation of its own', async () => {
    const comments = [
      { id: 1, login: 'ann', body: `${MARKER}\nforged` },
      { id: 2, ...own, body: `quoted:\n${MARKER}` },
    ];
    await withGitHub({ comments }, async ({ host, state }) => {
      await host.upsertComment(7, MARKER, 'real');
      expect(state.comments.map(({ body }) => body)).toEqual([
        `${MARKER}\nforged`,
        `quoted:\n${MARKER}`,
        `${MARKER}\nreal`,
      ]);
    });
  });

  it('makes one, also when jobs race', async () => {
    await withGitHub({}, async ({ host, state }) => {
      await Promise.all(['a', 'b', 'c'].map(async (body) => host.upsertComment(7, MARKER, body)));
      expect(state.comments).toHaveLength(1);
    });
  });

  it('removes the one that another job made between looking and making', async () => {
    await withGitHub({}, async ({ host, server, state }) => {
      server.onRequest = ({ method }) => {
        if (method === 'POST') state.comments.push({ id: 500, ...own, body: `${MARKER}\ntheirs` });
      };
      await host.upsertComment(7, MARKER, 'ours');
      expect(state.comments).toEqual([{ id: 500, ...own, body: `${MARKER}\nours` }]);
    });
  });

  it('does not repeat a comment whose answer was lost', async () => {
    await withGitHub({}, async ({ host, server, state }) => {
      server.onRequest = ({ method }) => {
        if (method !== 'POST') return;
        server.fail('/comments', { status: 502 });
        state.comments.push({ id: 500, ...own, body: `${MARKER}\nmade` });
      };
      await host.upsertComment(7, MARKER, 'made');
      expect(state.comments).toHaveLength(1);
    });
  });

  it('knows itself by the token of an App, too', async () => {
    const login = 'github-actions[bot]';
    await withGitHub({ viewer: { login, isApp: true } }, async ({ host, state }) => {
      await host.upsertComment(7, MARKER, 'a');
      await host.upsertComment(7, MARKER, 'b');
      expect(state.comments).toEqual([{ id: 1_000, login, body: `${MARKER}\nb` }]);
    });
  });

  it('refuses a marker that is none, and a comment that is too long', async () => {
    await withGitHub({}, async ({ host }) => {
      await expect(host.upsertComment(7, 'check', 'a')).rejects.toThrow(/is no HTML comment/);
      await expect(host.upsertComment(7, MARKER, 'x'.repeat(70_000))).rejects.toThrow(/hosts take 65536/);
    });
  });

  it('does not write where whether ours is there is not known', async () => {
    const comments = Array.from({ length: 31 }, (_, id) => ({ id, login: 'ann', body: 'x' }));
    await withGitHub({ comments, pageSize: 1 }, async ({ host, state }) => {
      await expect(host.upsertComment(7, MARKER, 'a')).rejects.toThrow(/whether ours is among them/);
      expect(state.comments).toHaveLength(31);
    });
  });
});

describe('readProtection of GitHub', () => {
  const source = { ruleset_source_type: 'Repository', ruleset_source: 'acme/flags', ruleset_id: 42 };
  const rules = [
    {
      type: 'pull_request',
      ...source,
      parameters: {
        required_approving_review_count: 2,
        require_code_owner_review: true,
        dismiss_stale_reviews_on_push: true,
        require_last_push_approval: true,
        required_review_thread_resolution: false,
      },
    },
    {
      type: 'required_status_checks',
      ...source,
      parameters: {
        strict_required_status_checks_policy: true,
        required_status_checks: [{ context: 'flags / check', integration_id: 15368 }, { context: 'build' }],
      },
    },
    { type: 'non_fast_forward', ...source },
    { type: 'deletion', ...source },
    { type: 'required_signatures', ...source },
  ];
  const ruleset = exampleOf('get', '/repos/{owner}/{repo}/rulesets/{ruleset_id}') as object;
  const bypass_actors = [{ actor_id: 234, actor_type: 'Team', bypass_mode: 'pull_request' }];
  const demanded = {
    branch: 'main',
    isPullRequestRequired: true,
    requiredApprovals: 2,
    isCodeOwnerReviewRequired: true,
    areStaleReviewsDismissed: true,
    isLastPushApprovalRequired: true,
    isForcePushBlocked: true,
    isDeletionBlocked: true,
    requiredChecks: [
      { name: 'flags / check', appId: 15368 },
      { name: 'build', appId: null },
    ],
  };

  it('reads rulesets', async () => {
    const rulesets = new Map([[42, { ...ruleset, bypass_actors }]]);
    await withGitHub({ rules, rulesets, pageSize: 2 }, async ({ host }) => {
      expect(await host.readProtection('main')).toEqual({
        ...demanded,
        isMergeQueueRequired: false,
        isUpToDateRequired: true,
        bypassActors: [{ kind: 'Team', name: '234', isOnlyByPullRequest: true }],
        gaps: [],
      });
    });
  });

  it('reads a merge queue', async () => {
    const parameters = {
      check_response_timeout_minutes: 60,
      grouping_strategy: 'ALLGREEN',
      max_entries_to_build: 5,
      max_entries_to_merge: 5,
      merge_method: 'MERGE',
      min_entries_to_merge: 1,
      min_entries_to_merge_wait_minutes: 5,
    };
    await withGitHub({ rules: [{ type: 'merge_queue', ...source, parameters }] }, async ({ host }) => {
      const found = await host.readProtection('main');
      expect(found.isMergeQueueRequired).toBe(true);
      expect(found.requiredApprovals).toBe(0);
      // The ruleset itself is not shown.
      expect(found.bypassActors).toBeUndefined();
      expect(found.gaps.join()).toMatch(/who may bypass the ruleset 42 is not shown/);
    });
  });

  it('reads classic protection', async () => {
    const path = '/repos/{owner}/{repo}/branches/{branch}/protection';
    const { restrictions: _, ...example } = exampleOf('get', path) as Record<string, Record<string, unknown>>;
    const reviews = example['required_pull_request_reviews'] ?? {};
    const required_pull_request_reviews = {
      required_approving_review_count: 2,
      require_code_owner_reviews: reviews['require_code_owner_reviews'],
      dismiss_stale_reviews: reviews['dismiss_stale_reviews'],
      require_last_push_approval: true,
    };
    const required_status_checks = {
      ...example['required_status_checks'],
      contexts: ['old', 'check'],
      checks: [
        { context: 'check', app_id: 7 },
        { context: 'any', app_id: -1 },
      ],
    };
    await withGitHub(
      { classic: { ...example, required_status_checks, required_pull_request_reviews } },
      async ({ host }) => {
        const found = await host.readProtection('main');
        expect(found).toMatchObject({
          isPullRequestRequired: true,
          requiredApprovals: 2,
          isCodeOwnerReviewRequired: true,
          areStaleReviewsDismissed: true,
          isLastPushApprovalRequired: true,
          isForcePushBlocked: false,
          requiredChecks: [
            { name: 'check', appId: 7 },
            { name: 'any', appId: null },
            { name: 'old', appId: null },
          ],
          gaps: [],
        });
      },
    );
  });

  it('demands nothing where nothing is set, and does not know where it may not see', async () => {
    await withGitHub({}, async ({ host, server }) => {
      expect(await host.readProtection('main')).toMatchObject({
        isPullRequestRequired: false,
        requiredApprovals: 0,
        requiredChecks: [],
        bypassActors: [],
        gaps: [],
      });
      server.fail('/protection', refusal(403, 'Resource not accessible by integration'));
      server.fail('/branches/main', refusal(404, 'Not Found'));
      expect(await host.readProtection('main')).toMatchObject({
        isPullRequestRequired: undefined,
        requiredApprovals: undefined,
        requiredChecks: undefined,
        bypassActors: undefined,
        gaps: [/rulesets are not shown/, /classic branch protection is not shown/].map((gap) =>
          expect.stringMatching(gap),
        ),
      });
    });
  });

  it('never names the token', async () => {
    await withGitHub({}, async ({ host, server }) => {
      server.fail('/user', refusal(401, 'Bad credentials'));
      const message = await host.upsertComment(7, MARKER, 'a').catch(String);
      expect(message).toMatch(/401 "Bad credentials" to GET \/user; check that the token is valid/);
      expect(message).not.toContain(TOKEN);
    });
  });
});
