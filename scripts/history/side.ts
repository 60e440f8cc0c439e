/** Revisions as sides of a change: what they mean, and what lies between them. */
import {
  changedFiles,
  CODEOWNERS_PATHS,
  load,
  MAX_CODEOWNERS_BYTES,
  mergeTrees,
  readTree,
  type GitRepository,
  type IsolatedRepository,
  type LoadedRepository,
  type Tree,
} from '../../provider/repository/index.js';
import type { ChangedFile, Side } from '../change/change.js';

/** What a change is judged on: the base tip and its merge with the head; or the paths that nobody has merged yet. */
export type Sides =
  | {
      readonly ok: true;
      readonly base: Side;
      readonly result: Side;
      /** Over the whole repository, sorted by path. */
      readonly files: readonly ChangedFile[];
    }
  | { readonly ok: false; readonly base: Side; readonly conflicts: readonly string[] };

/** No line of CODEOWNERS may begin so: whoever reads this as a CODEOWNERS file finds it invalid, as it must be. */
const UNREADABLE = '!unreadable ';

/**
 * Reads a revision as a side.
 * @param revision the full hash of a commit or of a tree
 * @param previous of another revision: files that are the same are not parsed again
 * @throws SyncError when it can't be read
 */
export async function readSide(
  repository: GitRepository,
  revision: string,
  flagsRoot: string,
  previous?: LoadedRepository,
): Promise<Side> {
  const tree = await readTree(repository, revision, flagsRoot, { codeowners: true });
  const [result, codeowners] = await Promise.all([load(tree, previous), readCodeowners(tree)]);
  const loaded = result.ok ? result.loaded : undefined;
  return { revision, loaded, problems: result.ok ? result.warnings : result.problems, codeowners };
}

/**
 * Reads both sides of merging `head` into `base`, which are full hashes of commits. What it gives does not depend on the
 * isolated repository, whose objects of the merge are soon gone.
 * @param hear told which files differ as soon as that is known, while the sides are still being loaded
 * @throws SyncError when a revision can't be read, or the history is not there as a whole
 */
export async function readSides(
  repository: IsolatedRepository,
  base: string,
  head: string,
  flagsRoot: string,
  hear: (files: readonly ChangedFile[]) => void = () => undefined,
): Promise<Sides> {
  const merging = mergeTrees(repository, base, head);
  const comparing = merging.then(async (merge) => {
    const files = merge.ok ? await filesBetween(repository, base, merge.tree) : [];
    hear(files);
    return files;
  });
  const [merge, files, baseSide] = await Promise.all([merging, comparing, readSide(repository, base, flagsRoot)]);
  if (!merge.ok) return { ok: false, base: baseSide, conflicts: merge.conflicts };
  const result = await readSide(repository, merge.tree, flagsRoot, baseSide.loaded);
  return { ok: true, base: baseSide, result, files };
}

async function filesBetween(
  repository: IsolatedRepository,
  before: string,
  after: string,
): Promise<readonly ChangedFile[]> {
  const changes = await changedFiles(repository, before, after);
  const files = changes.map(({ path, status }) => ({ path, status }));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readCodeowners(tree: Tree): Promise<ReadonlyMap<string, string>> {
  const entries = tree.entries.filter(({ path }) => CODEOWNERS_PATHS.includes(path));
  const files = entries.filter(({ kind }) => kind === 'file');
  const bytes = await tree.read(files, MAX_CODEOWNERS_BYTES);
  return new Map(
    entries.map(({ path, id, kind }) => {
      if (kind !== 'file') return [path, `${UNREADABLE}${kind}\n`];
      const content = bytes.get(id);
      return [path, content === undefined ? `${UNREADABLE}size\n` : textOf(content)];
    }),
  );
}

function textOf(bytes: Uint8Array): string {
  // A byte order mark stays, for a host may take it for the beginning of the first pattern.
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return `${UNREADABLE}encoding\n`;
  }
}
