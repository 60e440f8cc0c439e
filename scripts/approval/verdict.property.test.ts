import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApprovalDemand } from './demand.js';
import type { PullRequest, Review } from './pull-request.js';
import { account, commit, demandOf, file, HEAD, OLDER, owner, pullRequestOf, review } from './testing/pull-request.js';
import { judgeApprovals } from './verdict.js';

const PEOPLE = ['ann', 'bob', 'cy', 'dan', 'eve', 'rae', 'renovate[bot]'];
const TEAMS = ['@acme/payments', '@acme/platform', '@acme/growth', '@acme/secret'];

const person = fc.constantFrom(...PEOPLE);
const people = fc.uniqueArray(person, { minLength: 1, maxLength: 2 });
const owners = fc.uniqueArray(fc.constantFrom(...TEAMS.slice(0, 3), ...TEAMS), { minLength: 1, maxLength: 2 });
const aReview = fc
  .record({
    login: fc.constantFrom(...PEOPLE, 'BOB', 'Cy'),
    state: fc.constantFrom<Review['state']>(
      'approved',
      'approved',
      'approved',
      'changes-requested',
      'commented',
      'dismissed',
    ),
    minute: fc.integer({ min: 0, max: 59 }),
    isStale: fc.constantFrom(false, false, false, true),
  })
  .map(({ login, state, minute, isStale }) => review(login, state, minute, { commit: isStale ? OLDER : HEAD }));

const members = fc.uniqueArray(person, { maxLength: 4 });
const pullRequests: fc.Arbitrary<PullRequest> = fc
  .record({
    author: person,
    authors: people,
    pushers: people,
    reviews: fc.array(aReview, { maxLength: 6 }),
    teams: fc.tuple(members, members, members),
  })
  .map(({ author, authors, pushers, reviews, teams }) =>
    pullRequestOf({
      author,
      pushers,
      reviews,
      commits: authors.map((login) => commit(login)),
      owners: [
        ...teams.map((team, index) => owner(TEAMS[index] ?? '', ...team)),
        { handle: '@acme/secret', members: null },
      ],
    }),
  );
const demands: fc.Arbitrary<ApprovalDemand> = fc
  .record({
    approvals: fc.integer({ min: 0, max: 2 }),
    isReducing: fc.boolean(),
    isReviewOwed: fc.boolean(),
    sides: fc.array(fc.tuple(owners, owners), { minLength: 1, maxLength: 2 }),
    allowedBots: fc.constantFrom([], ['renovate[bot]']),
  })
  .map(({ sides, allowedBots, ...rest }) =>
    demandOf({
      ...rest,
      files: sides.map(([before, after], index) => file(`f${index}`, before, after)),
      policy: { bots: [], allowedBots, ignoreEmails: [] },
    }),
  );

function isApproved(pullRequest: PullRequest, demand: ApprovalDemand): boolean {
  return judgeApprovals(pullRequest, demand).isApproved;
}

/** Runs a property over refusals and acceptances, and sees that it met both. */
function assertForBoth(holds: (pullRequest: PullRequest, demand: ApprovalDemand, rest: Review) => void): void {
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(pullRequests, demands, aReview, (pullRequest, demand, rest) => {
      seen[isApproved(pullRequest, demand) ? 'accepted' : 'refused'] += 1;
      holds(pullRequest, demand, rest);
    }),
    { numRuns: 800 },
  );
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(50);
}

