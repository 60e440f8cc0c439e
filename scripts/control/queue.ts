/**
 * A group of a merge queue: its commits mapped back to their pull requests, each with the approvals of its own head, and
 * the combination judged by the rules.
 */
import {
  isolated,
  mergeTrees,
  readHistory,
  resolveRevision,
  runGit,
  localEnvironment,
  SyncError,
  type HistoryCommit,
  type IsolatedRepository,
} from '../../provider/repository/index.js';
import type { PullRequest } from '../approval/pull-request.js';
import { checkChange, type CheckRequest } from './check.js';
import type { Finding } from './finding.js';
import type { Verdict } from './verdict.js';

/** What the queue asks of the host. */
export interface QueueHost {
  readonly readPullRequest: (number: number, owners: readonly string[]) => Promise<PullRequest>;
  readonly pullRequestsOf: (commit: string) => Promise<readonly number[]>;
}

/** A pull request of the group: what the group has at each end of it. */
interface Member {
  readonly pullRequest: PullRequest;
  readonly before: string;
  readonly after: string;
}

/** GitHub's largest group. */
const MAX_MEMBERS = 100;

/**
 * Judges a group. @param request `base` is the tip of the branch, `head` the group's last commit
 * @throws SyncError, HostError
 */
export async function checkQueue(request: CheckRequest, host: QueueHost): Promise<Verdict> {
  const { members, findings } = await isolated(request.repository, {}, (own) => membersOf(own, request, host));
  // Each answers for its own reason below.
  const description = members.map(({ pullRequest }) => pullRequest.body).join('\n\n');
  const combination = await checkChange({ ...request, pullRequest: undefined, description });
  const verdicts: Verdict[] = [];
  for (const member of members) {
    request.progress(`judging pull request ${member.pullRequest.number}`);
    verdicts.push(await judgeMember(request, host, member, combination));
  }
  return combined(combination, verdicts, members, findings);
}

/** What a pull request brings where the queue put it, with the reviews of its own head. */
async function judgeMember(
  request: CheckRequest,
  host: QueueHost,
  { pullRequest, before, after }: Member,
  combination: Verdict,
): Promise<Verdict> {
  return checkChange({
    ...request,
    base: before,
    head: after,
    controlledBy: request.base,
    groupTiers: combination.flagTiers,
    // The group has one of the whole, which says who moves when all of it is merged at once.
    preview: undefined,
    groupUsers: combination.usersRaises,
    reviewedHead: pullRequest.head.commit,
    pullRequest: (owners) => host.readPullRequest(pullRequest.number, owners),
  });
}

async function membersOf(
  repository: IsolatedRepository,
  { base, head }: CheckRequest,
  host: QueueHost,
): Promise<{ readonly members: readonly Member[]; readonly findings: readonly Finding[] }> {
  const commits = await firstParents(repository, base, head);
  const members: Member[] = [];
  const findings: Finding[] = [];
  let before = base;
  for (const commit of commits) {
    const pullRequest = await pullRequestOf(repository, commit, before, host);
    if (pullRequest === undefined) continue;
    members.push({ pullRequest, before, after: commit.id });
    before = commit.id;
  }
  if (before !== head) findings.push(unmapped(commits.at(-1)?.id ?? head));
  if (members.length > MAX_MEMBERS) throw new SyncError(`the group has over ${MAX_MEMBERS} pull requests`, 'never');
  return { members, findings };
}

/** Oldest first. */
async function firstParents(
  repository: IsolatedRepository,
  since: string,
  until: string,
): Promise<readonly HistoryCommit[]> {
  const commits: HistoryCommit[] = [];
  for await (const commit of readHistory(repository, { since, until })) commits.push(commit);
  return commits.toReversed();
}

/**
 * The pull request whose merge into `before` gives exactly what a commit of the group has. A number in a message is a
 * claim; that the trees are the same is a fact.
 */
async function pullRequestOf(
  repository: IsolatedRepository,
  commit: HistoryCommit,
  before: string,
  host: QueueHost,
): Promise<PullRequest | undefined> {
  const claimed = [...commit.message.matchAll(/#(\d{1,9})\b/g)].map(([, number]) => Number(number));
  const told = await host.pullRequestsOf(commit.id);
  for (const number of new Set([...told, ...claimed.slice(0, MAX_CLAIMS)])) {
    const pullRequest = await host.readPullRequest(number, []);
    const { commit: head } = pullRequest.head;
    if ((await resolveRevision(repository, head)) === undefined) continue;
    const merge = await mergeTrees(repository, before, head);
    if (merge.ok && merge.tree === (await treeOf(repository, commit.id))) return pullRequest;
  }
  return undefined;
}

/** A message may name issues, too. */
const MAX_CLAIMS = 10;

async function treeOf(repository: IsolatedRepository, commit: string): Promise<string> {
  const { stdout } = await runGit({
    gitDir: repository.gitDir,
    args: ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`],
    environment: localEnvironment(repository.gitDir),
    timeoutMs: 10_000,
    maxOutputBytes: 4_096,
  });
  return stdout.toString('latin1').trim();
}

function unmapped(commit: string): Finding {
  return {
    code: 'queue-unmapped',
    severity: 'error',
    message: `what the group has up to ${commit} is not what merging its pull requests gives, one after the other`,
    fix: 'fetch the heads of all pull requests of the group (refs/pull/<number>/head), or take it out of the queue',
  };
}

function combined(
  combination: Verdict,
  verdicts: readonly Verdict[],
  members: readonly Member[],
  findings: readonly Finding[],
): Verdict {
  const own = verdicts.flatMap(({ findings: found }, index) =>
    found.map((finding) => ({ ...finding, message: `#${members[index]?.pullRequest.number}: ${finding.message}` })),
  );
  const all = [...findings, ...combination.findings, ...own];
  const isRefused =
    combination.outcome === 'refused' ||
    verdicts.some(({ outcome }) => outcome === 'refused') ||
    findings.length > 0 ||
    members.length === 0;
  return { ...combination, outcome: isRefused ? 'refused' : 'passes', findings: all };
}
