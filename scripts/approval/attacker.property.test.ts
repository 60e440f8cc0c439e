import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PullRequest, Review } from './pull-request.js';
import {
  commit,
  demandOf,
  file,
  HEAD,
  OLDER,
  owner,
  pullRequestOf,
  review,
  signature,
} from './testing/pull-request.js';
import { judgeApprovals } from './verdict.js';

/**
 * Eve has an account with write access, steers a bot through a workflow, writes commits under any name, pushes to
 * everybody's branches and retargets pull requests. What she lacks is a second person's approval of the head.
 */
const hers = fc.constantFrom('eve', 'EVE', 'renovate[bot]', 'Renovate[bot]', 'app[bot]', 'ci-user');
const anybody = fc.constantFrom('ann', 'bob', 'cy', 'eve', 'renovate[bot]');
const state = fc.constantFrom<Review['state']>('approved', 'approved', 'approved', 'commented', 'dismissed');

const herReviews = fc.array(
  fc
    .record({ login: hers, state, minute: fc.integer({ min: 0, max: 59 }) })
    .map((one) => review(one.login, one.state, one.minute)),
  { maxLength: 5 },
);
// Honest people approved what was the head before she pushed, or the head when it went into another branch.
const staleReviews = fc.array(
  fc
    .record({ login: anybody, commit: fc.constantFrom(OLDER, null, HEAD.slice(0, 7)) })
    .map(({ login, ...one }) => review(login, 'approved', 1, one)),
  { maxLength: 3 },
);
const early = fc.array(anybody, { maxLength: 2 }).map((logins) => logins.map((login) => review(login, 'approved', 0)));

const identity = fc.oneof(
  anybody.map((login) => signature(login)),
  fc.constantFrom(
    signature('x', 'nobody@evil.example'),
    { name: 'GitHub', email: 'noreply@github.com', login: 'web-flow' },
    { name: 'tool', email: 'tool@x.example', login: null },
  ),
);
const herCommit = fc
  .record({ author: identity, committer: identity, trailer: fc.constantFrom('', '\n\nCo-authored-by: Bob <bob@x>') })
  .map(({ author, committer, trailer }) => commit('eve', { author, committer, message: `x${trailer}` }));

const pullRequests: fc.Arbitrary<PullRequest> = fc
  .record({
    author: fc.oneof(hers, anybody),
    pushers: fc.tuple(fc.array(anybody, { maxLength: 2 }), hers).map(([others, one]) => [...others, one]),
    commits: fc.array(herCommit, { minLength: 1, maxLength: 3 }),
    reviews: fc.tuple(herReviews, staleReviews, early).map((parts) => parts.flat()),
    isBobKnown: fc.boolean(),
  })
  .map(({ isBobKnown, ...parts }) =>
    pullRequestOf({
      ...parts,
      retargetedAt: ['2026-11-20T10:00:30Z'],
      identities: isBobKnown ? { 'bob@x': 'bob' } : {},
      owners: [
        owner('@acme/payments', 'ann', 'bob', 'renovate[bot]', 'app[bot]', 'ci-user'),
        owner('@acme/growth', 'eve'),
      ],
    }),
  );

const policy = { bots: ['ci-user'], allowedBots: [], ignoreEmails: ['tool@x.example', 'noreply@github.com'] };

describe('one person with an account, a bot, second identities and write access', () => {
  it.each([
    ['one approval of a file of another team', 1, ['@acme/payments']],
    ['one approval of a file of their own team', 1, ['@acme/growth']],
    ['two approvals', 2, ['@acme/growth']],
    ['no approval of a file of another team', 0, ['@acme/payments']],
  ])('never gets past %s', (_, approvals, owners) => {
    const demand = demandOf({ approvals, policy, files: [file('a', owners)] });
    // Refused for want of approvals alone.
    let almost = 0;
    fc.assert(
      fc.property(pullRequests, (pullRequest) => {
        const { isApproved, findings } = judgeApprovals(pullRequest, demand);
        expect(isApproved).toBe(false);
        const codes = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
        if (codes.every((code) => code.endsWith('-missing'))) almost += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(almost).toBeGreaterThan(50);
  });
});