describe('never turns a refusal into an acceptance', () => {
  it('a review by somebody who is excluded, unless they take back their own objection', () => {
    assertForBoth((pullRequest, demand, extra) => {
      const before = judgeApprovals(pullRequest, demand);
      const isBy = ({ login }: { readonly login: string }) => login.toLowerCase() === extra.login.toLowerCase();
      const hasObjection = before.reviews.some((one) => isBy(one) && one.effect === 'blocks');
      if (!before.excluded.some(isBy) || hasObjection || before.isApproved) return;
      for (let at = 0; at <= pullRequest.reviews.length; at++) {
        const reviews = pullRequest.reviews.toSpliced(at, 0, extra);
        expect(isApproved({ ...pullRequest, reviews }, demand)).toBe(false);
      }
    });
  });

  it('an approval that is taken away', () => {
    assertForBoth((pullRequest, demand) => {
      if (isApproved(pullRequest, demand)) return;
      for (const [index, { state }] of pullRequest.reviews.entries()) {
        if (state !== 'approved') continue;
        const reviews = pullRequest.reviews.toSpliced(index, 1);
        expect(isApproved({ ...pullRequest, reviews }, demand)).toBe(false);
      }
    });
  });

  it('a commit or a push by one more person', () => {
    assertForBoth((pullRequest, demand) => {
      if (isApproved(pullRequest, demand)) return;
      for (const login of [...PEOPLE, 'zoe', '']) {
        const commits = [...pullRequest.commits, commit(login)];
        expect(isApproved({ ...pullRequest, commits }, demand)).toBe(false);
        const pushers = [...pullRequest.pushers, login];
        expect(isApproved({ ...pullRequest, pushers }, demand)).toBe(false);
      }
    });
  });

  it('a gap, a lost member, a lost access, a newer retargeting, one more approval or file that is demanded', () => {
    assertForBoth((pullRequest, demand) => {
      if (isApproved(pullRequest, demand)) return;
      const losing = (login: string) =>
        pullRequest.accounts.map((one) => (one.login === login ? account(login, 'unknown') : one));
      const weaker: readonly [PullRequest, ApprovalDemand][] = [
        [{ ...pullRequest, gaps: ['x'] }, demand],
        [{ ...pullRequest, retargetedAt: ['2026-11-20T10:30:00Z'] }, demand],
        [pullRequest, { ...demand, approvals: demand.approvals + 1 }],
        [pullRequest, { ...demand, files: [...demand.files, file('more', ['@acme/growth'])] }],
        ...PEOPLE.map((login): [PullRequest, ApprovalDemand] => [{ ...pullRequest, accounts: losing(login) }, demand]),
      ];
      for (const [one, other] of weaker) if (!demand.isReducing) expect(isApproved(one, other)).toBe(false);
    });
  });
});

describe('a verdict', () => {
  it('does not depend on the order of reviews of different people, nor on letter case', () => {
    assertForBoth((pullRequest, demand) => {
      const verdict = judgeApprovals(pullRequest, demand);
      const sorted = pullRequest.reviews.toSorted((one, other) =>
        one.login.toLowerCase() < other.login.toLowerCase()
          ? -1
          : Number(one.login.toLowerCase() > other.login.toLowerCase()),
      );
      expect(judgeApprovals({ ...pullRequest, reviews: sorted }, demand)).toEqual(verdict);
      const loud = pullRequest.reviews.map((one) => ({ ...one, login: one.login.toUpperCase() }));
      expect(isApproved({ ...pullRequest, reviews: loud }, demand)).toBe(verdict.isApproved);
    });
  });

  it('that accepts has as many people as are asked for, none of whom had a part, and an owner of every side', () => {
    assertForBoth((pullRequest, demand) => {
      const { isApproved, approvers, excluded, debts, missing } = judgeApprovals(pullRequest, demand);
      const parts = new Set([
        pullRequest.author,
        ...pullRequest.pushers,
        ...pullRequest.commits.map(({ author }) => author.name),
      ]);
      expect(approvers.some((login) => parts.has(login.toLowerCase()))).toBe(false);
      expect(excluded.map(({ login }) => login)).toEqual([...parts].toSorted());
      if (!isApproved) return;
      expect(missing).toEqual({ approvals: 0, owners: [] });
      expect(approvers.length).toBeGreaterThanOrEqual(demand.approvals);
      const voices = demand.approvals === 0 ? [...approvers, pullRequest.author] : approvers;
      const membersOf = (handle: string) => pullRequest.owners.find((one) => one.handle === handle)?.members ?? [];
      for (const side of demand.files.flatMap((one) => [one.ownersBefore ?? [], one.ownersAfter ?? []])) {
        const isCovered = side.some((handle) =>
          voices.some((login) => membersOf(handle).includes(login.toLowerCase())),
        );
        expect(isCovered || debts.length > 0).toBe(true);
      }
    });
  });
});
