/** What is recorded of a commit, put together. */
import { CODEOWNERS_PATHS, type GitRepository } from '../../provider/repository/index.js';
import type { PullRequest } from '../approval/pull-request.js';
import type { Verdict } from '../control/verdict.js';
import { flagctlVersion } from '../version.js';
import { debtOfPush } from './direct-push.js';
import { impactOf } from './impact.js';
import type { Judgement } from './judgement.js';
import { readGit } from './local-git.js';
import type { Arrival } from './merges.js';
import type { EvidenceBody, RecordedDebt, RecordedOwners, RecordedVerdict } from './record.js';

/** Where a body is written, and when. */
interface BodyTerms {
  readonly repository: GitRepository;
  readonly root: string;
  readonly branch: string;
  readonly now: Date;
}

/** Puts it together. @param judgement undefined for the first commit of all. @throws SyncError */
export async function bodyOf(
  { commit, change }: Arrival,
  judgement: Judgement | undefined,
  { repository, root, branch, now }: BodyTerms,
): Promise<EvidenceBody> {
  const { verdict, pullRequest, measured } = judgement ?? {};
  return {
    version: 1,
    tool: `flagctl ${flagctlVersion()}`,
    recordedAt: now.toISOString(),
    branch,
    commit: commit.id,
    parent: commit.parents[0] ?? null,
    tree: commit.tree,
    change,
    pullRequest: pullRequest ?? null,
    mergeTimes: Object.fromEntries(
      [...(judgement?.mergeTimes ?? [])].map(([id, at]) => [id, at?.toISOString() ?? null]),
    ),
    control: await controlAt(repository, change.base, root),
    owners: verdict === undefined ? [] : ownersOf(verdict, pullRequest),
    verdict: verdict === undefined ? null : recordedVerdict(verdict),
    debt: await debtOf(commit.message, judgement, { repository, root, base: change.base }),
    ...(measured && { impact: impactOf(measured) }),
  };
}

async function controlAt(
  repository: GitRepository,
  base: string | null,
  root: string,
): Promise<EvidenceBody['control']> {
  if (base === null) return { policy: null, codeowners: [] };
  const policyPath = root === '' ? 'policy.yaml' : `${root}/policy.yaml`;
  const paths = [policyPath, ...CODEOWNERS_PATHS];
  const output = await readGit(repository, ['ls-tree', '-z', '--full-tree', '--end-of-options', base, ...paths]);
  const blobs = new Map<string, string>();
  for (const entry of output.toString('utf8').split('\0')) {
    const [, blob, path] = /^\d{6} blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    if (blob !== undefined && path !== undefined) blobs.set(path, blob);
  }
  const policy = blobs.get(policyPath) ?? null;
  const codeowners = CODEOWNERS_PATHS.flatMap((path) => {
    const blob = blobs.get(path);
    return blob === undefined ? [] : [{ path, blob }];
  });
  return { policy, codeowners };
}

function ownersOf({ approvals }: Verdict, pullRequest: PullRequest | undefined): readonly RecordedOwners[] {
  const members = new Map(pullRequest?.owners.map((owner) => [owner.handle, owner.members]));
  return (approvals.needed?.owners ?? []).map(({ owners, files, why }) => ({
    owners: owners.map((handle) => ({ handle, members: members.get(handle) ?? null })),
    files,
    why,
  }));
}

function recordedVerdict(verdict: Verdict): RecordedVerdict {
  const { outcome, tier, tierReasons, isReducing, notReducingBecause, reason, approvals, findings } = verdict;
  return {
    outcome,
    tier,
    tierReasons: tierReasons.map(({ why }) => why),
    isReducing,
    notReducingBecause,
    reason: reason ?? null,
    needed: approvals.needed?.approvals ?? null,
    approvers: approvals.judged?.approvers ?? [],
    findings,
  };
}

async function debtOf(
  message: string,
  judgement: Judgement | undefined,
  place: { readonly repository: GitRepository; readonly root: string; readonly base: string | null },
): Promise<RecordedDebt | null> {
  if (judgement === undefined || place.base === null) return null;
  const { verdict, pullRequest } = judgement;
  if (pullRequest === undefined) return debtOfPush(message, verdict, { ...place, base: place.base });
  const debts = verdict.approvals.judged?.debts ?? [];
  return debts.length === 0 ? null : { owners: debts.map(({ owners }) => owners), within: null };
}
