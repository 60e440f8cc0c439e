import { describe, expect, it } from 'vitest';
import type { ApprovalDemand } from './demand.js';
import type { PullRequest } from './pull-request.js';
import {
  account,
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
import { judgeApprovals, type ApprovalVerdict } from './verdict.js';

/** A name; what is otherwise than in the good pull request; codes of its errors, with `+`; what the verdict says. */
type Row = readonly [
  name: string,
  pullRequest: Partial<PullRequest>,
  demand: Partial<ApprovalDemand>,
  errors: string,
  says: string,
];

const good = pullRequestOf();
const policy = (changes: Partial<ApprovalDemand['policy']>) => ({ policy: { ...demandOf().policy, ...changes } });
const accountsWith = (...more: PullRequest['accounts']) => ({
  accounts: [...good.accounts.filter(({ login }) => !more.some((other) => other.login === login)), ...more],
});
const ownersWith = (...more: PullRequest['owners']) => ({
  owners: [...good.owners.filter(({ handle }) => !more.some((other) => other.handle === handle)), ...more],
});
const withMessage = (message: string) => ({ commits: [commit('ann', { message: `feat: x\n\n${message}` })] });
const webFlow = { name: 'GitHub', email: 'noreply@github.com', login: 'web-flow' };
const nobody = signature('mallory', 'nobody@evil.example');
const payments = demandOf().files;
const both = [...payments, file('CODEOWNERS', ['@acme/platform'])];
const merge = { commit: 'd'.repeat(40), at: '2026-11-20T10:30:00Z', by: 'ann' };

/** Errors of a row as the table writes them. */
function errorsOf({ findings }: ApprovalVerdict): string {
  const codes = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  return [...new Set(codes)].join('+');
}

/** All that a verdict says, in one text. */
function wordsOf({ findings, reviews, debts }: ApprovalVerdict): string {
  const said = findings.map(({ severity, message, fix }) => `${severity}: ${message} -> ${fix ?? ''}`);
  return [...said, ...reviews.map(({ fate }) => fate), ...debts.map(({ words }) => `debt: ${words}`)].join('\n');
}

function check([, pullRequest, demand, errors, says]: Row): void {
  const verdict = judgeApprovals(pullRequestOf(pullRequest), demandOf(demand));
  expect(errorsOf(verdict)).toBe(errors);
  expect(verdict.isApproved).toBe(errors === '');
  expect(wordsOf(verdict)).toContain(says);
}

const missing = 'approvals-missing+coverage-missing';

const honest: readonly Row[] = [
  ['one approval by an owner', {}, {}, '', 'bob approved'],
  [
    'two approvals, one of them by an owner',
    { reviews: [review('bob', 'approved'), review('eve', 'approved')] },
    { approvals: 2 },
    '',
    'eve approved',
  ],
  [
    'two owners, each by one of theirs',
    { reviews: [review('bob', 'approved'), review('cy', 'approved')] },
    { approvals: 2, files: both },
    '',
    '',
  ],
  ['one owner of a line is enough', {}, { files: [file('a', ['@acme/growth', '@acme/payments'])] }, '', ''],
  ['one person in both teams covers both', ownersWith(owner('@acme/platform', 'bob')), { files: both }, '', ''],
  ['a new file asks nobody at base', {}, { files: [file('a', undefined, ['@acme/payments'])] }, '', ''],
  [
    'a deleted file asks nobody after',
    {},
    { files: [{ ...file('a', ['@acme/payments']), ownersAfter: undefined }] },
    '',
    '',
  ],
  ['owners in another letter case', {}, { files: [file('a', ['@Acme/Payments'])] }, '', ''],
  ['members in another letter case', { ...ownersWith(owner('@acme/payments', 'BOB')) }, {}, '', ''],
  ['a person as owner', ownersWith(owner('@bob', 'bob')), { files: [file('a', ['@bob'])] }, '', ''],
  [
    'a comment after an approval',
    { reviews: [review('bob', 'approved', 1), review('bob', 'commented', 2)] },
    {},
    '',
    'commented, which decides nothing',
  ],
  [
    'a pending review after an approval',
    { reviews: [review('bob', 'approved', 1), review('bob', 'pending', 2, { submittedAt: '' })] },
    {},
    '',
    'not submitted',
  ],
  [
    'approved after changes were requested',
    { reviews: [review('bob', 'changes-requested', 1), review('bob', 'approved', 2)] },
    {},
    '',
    'reviewed again later',
  ],
  [
    'approved after a dismissal',
    { reviews: [review('bob', 'dismissed', 1), review('bob', 'approved', 2)] },
    {},
    '',
    '',
  ],
  [
    'approved again at an older commit',
    { reviews: [review('bob', 'approved', 1), review('bob', 'approved', 2, { commit: OLDER })] },
    {},
    '',
    'bob approved an older one',
  ],
  [
    'no approval, by an owner who is named as a co-author too',
    { ...withMessage('Co-authored-by: A <a@x>'), identities: { 'a@x': 'ann' }, reviews: [] },
    { approvals: 0 },
    '',
    '',
  ],
  [
    'no approval, through a tool that the policy knows and that has an account',
    { commits: [commit('ann', { committer: nobody })], identities: { [nobody.email]: 'ci-user' }, reviews: [] },
    { approvals: 0, ...policy({ ignoreEmails: [nobody.email] }) },
    '',
    '',
  ],
  [
    'an objection that was dismissed',
    { reviews: [review('cy', 'dismissed', 1), review('bob', 'approved', 2)] },
    {},
    '',
    'was dismissed',
  ],
  [
    'changes requested by somebody who may only read',
    { reviews: [review('bob', 'approved'), review('rae', 'changes-requested')] },
    {},
    '',
    'notice: rae requested changes, but has no write access',
  ],
  [
    'changes requested by a bot',
    { reviews: [review('bob', 'approved'), review('renovate[bot]', 'changes-requested')] },
    {},
    '',
    'is a bot and cannot block',
  ],
  [
    'made on the host, which signed',
    { commits: [commit('ann', { committer: webFlow, isMadeByHost: true })] },
    {},
    '',
    '',
  ],
  [
    'made on a host that names no account',
    { commits: [commit('ann', { committer: { ...nobody, email: '' }, isMadeByHost: true })] },
    {},
    '',
    '',
  ],
  [
    'a tool that the policy knows',
    { commits: [commit('ann', { committer: nobody })] },
    policy({ ignoreEmails: ['Nobody@Evil.example'] }),
    '',
    '',
  ],
  [
    'a tool as co-author',
    withMessage('Co-authored-by: Tool <tool@x.example>'),
    policy({ ignoreEmails: ['tool@x.example'] }),
    '',
    '',
  ],
  [
    'a co-author whose account is known',
    { ...withMessage('Co-authored-by: Eve <e@x.example>'), identities: { 'e@x.example': 'eve' } },
    {},
    '',
    '',
  ],
  [
    'an address that the host knows by another way',
    { commits: [commit('ann', { committer: nobody })], identities: { 'nobody@evil.example': 'ann' } },
    {},
    '',
    '',
  ],
  ['co-authors in a sentence', withMessage('The Co-authored-by line is read now'), {}, '', ''],
  [
    'a bot that the policy names',
    { reviews: [review('renovate[bot]', 'approved'), review('bob', 'approved')] },
    { approvals: 2, ...policy({ allowedBots: ['Renovate[bot]'] }) },
    '',
    'renovate[bot] approved',
  ],
  ['approved after the base was changed', { retargetedAt: ['2026-11-20T10:09:59Z'] }, {}, '', ''],
  ['approved after the base was changed, in another zone', { retargetedAt: ['2026-11-20T11:09:59+01:00'] }, {}, '', ''],
  ['no approval, by an owner', { reviews: [] }, { approvals: 0 }, '', ''],
  [
    'no approval, by an owner of all its files',
    { ...ownersWith(owner('@acme/platform', 'Ann')), reviews: [] },
    { approvals: 0, files: both },
    '',
    '',
  ],
  [
    'no approval, but an owner gave one',
    { author: 'eve', pushers: ['eve'], commits: [commit('eve')] },
    { approvals: 0 },
    '',
    '',
  ],
  [
    'no approval, with a co-author of another team',
    { ...withMessage('Co-authored-by: E <e@x>'), identities: { 'e@x': 'eve' }, reviews: [] },
    { approvals: 0 },
    '',
    '',
  ],
  [
    'no approval, through a tool that the policy knows',
    { commits: [commit('ann', { author: nobody })], reviews: [] },
    { approvals: 0, ...policy({ ignoreEmails: [nobody.email] }) },
    '',
    '',
  ],
  [
    'an unreadable owner beside one that covers',
    {},
    { files: [file('a', ['@acme/payments', '@acme/secret'])] },
    '',
    'warning: the members of @acme/secret',
  ],
  [
    'an owner without write access beside one that covers',
    {},
    { files: [file('a', ['@acme/payments', '@acme/readers'])] },
    '',
    'warning: nobody of @acme/readers',
  ],
  [
    'a stranger objects to a reduction',
    { reviews: [review('bob', 'approved'), review('eve', 'changes-requested')] },
    { isReducing: true },
    '',
    'notice: eve requested changes, but owns nothing',
  ],
  [
    'a reduction without approvals by a stranger',
    { author: 'eve', pushers: ['eve'], commits: [commit('eve')], reviews: [] },
    { approvals: 0, isReducing: true },
    '',
    'debt: a review of commit aaaaaaaaaa… by @acme/payments, for flags/payments/a.yaml',
  ],
  [
    'a reduction without approvals, whose owner cannot be read',
    { reviews: [] },
    { approvals: 0, isReducing: true, files: [file('a', ['@acme/secret'])] },
    '',
    'debt: a review of commit aaaaaaaaaa… by @acme/secret',
  ],
  [
    'a reduction that owes a review whoever made it',
    { reviews: [] },
    { approvals: 0, isReducing: true, isReviewOwed: true },
    '',
    'debt: a review',
  ],
  ['merged after its approval', { state: 'merged', merge }, {}, '', ''],
  [
    'merged, and somebody objects afterwards',
    { state: 'merged', merge, reviews: [review('bob', 'approved'), review('cy', 'changes-requested', 40)] },
    {},
    '',
    'cy reviewed after the merge',
  ],
  [
    'a commit by the host of a bot that is a co-author only',
    { ...withMessage('Co-authored-by: R <r@x>'), identities: { 'r@x': 'renovate[bot]' } },
    {},
    '',
    '',
  ],
  ['a bot that wrote, and a person that pushed', { commits: [commit('renovate[bot]')] }, {}, '', ''],
  [
    'a bot that pushed, and two who approved',
    { pushers: ['renovate[bot]'], reviews: [review('bob', 'approved'), review('cy', 'approved')] },
    {},
    '',
    '',
  ],
  [
    'a bot that pushed and is allowed by name',
    { pushers: ['renovate[bot]'] },
    policy({ allowedBots: ['renovate[bot]'] }),
    '',
    '',
  ],
  ['GitLab', { host: 'gitlab' }, {}, '', ''],
  [
    'a long hash',
    {
      head: { ...good.head, commit: 'e'.repeat(64) },
      commits: [commit('ann', { id: 'e'.repeat(64) })],
      reviews: [review('bob', 'approved', 1, { commit: 'e'.repeat(64) })],
    },
    { head: 'e'.repeat(64) },
    '',
    '',
  ],
];

const attacks: readonly Row[] = [
  ['nobody approved', { reviews: [] }, {}, missing, 'ask @acme/payments (bob) for an approval of commit aaaaaaaaaa…'],
  [
    'the author approves (case 9)',
    { reviews: [review('ann', 'approved')] },
    {},
    missing,
    'needs 1 approval by somebody who did not work on the change; nobody counts -> ask one more person with write access for an approval of commit aaaaaaaaaa…; not counted: ann opened the pull request, and nobody approves their own work',
  ],
  [
    'the author approves under another case',
    { reviews: [review('ANN', 'approved')] },
    {},
    missing,
    'nobody approves their own work',
  ],
  [
    'one person approves under two cases',
    { reviews: [review('bob', 'approved', 1), review('BOB', 'approved', 2)] },
    { approvals: 2 },
    'approvals-missing',
    'needs 2 approvals by people who did not work on the change; only BOB counts',
  ],
  [
    'one person approves twice',
    { reviews: [review('bob', 'approved', 1), review('bob', 'approved', 2)] },
    { approvals: 2 },
    'approvals-missing',
    'ask one more person',
  ],
  ['one of two is missing', {}, { approvals: 2 }, 'approvals-missing', 'only bob counts'],
  ['two of three are missing', {}, { approvals: 3 }, 'approvals-missing', 'ask 2 more people'],
  [
    'an outsider approves for the team of the author (case 5)',
    { reviews: [review('eve', 'approved')] },
    {},
    'coverage-missing',
    'no approval that counts is of @acme/payments',
  ],
  [
    'owners change hands: only the new ones approve (case 2)',
    { reviews: [review('eve', 'approved')] },
    { files: [file('a', ['@acme/payments'], ['@acme/growth'])] },
    'coverage-missing',
    '@acme/payments',
  ],
  [
    'owners change hands: only the old ones approve',
    {},
    { files: [file('a', ['@acme/payments'], ['@acme/growth'])] },
    'coverage-missing',
    '@acme/growth',
  ],
  [
    'CODEOWNERS is edited and its owners are not asked (case 2)',
    {},
    { files: both },
    'coverage-missing',
    'who owns CODEOWNERS (changed)',
  ],
  [
    'an ownerless line at the end (case 3)',
    {},
    { files: [file('flags/payments/a.yaml', ['@acme/payments'], [])] },
    'file-without-owner',
    'nobody owns flags/payments/a.yaml',
  ],
  ['no owner at base', {}, { files: [file('a', [], ['@acme/payments'])] }, 'file-without-owner', 'nobody owns a'],
  [
    'a file that is on neither side',
    {},
    { files: [{ path: 'a', why: 'changed', ownersBefore: undefined, ownersAfter: undefined }] },
    'file-without-owner',
    '',
  ],
  [
    'an ownerless file in a reduction',
    { reviews: [] },
    { approvals: 0, isReducing: true, files: [file('a', [])] },
    'file-without-owner',
    '',
  ],
  [
    'an owner that nobody knows (case 4)',
    {},
    { files: [file('a', ['@acme/nosuch'])] },
    'owner-unreadable+coverage-missing',
    'the members of @acme/nosuch',
  ],
  [
    'an owner that cannot be read (case 40)',
    {},
    { files: [file('a', ['@acme/secret'])] },
    'owner-unreadable+coverage-missing',
    'the members of @acme/secret',
  ],
  [
    'an owner who may only read (case 4)',
    { reviews: [review('rae', 'approved'), review('bob', 'approved')] },
    { files: [file('a', ['@acme/readers'])] },
    'owner-without-write-access+coverage-missing',
    'nobody of @acme/readers, who owns a, has write access',
  ],
  [
    'an owner without members',
    ownersWith({ handle: '@acme/payments', members: [] }),
    {},
    'owner-without-write-access+coverage-missing',
    '',
  ],
  [
    'an owner told twice, with other members',
    { owners: [...good.owners, owner('@ACME/payments', 'eve')], reviews: [review('eve', 'approved')] },
    {},
    'owner-without-write-access+coverage-missing',
    '',
  ],
  [
    'an owner told twice, once not',
    { owners: [...good.owners, { handle: '@acme/payments', members: null }] },
    {},
    'owner-unreadable+coverage-missing',
    '',
  ],
  [
    'an owner named like a prototype',
    {},
    { files: [file('a', ['__proto__', 'constructor'])] },
    'owner-unreadable+coverage-missing',
    '',
  ],
  [
    'a team whose only other member worked on it',
    { commits: [commit('ann'), commit('bob')], reviews: [review('cy', 'approved')] },
    {},
    'coverage-missing',
    'everybody there who may approve worked on this change',
  ],
  [
    'approve, then push (case 6)',
    { reviews: [review('bob', 'approved', 1, { commit: OLDER })] },
    {},
    missing,
    'ask one more person with write access for an approval of commit aaaaaaaaaa…; not counted: bob approved an older one, bbbbbbbbbb…',
  ],
  [
    'an approval that does not say for what (case 39)',
    { reviews: [review('bob', 'approved', 1, { commit: null })] },
    {},
    missing,
    'does not say which commit bob approved',
  ],
  [
    'an approval of the first letters of the head',
    { reviews: [review('bob', 'approved', 1, { commit: HEAD.slice(0, 12) })] },
    {},
    missing,
    '',
  ],
  [
    'an approval without an instant',
    { reviews: [review('bob', 'approved', 1, { submittedAt: '' })] },
    {},
    missing,
    'does not say when bob approved',
  ],
  [
    'an approval at no instant',
    { reviews: [review('bob', 'approved', 1, { submittedAt: '2026-13-45T99:00:00Z' })] },
    {},
    missing,
    'does not say when',
  ],
  [
    'an objection without an instant',
    { reviews: [review('bob', 'approved', 9), review('bob', 'changes-requested', 1, { submittedAt: 'soon' })] },
    {},
    `changes-requested+${missing}`,
    '',
  ],
  [
    'an objection without an instant, listed first',
    { reviews: [review('bob', 'changes-requested', 1, { submittedAt: '' }), review('bob', 'approved', 9)] },
    {},
    `changes-requested+${missing}`,
    '',
  ],
  [
    'a dismissal without an instant',
    { reviews: [review('bob', 'dismissed', 1, { submittedAt: '' }), review('bob', 'approved', 9)] },
    {},
    missing,
    'does not say when bob approved',
  ],
  [
    'an owner told twice, first not',
    { owners: [{ handle: '@acme/payments', members: null }, ...good.owners] },
    {},
    'owner-unreadable+coverage-missing',
    '',
  ],
  [
    'the address of the host, ignored by the policy',
    { commits: [commit('ann', { committer: { ...webFlow, login: null } })] },
    policy({ ignoreEmails: ['noreply@github.com'] }),
    'contributor-unknown',
    '',
  ],
  [
    'merged at no instant',
    { state: 'merged', merge: { ...merge, at: 'today' } },
    {},
    'pull-request-unreadable',
    'when the pull request was merged',
  ],
  [
    'no approval, and a stranger who pushed is named as a co-author too',
    { pushers: ['ann', 'eve'], ...withMessage('Co-authored-by: E <e@x>'), identities: { 'e@x': 'eve' }, reviews: [] },
    { approvals: 0 },
    'coverage-missing',
    '',
  ],
  [
    'the head is another by now (case 8)',
    { head: { ...good.head, commit: OLDER } },
    {},
    'pull-request-head+pull-request-commits',
    `run this again with --head ${OLDER}`,
  ],
  [
    'the head is no full hash',
    {
      head: { ...good.head, commit: '' },
      reviews: [review('bob', 'approved', 1, { commit: '' })],
      commits: [commit('ann', { id: '' })],
    },
    { head: '' },
    'demand-invalid',
    'is no full commit hash',
  ],
  [
    'commits of another push',
    { commits: [commit('ann', { id: OLDER })] },
    {},
    'pull-request-commits',
    'do not hold the head',
  ],
  ['no commits', { commits: [] }, {}, 'pull-request-commits', 'lists no commit'],
  [
    '250 commits (case 36)',
    { commits: Array.from({ length: 250 }, () => commit('ann')) },
    {},
    'pull-request-commits',
    'squash them',
  ],
  [
    'a gap (cases 36, 40)',
    { gaps: ['reviews: 502 on page 2'] },
    {},
    'pull-request-unreadable',
    'reviews: 502 on page 2',
  ],
  ['nobody is known to have pushed', { pushers: [] }, {}, 'pull-request-unreadable', 'names nobody who pushed'],
  [
    'an approver of a commit (case 9)',
    { commits: [commit('bob', { id: OLDER }), commit('ann')] },
    {},
    missing,
    'bob wrote commit bbbbbbbbbb…',
  ],
  [
    'an approver who committed',
    { commits: [commit('ann', { committer: signature('bob') })] },
    {},
    missing,
    'bob committed commit',
  ],
  [
    'an approver who pushed, and was squashed away (case 10)',
    { pushers: ['ann', 'Bob'] },
    {},
    missing,
    'bob pushed to the branch',
  ],
  [
    'a bot committed what the approver wrote (case 10)',
    { pushers: ['renovate[bot]', 'bob'], commits: [commit('renovate[bot]')] },
    {},
    missing,
    'one more because nobody can tell who steers renovate[bot]',
  ],
  [
    'a co-author approves',
    { ...withMessage('Co-authored-by: Bob <b@x.example>'), identities: { 'b@x.example': 'bob' } },
    {},
    missing,
    'bob is a co-author of commit',
  ],
  [
    'a co-author in another case',
    { ...withMessage('CO-AUTHORED-BY : Bob <B@X.example>'), identities: { 'b@x.example': 'bob' } },
    {},
    missing,
    'co-author',
  ],
  [
    'a co-author in the middle of the message',
    {
      ...withMessage('co-authored-by: Bob <b@x>\n\nmore text\n\nSigned-off-by: A <a@x>'),
      identities: { 'b@x': 'bob' },
    },
    {},
    missing,
    'co-author',
  ],
  [
    'a co-author on a folded line',
    { ...withMessage('Co-authored-by: Bob\n  <b@x>'), identities: { 'b@x': 'bob' } },
    {},
    missing,
    'co-author',
  ],
  [
    'several co-authors on a line',
    { ...withMessage('Co-authored-by: Eve <e@x>, Bob <b@x>'), identities: { 'e@x': 'eve', 'b@x': 'bob' } },
    {},
    missing,
    'bob is a co-author',
  ],
  [
    'a co-author with a hidden character',
    { ...withMessage('Co-authored\u200b-by: Bob <b@x>'), identities: { 'b@x': 'bob' } },
    {},
    missing,
    'co-author',
  ],
  [
    'a co-author in a list of squashed commits',
    { ...withMessage('* fix\n\n    > Co-authored-by: Bob <b@x>'), identities: { 'b@x': 'bob' } },
    {},
    missing,
    'co-author',
  ],
  [
    'a co-author after a carriage return',
    { ...withMessage('x\rCo-authored-by: Bob <b@x>\ry'), identities: { 'b@x': 'bob' } },
    {},
    missing,
    'co-author',
  ],
  [
    'a co-author whose address nobody has',
    withMessage('Co-authored-by: Bob <nobody@x>'),
    {},
    'contributor-unknown',
    '<nobody@x> is a co-author of commit aaaaaaaaaa…; its address is not known to belong to any',
  ],
  [
    'a co-author whose address has no account',
    { ...withMessage('Co-authored-by: Bob <b@x>'), identities: { 'b@x': null } },
    {},
    'contributor-unknown',
    'belongs to no account',
  ],
  [
    'a co-author without an address',
    withMessage('Co-authored-by: Bob'),
    {},
    'contributor-unknown',
    'without an address: "Bob"',
  ],
  [
    'a co-author named like a prototype',
    withMessage('Co-authored-by: x <__proto__>, y <constructor>'),
    {},
    'contributor-unknown',
    '<__proto__>',
  ],
  [
    'a second identity (case 11)',
    { commits: [commit('ann', { author: nobody })] },
    {},
    'contributor-unknown',
    'mallory <nobody@evil.example> wrote commit aaaaaaaaaa…',
  ],
  [
    'a second identity as committer',
    { commits: [commit('ann', { committer: nobody })] },
    {},
    'contributor-unknown',
    'approvers.ignoreEmails',
  ],
  [
    'an identity without an address',
    { commits: [commit('ann', { author: { name: '', email: '', login: null } })] },
    {},
    'contributor-unknown',
    'without an address wrote commit',
  ],
  [
    'an identity with an empty account',
    { commits: [commit('ann', { author: { ...nobody, login: '' } })], identities: { [nobody.email]: '' } },
    {},
    'contributor-unknown',
    '',
  ],
  [
    'an ignored address that is an account',
    { commits: [commit('bob')] },
    policy({ ignoreEmails: ['bob@example.com'] }),
    missing,
    'bob wrote commit',
  ],
  [
    'a part of an ignored address',
    { commits: [commit('ann', { author: nobody })] },
    policy({ ignoreEmails: ['evil.example', 'body@evil.example'] }),
    'contributor-unknown',
    '',
  ],
  [
    'an address that two accounts claim',
    { commits: [commit('ann', { author: signature('ann', 'x@y') })], identities: { 'X@y': 'bob' } },
    {},
    missing,
    'bob wrote',
  ],
  [
    'the name of the host without its signature',
    { commits: [commit('ann', { committer: webFlow })] },
    {},
    'contributor-unknown',
    'GitHub <noreply@github.com> committed commit aaaaaaaaaa…, but the host did not sign it',
  ],
  [
    'the name of the host, ignored by the policy',
    { commits: [commit('ann', { committer: webFlow })] },
    policy({ ignoreEmails: ['noreply@github.com'] }),
    'contributor-unknown',
    '',
  ],
  [
    'the name of the host as author',
    { commits: [commit('ann', { author: webFlow, committer: webFlow, isMadeByHost: true })] },
    {},
    'contributor-unknown',
    'wrote commit',
  ],
  [
    'the address of the host, without its account',
    { commits: [commit('ann', { committer: { ...webFlow, login: null } })] },
    {},
    'contributor-unknown',
    '',
  ],
  [
    'made by the host for somebody else',
    { commits: [commit('ann', { committer: signature('bob'), isMadeByHost: true })] },
    {},
    missing,
    'bob committed',
  ],
  ['a dismissed approval', { reviews: [review('bob', 'dismissed')] }, {}, missing, 'was dismissed'],
  [
    'a dismissed review over an older approval (case 12)',
    { reviews: [review('bob', 'approved', 1), review('bob', 'dismissed', 2)] },
    {},
    missing,
    'an older one does not return',
  ],
  [
    'the same, listed newest first',
    { reviews: [review('bob', 'dismissed', 2), review('bob', 'approved', 1)] },
    {},
    missing,
    'an older one does not return',
  ],
  [
    'the same, in another case',
    { reviews: [review('bob', 'approved', 1), review('BOB', 'dismissed', 2)] },
    {},
    missing,
    '',
  ],
  [
    'the same within a second',
    { reviews: [review('bob', 'approved', 1), review('bob', 'dismissed', 1)] },
    {},
    missing,
    '',
  ],
  [
    'changes requested by the one who approved (case 13)',
    { reviews: [review('bob', 'approved', 1), review('bob', 'changes-requested', 2)] },
    {},
    `changes-requested+${missing}`,
    'settle it with bob',
  ],
  [
    'changes requested by another (case 13)',
    { reviews: [review('bob', 'approved'), review('eve', 'changes-requested')] },
    {},
    'changes-requested',
    'eve requested changes',
  ],
  [
    'changes requested of an older commit',
    { reviews: [review('bob', 'approved'), review('eve', 'changes-requested', 1, { commit: OLDER })] },
    {},
    'changes-requested',
    '',
  ],
  [
    'changes requested, then commented',
    { reviews: [review('bob', 'approved'), review('eve', 'changes-requested', 1), review('eve', 'commented', 2)] },
    {},
    'changes-requested',
    '',
  ],
  [
    'changes requested by a contributor',
    { pushers: ['ann', 'eve'], reviews: [review('bob', 'approved'), review('eve', 'changes-requested')] },
    {},
    'changes-requested',
    '',
  ],
  [
    'changes requested by somebody whose access is unknown',
    { reviews: [review('bob', 'approved'), review('uma', 'changes-requested')] },
    {},
    'changes-requested',
    '',
  ],
  [
    'changes requested by somebody of whom nothing is known',
    { reviews: [review('bob', 'approved'), review('zoe', 'changes-requested')] },
    {},
    'changes-requested',
    '',
  ],
  [
    'changes requested by a bot that is allowed',
    { reviews: [review('bob', 'approved'), review('renovate[bot]', 'changes-requested')] },
    policy({ allowedBots: ['renovate[bot]'] }),
    'changes-requested',
    '',
  ],
  [
    'a deleted account objects, another approves',
    { reviews: [review('bob', 'approved'), review('ghost', 'changes-requested', 1), review('ghost', 'approved', 2)] },
    {},
    'changes-requested',
    '',
  ],
  [
    'an owner objects to a reduction',
    { reviews: [review('bob', 'changes-requested')] },
    { isReducing: true, approvals: 0 },
    'changes-requested',
    '',
  ],
  [
    'an owner after the change objects to a reduction',
    { reviews: [review('bob', 'approved'), review('eve', 'changes-requested')] },
    { isReducing: true, files: [...payments, file('b', undefined, ['@acme/growth', '@acme/payments'])] },
    'changes-requested',
    '',
  ],
  [
    'somebody objects to a reduction, and owners cannot be read',
    { reviews: [review('bob', 'approved'), review('eve', 'changes-requested')] },
    { isReducing: true, files: [...payments, file('b', ['@acme/secret', '@acme/payments'])] },
    'changes-requested',
    '',
  ],
  [
    'a state that nobody knows',
    { reviews: [review('bob', 'approved'), review('eve', 'unknown')] },
    {},
    'review-unknown',
    'bring flagctl up to date',
  ],
  [
    'a bot approves (case 14)',
    { reviews: [review('renovate[bot]', 'approved')] },
    {},
    missing,
    'renovate[bot] is a bot that approvers.allowedBots in flags/policy.yaml does not name',
  ],
  [
    'a bot approves that the host calls a person (case 14)',
    { reviews: [review('ci-user', 'approved')], ...ownersWith(owner('@acme/payments', 'ci-user')) },
    policy({ bots: ['CI-User'] }),
    missing,
    'ci-user is a bot',
  ],
  [
    'a bot approves that is known by its name only',
    { reviews: [review('app[bot]', 'approved')], ...accountsWith(account('app[bot]')) },
    {},
    missing,
    'is a bot',
  ],
  [
    'a bot is allowed by a part of its name',
    { reviews: [review('renovate[bot]', 'approved')] },
    policy({ allowedBots: ['renovate', '*', 'renovate[bot] '] }),
    missing,
    'is a bot',
  ],
  [
    'an allowed bot approves its own commit',
    { commits: [commit('renovate[bot]')], reviews: [review('renovate[bot]', 'approved')] },
    policy({ allowedBots: ['renovate[bot]'] }),
    missing,
    'nobody approves their own work',
  ],
  [
    'an account told twice, once as a bot',
    { accounts: [...good.accounts, account('BOB', 'write', true)] },
    {},
    missing,
    'bob is a bot',
  ],
  [
    'somebody steers a bot and approves its work',
    { author: 'renovate[bot]', pushers: ['renovate[bot]'], commits: [commit('renovate[bot]')] },
    {},
    'approvals-missing',
    'needs 2 approvals by people who did not work on the change (1, and one more because nobody can tell who steers renovate[bot])',
  ],
  [
    'somebody lets a bot push to the branch of another, and approves',
    { pushers: ['ann', 'renovate[bot]'] },
    {},
    'approvals-missing',
    'one more',
  ],
  [
    'somebody steers a bot at no approvals',
    {
      author: 'renovate[bot]',
      pushers: ['renovate[bot]'],
      commits: [commit('renovate[bot]')],
      reviews: [],
      ...ownersWith(owner('@acme/payments', 'renovate[bot]', 'bob')),
    },
    { approvals: 0 },
    'coverage-missing',
    'renovate[bot], who made the change, cannot speak for it',
  ],
  [
    'an approver lost write access (case 15)',
    accountsWith(account('bob', 'read')),
    {},
    missing,
    'bob has no write access',
  ],
  ['an approver may only triage', accountsWith(account('bob', 'triage')), {}, missing, 'bob has no write access'],
  [
    'an approver left the team (case 15)',
    ownersWith(owner('@acme/payments', 'ann', 'eve')),
    {},
    'coverage-missing',
    'ask @acme/payments (eve)',
  ],
  [
    'the access of an approver is unknown',
    { reviews: [review('uma', 'approved')] },
    {},
    missing,
    'does not say whether uma has write access',
  ],
  [
    'nothing is known of an approver',
    { reviews: [review('zoe', 'approved')] },
    {},
    missing,
    'does not say whether zoe has write access',
  ],
  [
    'two accesses of an approver are told',
    { accounts: [...good.accounts, account('Bob', 'read')] },
    {},
    missing,
    'does not say whether bob has write access',
  ],
  [
    'a deleted account approves',
    { reviews: [review('ghost', 'approved')], ...accountsWith(account('ghost')) },
    {},
    missing,
    'whose account is gone',
  ],
  ['a comment as approval (case 37)', { reviews: [review('bob', 'commented')] }, {}, missing, 'decides nothing'],
  [
    'the base was changed after the approval (case 31)',
    { retargetedAt: ['2026-11-20T09:00:00Z', '2026-11-20T10:11:00Z', '2026-11-20T10:05:00Z'] },
    {},
    missing,
    'bob approved before the base branch was changed',
  ],
  [
    'the base was changed in the second of the approval',
    { retargetedAt: ['2026-11-20T10:10:00Z'] },
    {},
    missing,
    'before the base branch',
  ],
  [
    'the base was changed nobody knows when',
    { retargetedAt: [''] },
    {},
    `pull-request-unreadable+${missing}`,
    'when the base branch was changed',
  ],
  [
    'another base',
    { base: { ...good.base, ref: 'release' } },
    {},
    'pull-request-base',
    'goes into release, judged is a change to main',
  ],
  ['a base whose name ends like ours', { base: { ...good.base, ref: 'refs/heads/main' } }, {}, 'pull-request-base', ''],
  ['a draft (case 39)', { isDraft: true }, {}, 'pull-request-draft', 'mark it as ready'],
  ['closed', { state: 'closed' }, {}, 'pull-request-closed', 'reopen it'],
  ['merged, nobody knows when', { state: 'merged' }, {}, 'pull-request-unreadable', 'when the pull request was merged'],
  [
    'approved after the merge',
    { state: 'merged', merge, reviews: [review('bob', 'approved', 31)] },
    {},
    missing,
    'bob reviewed after the merge',
  ],
  [
    'a merge that has not been hides no objection',
    { merge, reviews: [review('bob', 'approved'), review('eve', 'changes-requested', 40)] },
    {},
    'changes-requested',
    '',
  ],
  ['no author', { author: '' }, {}, 'contributor-unknown', 'account is gone or was not told opened the pull request'],
  ['a deleted author', { author: 'ghost' }, {}, 'contributor-unknown', ''],
  [
    'a pusher without an account, such as a deploy key',
    { pushers: ['ann', ''] },
    {},
    'contributor-unknown',
    'pushed to the branch',
  ],
  [
    'no approval, and the author is a stranger',
    { author: 'eve', pushers: ['eve'], commits: [commit('eve')], reviews: [] },
    { approvals: 0 },
    'coverage-missing',
    'and eve, who made the change, cannot speak for it',
  ],
  [
    'no approval, and a stranger approves',
    { author: 'eve', pushers: ['eve'], commits: [commit('eve')], reviews: [review('cy', 'approved')] },
    { approvals: 0 },
    'coverage-missing',
    '',
  ],
  [
    'no approval, and the author joins the team in the same change',
    { author: 'eve', pushers: ['eve'], commits: [commit('eve')], reviews: [] },
    { approvals: 0, files: [file('a', ['@acme/payments'], ['@acme/growth'])] },
    'coverage-missing',
    'is of @acme/payments',
  ],
  [
    'no approval, and a stranger pushes to the branch of an owner',
    { pushers: ['ann', 'eve'], reviews: [] },
    { approvals: 0 },
    'coverage-missing',
    'eve, who made the change, cannot speak for it',
  ],
  [
    'no approval, and a stranger wrote a commit',
    { commits: [commit('eve'), commit('ann')], reviews: [] },
    { approvals: 0 },
    'coverage-missing',
    '',
  ],
  [
    'no approval, and the author may only read',
    { ...accountsWith(account('ann', 'read')), reviews: [] },
    { approvals: 0 },
    'coverage-missing',
    'ann, who made the change',
  ],
  [
    'no approval, and the owner is a co-author only',
    {
      author: 'eve',
      pushers: ['eve'],
      commits: [commit('eve', { message: 'x\n\nCo-authored-by: Ann <ann@x>' })],
      identities: { 'ann@x': 'ann' },
      reviews: [],
    },
    { approvals: 0 },
    'coverage-missing',
    '',
  ],
  [
    'a reduction with an approval by a stranger',
    { reviews: [review('eve', 'approved')] },
    { isReducing: true },
    'coverage-missing',
    '',
  ],
  ['a reduction that is reached without approvals', { reviews: [] }, { isReducing: true }, missing, ''],
  [
    'a number of approvals below zero',
    { reviews: [] },
    { approvals: -1 },
    'demand-invalid+coverage-missing',
    '-1 is no number',
  ],
  ['half an approval', {}, { approvals: 0.5 }, 'demand-invalid', ''],
  ['no number of approvals', { reviews: [] }, { approvals: Number.NaN }, `demand-invalid+${missing}`, ''],
  [
    'a message that would end its line',
    { gaps: ['a\n::error::b\u202e'] },
    {},
    'pull-request-unreadable',
    'aU+000A::error::bU+202E',
  ],
];

describe('honest pull requests pass', () => {
  it.each(honest)('%s', (...row) => check(row));
});

describe('attacks and accidents are refused', () => {
  it.each(attacks)('%s', (...row) => check(row));
});

describe('a verdict', () => {
  it('tells who is excluded and why, what is missing, and each review with its fate', () => {
    const reviews = [review('eve', 'approved', 2), review('bob', 'approved', 1, { commit: OLDER })];
    const verdict = judgeApprovals(pullRequestOf({ reviews }), demandOf({ approvals: 2, files: both }));
    expect(verdict).toMatchObject({
      isApproved: false,
      approvers: ['eve'],
      excluded: [{ login: 'ann', isMaker: true }],
      missing: {
        approvals: 1,
        owners: [
          { owners: ['@acme/payments'], files: ['flags/payments/a.yaml'] },
          { owners: ['@acme/platform'], files: ['CODEOWNERS'] },
        ],
      },
      reviews: [
        { login: 'bob', effect: 'void', fate: 'bob approved an older one, bbbbbbbbbb…' },
        { login: 'eve', effect: 'approves', fate: 'eve approved' },
      ],
      debts: [],
    });
  });

  it('counts a debt as paid once an owner approved the merged commit', () => {
    const stranger = { author: 'eve', pushers: ['eve'], commits: [commit('eve')], state: 'merged' as const, merge };
    const demand = demandOf({ approvals: 0, isReducing: true });
    const debts = (...reviews: PullRequest['reviews']) =>
      judgeApprovals(pullRequestOf({ ...stranger, reviews }), demand).debts.length;
    expect(debts()).toBe(1);
    expect(debts(review('cy', 'approved', 40))).toBe(1);
    expect(debts(review('eve', 'approved', 40))).toBe(1);
    expect(debts(review('bob', 'approved', 40, { commit: OLDER }))).toBe(1);
    expect(debts(review('bob', 'approved', 40))).toBe(0);
    expect(debts(review('bob', 'approved', 40), review('bob', 'dismissed', 41))).toBe(1);
  });

  it('names at most twenty unknown contributors', () => {
    const message = Array.from({ length: 5_000 }, (_, index) => `Co-authored-by: x <x${index}@y>`).join('\n');
    const { findings } = judgeApprovals(pullRequestOf({ commits: [commit('ann', { message })] }), demandOf());
    expect(findings).toHaveLength(21);
    expect(findings.at(-1)?.message).toContain('4980 more contributors');
  });
});
