/** A commit as a tree of flag files, out of the object store: symlinks, submodules, filters are inert data. */
import { listChangedEntries } from './changed-listing.js';
import { listEntries, type ListingRequest } from './listing.js';
import { type BlobRequest, readBlobs } from './objects.js';
import type { GitLimits } from './process.js';
import { shown } from './redact.js';
import { type GitRepository, isCommitHash } from './repository.js';
import { parsePath } from './url.js';
import { Slices } from '../slices.js';
import { SyncError } from '../sync-error.js';
import type { Tree, TreeEntry } from '../tree.js';

/** What of a commit to list. */
export interface TreeOptions extends GitLimits {
  /** Also list the CODEOWNERS files, wherever the root is; left out: no. */
  readonly codeowners?: boolean;
  /** A tree of the same repository that `readTree` gave: only what changed since is listed. Any other is ignored. */
  readonly previous?: Tree | undefined;
}

/** Where forges look for it. */
export const CODEOWNERS_PATHS = ['CODEOWNERS', '.github/CODEOWNERS', 'docs/CODEOWNERS'];

/** The trees that were listed here, whose entries are known to be git's. */
const listed = new WeakSet<Tree>();

/** Submodules have no bytes here. */
async function requestsFor(entries: readonly TreeEntry[], maxBytes: number): Promise<BlobRequest[]> {
  const slices = new Slices();
  const requests = new Map<string, BlobRequest>();
  for (const { id, size } of entries) {
    if (slices.isOver) await slices.pause();
    if (size !== undefined && size <= maxBytes) requests.set(id, { id, size });
  }
  return [...requests.values()];
}

/** A commit's entries do not depend on the store, hence no look at which one `previous` came from. */
async function entriesOf(request: ListingRequest, root: string, options: TreeOptions): Promise<readonly TreeEntry[]> {
  const { previous, codeowners = false } = options;
  const isUsable = previous !== undefined && listed.has(previous) && previous.root === root;
  if (!isUsable || previous.hasCodeowners !== codeowners) return listEntries(request);
  const changed = await listChangedEntries(request, { commit: previous.revision, entries: previous.entries });
  return changed ?? listEntries(request);
}

/**
 * The YAML files of a commit under `root` ('' for all), and whatever symlinks and submodules are there, as a tree.
 * @param commit a full hash, as `fetchRef` and `resolveRevision` give it
 * @throws SyncError when the objects can't be read or the root is no folder (later), or the root is refused (never)
 */
export async function readTree(
  repository: GitRepository,
  commit: string,
  root: string,
  options: TreeOptions = {},
): Promise<Tree> {
  if (!isCommitHash(commit)) throw new SyncError(`"${shown(commit)}" is not the full hash of a commit`, 'never');
  const folder = parsePath(root);
  const { previous: _, codeowners = false, ...limits } = options;
  const owners = codeowners ? CODEOWNERS_PATHS : [];
  const isWanted = ({ path, kind }: TreeEntry): boolean =>
    owners.includes(path) ||
    ((folder === '' || path.startsWith(`${folder}/`) || path === folder) &&
      (kind !== 'file' || path === folder || /\.ya?ml$/i.test(path)));
  const paths = folder === '' ? [] : [folder, ...owners];
  const entries = await entriesOf({ repository, commit, paths, isWanted, limits }, folder, options);
  if (entries.some(({ path }) => path === folder)) {
    throw new SyncError(`"${folder}" is not a folder at commit ${commit}`, 'later');
  }
  const tree: Tree = {
    revision: commit,
    repository: repository.name,
    root: folder,
    entries,
    hasCodeowners: codeowners,
    read: async (wanted, maxBytes) => readBlobs(repository, await requestsFor(wanted, maxBytes), limits),
  };
  listed.add(tree);
  return tree;
}
