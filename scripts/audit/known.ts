/** Names that a query may use: those of today, and those that the branch once had. */
import {
  load,
  MAX_FILE_BYTES,
  nearest,
  readDocument,
  readHistory,
  readTree,
  visitBlobs,
  type GitRepository,
} from '../../provider/repository/index.js';
import type { PolicyDocument } from '../../provider/engine/index.js';
import { keyHistory } from '../control/permanence/key-history.js';
import { UsageError } from '../errors.js';
import { requireKnown } from '../require-known.js';

/** A policy as one commit left it. */
export interface PolicyVersion {
  readonly commit: string;
  readonly policy: PolicyDocument;
}

/** Every policy that the branch ever had and that can be read, the newest first. @throws SyncError */
export async function policyVersions(
  store: GitRepository,
  tip: string,
  root: string,
): Promise<readonly PolicyVersion[]> {
  const path = policyPath(root);
  const versions: { readonly commit: string; readonly id: string }[] = [];
  for await (const { id: commit, files } of readHistory(store, { until: tip, paths: [path] })) {
    for (const { after } of files) if (after?.kind === 'file') versions.push({ commit, id: after.id });
  }
  const policies = new Map<string, PolicyDocument>();
  await visitBlobs(store, new Set(versions.map(({ id }) => id)), MAX_FILE_BYTES, (id, bytes) => {
    const file = readDocument({ path, id, kind: 'file' }, { kind: 'policy' }, bytes);
    if (file.json !== undefined) policies.set(id, file.read() as unknown as PolicyDocument);
  });
  return versions.flatMap(({ commit, id }) => {
    const policy = policies.get(id);
    return policy === undefined ? [] : [{ commit, policy }];
  });
}

/** @throws UsageError for an environment that no policy of the branch ever had */
export async function requireEnvironments(
  store: GitRepository,
  { tip, root }: { readonly tip: string; readonly root: string },
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  const tree = await readTree(store, tip, root);
  const policy = await load({ ...tree, entries: tree.entries.filter(({ path }) => path === policyPath(root)) });
  const today = policy.ok ? policy.loaded.ruleset.documents.policy.environments : [];
  if (names.every((name) => today.includes(name))) return;
  const once = (await policyVersions(store, tip, root)).flatMap((version) => version.policy.environments);
  requireKnown('environment', names, [...new Set([...today, ...once])]);
}

function policyPath(root: string): string {
  return root === '' ? 'policy.yaml' : `${root}/policy.yaml`;
}

/** What to say of a key that no commit has a file of: that only the ledger knows it. @throws UsageError for any other */
export async function unknownKey(store: GitRepository, tip: string, root: string, key: string): Promise<string> {
  const { records, ledger } = await keyHistory(store, tip, root);
  const entry = ledger.find((one) => one.key === key);
  if (entry !== undefined) {
    return `${key} is known by the ledger alone: retired at ${entry.retiredAt}, ${JSON.stringify(entry.reason)}`;
  }
  const meant = nearest(key, [...new Set([...records.keys(), ...ledger.map((one) => one.key)])]);
  const hint = meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
  throw new UsageError(`there is no flag ${JSON.stringify(key)}, and never was one on this branch${hint}`);
}
