/** Which files are protected by the policy of a commit. */
import { load, readTree, type GitRepository } from '../../provider/repository/index.js';
import { ProtectedFiles } from './protected-files.js';

/** Those of every repository, and those that the commit's policy names, where it can be read. @throws SyncError */
export async function protectedFilesAt(
  repository: GitRepository,
  commit: string,
  root: string,
): Promise<ProtectedFiles> {
  const tree = await readTree(repository, commit, root);
  const file = root === '' ? 'policy.yaml' : `${root}/policy.yaml`;
  const result = await load({ ...tree, entries: tree.entries.filter(({ path }) => path === file) });
  return new ProtectedFiles(root, result.ok ? result.loaded.ruleset.documents.policy.protected : []);
}
