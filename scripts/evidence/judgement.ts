/** What `flagctl check` says of a change that is on the main branch already: the same when it is recorded and verified. */
import {
  isolated,
  mergeTrees,
  resolveRevision,
  type GitRepository,
  type IsolatedRepository,
} from '../../provider/repository/index.js';
import type { PullRequest } from '../approval/pull-request.js';
import { shortHash } from '../approval/wording.js';
import { checkChange } from '../control/check.js';
import type { Finding } from '../control/finding.js';
import type { Measured } from '../control/measured.js';
import type { MergeTimes } from '../control/past.js';
import { reasonOf } from '../control/reason/reason.js';
import type { Verdict } from '../control/verdict.js';
import { readGit } from './local-git.js';

/** A change on the main branch. */
interface MergedChange {
  /** Full hashes of commits of the main branch. */
  readonly base: string;
  readonly result: string;
  /** The pull request as it was merged; undefined for a direct push. */
  readonly pullRequest: PullRequest | undefined;
}

/** Where to judge, and with what. */
interface JudgementTerms {
  readonly repository: GitRepository;
  readonly root: string;
  readonly branch: string;
  /** Reads the pull request again with its owners' members; left out: they are there already. */
  readonly read?: ((owners: readonly string[]) => Promise<PullRequest>) | undefined;
  readonly mergeTimes: MergeTimes | undefined;
  /** What was measured of the change, if anything; asked with the hashes that are judged. */
  readonly measuredOf?: ((judged: Pick<Measured, 'base' | 'head' | 'merged'>) => Measured | undefined) | undefined;
  /** The time of a change without a pull request. */
  readonly pushedAt: Date;
  readonly progress: (message: string) => void;
}

/** The verdict, its findings completed by those about the merge itself; and the facts that it was judged by. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly pullRequest: PullRequest | undefined;
  readonly measured: Measured | undefined;
  /** What was asked of the host's clock, and answered. */
  readonly mergeTimes: ReadonlyMap<string, Date | undefined>;
}

/** Judges it by the reviews before its merge, at the time of its merge. @throws SyncError, HostError */
export async function judgeMerge(change: MergedChange, terms: JudgementTerms): Promise<Judgement> {
  return isolated(terms.repository, {}, async (own) => {
    const { base, result, pullRequest } = change;
    const tree = await treeOf(own, result);
    const { findings, head } =
      pullRequest === undefined ? { findings: [], head: result } : await reviewed(own, change, tree);
    const measured = terms.measuredOf?.({ base, head, merged: tree });
    let read = pullRequest;
    const mergeTimes = new Map<string, Date | undefined>();
    const verdict = await checkChange({
      ...terms,
      repository: own,
      base,
      head,
      baseRef: terms.branch,
      preview: measured,
      isHistory: true,
      reviewedHead: pullRequest?.head.commit,
      pullRequest:
        pullRequest && (async (owners) => (read = terms.read === undefined ? pullRequest : await terms.read(owners))),
      mergeTimes:
        terms.mergeTimes &&
        (async (commit) => {
          const at = await terms.mergeTimes?.(commit);
          mergeTimes.set(commit, at);
          return at;
        }),
      now: pullRequest?.merge === undefined ? terms.pushedAt : new Date(pullRequest.merge.at),
    });
    return { verdict: completed(verdict, findings, read), pullRequest: read, measured, mergeTimes };
  });
}

/** What of the change is to be judged as its head: what was reviewed, where exactly that reached the main branch. */
async function reviewed(
  repository: IsolatedRepository,
  { base, result, pullRequest }: MergedChange,
  tree: string,
): Promise<{ readonly head: string; readonly findings: readonly Finding[] }> {
  const head = pullRequest?.head.commit ?? '';
  if ((await resolveRevision(repository, head)) !== head)
    return { head: result, findings: [missing(head, pullRequest)] };
  const merge = await mergeTrees(repository, base, head);
  if (merge.ok && merge.tree === tree) return { head, findings: [] };
  const finding: Finding = {
    code: 'merge-differs',
    severity: 'error',
    message: `what reached the main branch is not the merge of ${shortHash(head)}, which was reviewed`,
    fix: 'have the difference reviewed, or revert it',
  };
  return { head: result, findings: [finding] };
}

async function treeOf(repository: IsolatedRepository, commit: string): Promise<string> {
  const output = await readGit(repository, ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`]);
  return output.toString('latin1').trim();
}

function missing(head: string, pullRequest: PullRequest | undefined): Finding {
  const where = pullRequest?.host === 'gitlab' ? 'merge-requests' : 'pull';
  return {
    code: 'head-missing',
    severity: 'error',
    message: `the commit ${shortHash(head)} that was reviewed is not here, so nobody can compare it with what was merged`,
    fix: `fetch it: git fetch origin refs/${where}/${pullRequest?.number}/head`,
  };
}

/** Codes of what is said of a change without figures: a tier that asks for them, and a policy that counts users. */
export const UNMEASURED: readonly string[] = ['preview-missing', 'users-unmeasured'];

/** Records of before figures were recorded have none, and nobody can make up for it: it is said, and refuses nothing. */
function unrecorded(finding: Finding): Finding {
  const fix = 'have the job that records be given the preview: `flagctl audit record --preview FILE`';
  return { ...finding, severity: 'warning', message: `${finding.message}; no figures of a preview are recorded`, fix };
}

/** A squash leaves the reason in the pull request's commits, which the host has told. */
function completed(verdict: Verdict, more: readonly Finding[], pullRequest: PullRequest | undefined): Verdict {
  const told =
    pullRequest &&
    reasonOf(
      pullRequest.body,
      pullRequest.commits.map(({ message }) => message),
    );
  const reason = verdict.reason ?? told;
  const findings = [...verdict.findings, ...more]
    .filter(({ code }) => code !== 'reason-missing' || reason === undefined)
    .map((finding) => (UNMEASURED.includes(finding.code) ? unrecorded(finding) : finding));
  const isRefused =
    findings.some(({ severity }) => severity === 'error') ||
    verdict.problems.some(({ severity }) => severity === 'error');
  return { ...verdict, reason, findings, outcome: isRefused ? 'refused' : 'passes' };
}
