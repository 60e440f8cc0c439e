/** The two-person rule: whether a pull request has the approvals that its change demands. Pure; fails closed. */
import type { Finding } from '../control/finding.js';
import { contributorsOf, type Contributor } from './contributors.js';
import { coverageFindings, debtOf, hintWords, type ApprovalDebt } from './coverage-findings.js';
import { coverageOf, isOwnerOf, ownerGroups, type CoverageVoices, type OwnerGroup } from './coverage.js';
import type { ApprovalDemand } from './demand.js';
import { personObstacle, type ReviewTerms } from './fate.js';
import { instantOf } from './instant.js';
import { folded, peopleOf, type People } from './people.js';
import type { PullRequest } from './pull-request.js';
import { judgeReviews, type JudgedReview, type ReviewJudgement } from './reviews.js';
import { standingFindings } from './standing.js';
import { counted, listed, shortHash } from './wording.js';

/** What is still missing. */
export interface MissingApprovals {
  /** How many more people must approve. */
  readonly approvals: number;
  /** Owners who must be among those who approve, and of what. */
  readonly owners: readonly OwnerGroup[];
}

/** The verdict on a pull request's approvals. */
export interface ApprovalVerdict {
  /** Whether no finding is an error. */
  readonly isApproved: boolean;
  readonly findings: readonly Finding[];
  /** Logins of the people whose approvals count, sorted. */
  readonly approvers: readonly string[];
  /** Everybody who made the change, and so cannot approve it; sorted by login. */
  readonly excluded: readonly Contributor[];
  /** Every review with its fate, oldest first. */
  readonly reviews: readonly JudgedReview[];
  readonly missing: MissingApprovals;
  /** Reviews that are owed after the merge and were not given yet. */
  readonly debts: readonly ApprovalDebt[];
}

/** Judges a pull request by what its change demands. A merged one is judged by the reviews before its merge. */
export function judgeApprovals(pullRequest: PullRequest, demand: ApprovalDemand): ApprovalVerdict {
  const people = peopleOf(pullRequest, demand.policy);
  const contributors = contributorsOf(pullRequest, demand.policy);
  const groups = ownerGroups(demand.files);
  const terms = termsOf(pullRequest, demand, people, contributors.byLogin, groups);
  const judgement = judgeReviews(pullRequest.reviews, terms);
  const bots = steeredBots(pullRequest, people);
  const needed = demand.approvals > 0 && bots.length > 0 ? demand.approvals + 1 : demand.approvals;
  const missingCount = Math.max(0, needed - judgement.approvers.length);
  const coverage = judgeCoverage(pullRequest, demand, groups, terms, judgement);
  const findings = [
    ...standingFindings(pullRequest, demand),
    ...contributors.findings,
    ...judgement.findings,
    ...countFindings(demand, needed, bots, judgement),
    ...coverage.findings,
  ];
  return {
    isApproved: findings.every(({ severity }) => severity !== 'error'),
    findings,
    approvers: judgement.approvers,
    excluded: [...contributors.byLogin].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, who]) => who),
    reviews: judgement.reviews,
    missing: { approvals: missingCount, owners: coverage.missing },
    debts: coverage.debts,
  };
}

function termsOf(
  pullRequest: PullRequest,
  { head, isReducing }: ApprovalDemand,
  people: People,
  contributors: ReadonlyMap<string, Contributor>,
  groups: readonly OwnerGroup[],
): ReviewTerms {
  const { state, retargetedAt, merge } = pullRequest;
  return {
    head,
    contributors,
    people,
    retargetedAt: Math.max(-Infinity, ...retargetedAt.map((instant) => instantOf(instant) ?? Infinity)),
    until: (state === 'merged' && merge && instantOf(merge.at)) || Infinity,
    blocksOnlyByOwners: isReducing,
    isOwner: (login) => isOwnerOf(groups, people, login),
  };
}

