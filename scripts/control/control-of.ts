/** What controls a change: the base's policy, so that nobody lowers it in the same breath. */
import type { PolicyDocument } from '../../provider/engine/index.js';
import { load, type GitRepository, readTree } from '../../provider/repository/index.js';
import type { Side } from '../change/change.js';
import type { Finding } from './finding.js';

/** The policy that a change is judged by, and what a reader must know of the base. */
export interface Controlling {
  readonly policy: PolicyDocument;
  /** Whether the base serves nothing, so that the change needs the highest tier whatever it touches. */
  readonly isBaseBroken: boolean;
  readonly findings: readonly Finding[];
}

/** What counts where the base has no policy that can be read: more than any usual one asks for. */
const STRICTEST: PolicyDocument = {
  bucketing: 'flagd-v2',
  environments: [],
  teams: {},
  tiers: { high: { approvals: 2, reason: 'required' } },
};

/** Finds the policy. @throws SyncError */
export async function controlOf(
  repository: GitRepository,
  base: Side,
  result: Side,
  root: string,
): Promise<Controlling> {
  if (base.loaded !== undefined) {
    return { policy: base.loaded.ruleset.documents.policy, isBaseBroken: false, findings: [] };
  }
  if (base.problems.some(({ code }) => code === 'policy-missing')) {
    const policy = result.loaded?.ruleset.documents.policy ?? STRICTEST;
    return { policy: { ...policy, reducing: { fewerApprovals: 0 } }, isBaseBroken: true, findings: [firstPolicy] };
  }
  const policy = await policyAlone(repository, base.revision, root);
  return { policy: policy ?? STRICTEST, isBaseBroken: true, findings: [brokenBase] };
}

/** The policy, where it is not itself what is broken. */
async function policyAlone(
  repository: GitRepository,
  revision: string,
  root: string,
): Promise<PolicyDocument | undefined> {
  const tree = await readTree(repository, revision, root);
  const file = root === '' ? 'policy.yaml' : `${root}/policy.yaml`;
  const result = await load({ ...tree, entries: tree.entries.filter(({ path }) => path === file) });
  return result.ok ? result.loaded.ruleset.documents.policy : undefined;
}

const firstPolicy: Finding = {
  code: 'base-without-policy',
  severity: 'notice',
  message: 'the base has no policy yet; this change is judged by the one that it brings, at its highest tier',
};

const brokenBase: Finding = {
  code: 'base-broken',
  severity: 'warning',
  message:
    'the base does not load: processes go on with what they have, and no change, a kill included, is served until it loads',
  fix: 'mend it first, in a change of its own; `flagctl validate --rev <base>` shows what is wrong',
};