/** Bots whose hand was in the change: whoever steers one can be the very person who approves. */
function steeredBots({ author, pushers }: PullRequest, people: People): readonly string[] {
  const bots = [author, ...pushers].filter((login) => people.isBarredBot(login));
  return [...new Map(bots.map((login) => [folded(login), login])).values()].toSorted();
}

function countFindings(
  { head, approvals }: ApprovalDemand,
  needed: number,
  bots: readonly string[],
  judgement: ReviewJudgement,
): Finding[] {
  const { approvers } = judgement;
  if (approvers.length >= needed) return [];
  const given =
    approvers.length === 0
      ? 'nobody counts'
      : `only ${listed(approvers)} ${approvers.length === 1 ? 'counts' : 'count'}`;
  const why =
    needed > approvals ? ` (${approvals}, and one more because nobody can tell who steers ${listed(bots)})` : '';
  const message = `needs ${counted(needed, 'approval')} by ${needed === 1 ? 'somebody' : 'people'} who did not work on the change${why}; ${given}`;
  const left = needed - approvers.length;
  const who = left === 1 ? 'one more person' : `${left} more people`;
  const ask = `ask ${who} with write access for an approval of commit ${shortHash(head)}`;
  const fix = [ask, ...hintWords(hintsOf(judgement))].join('; ');
  return [{ code: 'approvals-missing', severity: 'error', message, fix }];
}

/** Why approvals by people who do not count do not. */
function hintsOf({ reviews, approvers }: ReviewJudgement): readonly string[] {
  const counting = new Set(approvers.map(folded));
  return reviews
    .filter(({ login, state, effect }) => state === 'approved' && effect === 'void' && !counting.has(folded(login)))
    .map(({ fate }) => fate);
}

interface CoverageJudgement {
  readonly findings: readonly Finding[];
  readonly missing: readonly OwnerGroup[];
  readonly debts: readonly ApprovalDebt[];
}

function judgeCoverage(
  pullRequest: PullRequest,
  demand: ApprovalDemand,
  groups: readonly OwnerGroup[],
  terms: ReviewTerms,
  judgement: ReviewJudgement,
): CoverageJudgement {
  const isFree = demand.approvals === 0;
  const isOwed = isFree && demand.isReducing;
  const makers = isFree && !(isOwed && demand.isReviewOwed === true) ? makersOf(terms) : [];
  const canApprove = (login: string) => personObstacle(login, terms) === undefined;
  const voices: CoverageVoices = { approvers: judgement.approvers, makers, canApprove };
  const coverage = coverageOf(groups, voices, terms.people);
  // Where approvals are missing, too, that finding has the hints, and once is enough.
  const hints = judgement.approvers.length < demand.approvals ? [] : hintsOf(judgement);
  const wording = { head: demand.head, hints };
  const uncovered = coverage.filter(({ coveredBy }) => coveredBy.length === 0);
  return {
    findings: coverage.flatMap((group) => coverageFindings(group, wording, isOwed)),
    missing: isOwed ? [] : uncovered.map(groupOf),
    debts: isOwed ? unpaid(pullRequest, uncovered, voices, terms).map((group) => debtOf(group, demand.head)) : [],
  };
}

function makersOf({ contributors }: ReviewTerms): readonly string[] {
  return [...contributors.values()].filter(({ isMaker }) => isMaker).map(({ login }) => login);
}

/** The groups that nobody covered after the merge either. */
function unpaid(
  { reviews }: PullRequest,
  groups: readonly OwnerGroup[],
  voices: CoverageVoices,
  terms: ReviewTerms,
): readonly OwnerGroup[] {
  const { approvers } = judgeReviews(reviews, { ...terms, until: Infinity });
  const coverage = coverageOf(groups, { ...voices, approvers, makers: [] }, terms.people);
  return coverage.filter(({ coveredBy, owners }) => coveredBy.length === 0 && owners.length > 0);
}

function groupOf({ owners, files, why }: OwnerGroup): OwnerGroup {
  return { owners, files, why };
}
