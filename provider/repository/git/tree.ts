/** A commit as a tree of flag files, out of the object store: symlinks, submodules, filters are inert data. */
import { localEnvironment } from './environment.js';
import { type BlobRequest, readBlobs } from './objects.js';
import { type GitLimits, runGit } from './process.js';
import { shown } from './redact.js';
import { type GitRepository, isCommitHash } from './repository.js';
import { parsePath } from './url.js';
import { SyncError } from '../sync-error.js';
import type { Tree, TreeEntry } from '../tree.js';

/** What of a commit to list. */
export interface TreeOptions extends GitLimits {
  /** Also list the CODEOWNERS files, wherever the root is; left out: no. */
  readonly codeowners?: boolean;
}

/** The same limit as a directory has. */
const MAX_FILES = 50_000;

/** A listing line is about 100 bytes: a root with half a million files. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024;

const LIST_TIMEOUT_MS = 30_000;

/** Where forges look for it. */
const CODEOWNERS_PATHS = ['CODEOWNERS', '.github/CODEOWNERS', 'docs/CODEOWNERS'];

const LISTING_LINE = /^(\d{6}) (?:blob|commit) ([0-9a-f]+) +(\d+|-)\t$/;
const KINDS: Readonly<Record<string, TreeEntry['kind']>> = {
  '100644': 'file',
  '100664': 'file',
  '100755': 'file',
  '120000': 'symlink',
  '160000': 'submodule',
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The path as text; bytes that are not UTF-8 become `\xHH`, so that different names stay different. */
function pathOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1').replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  }
}

function parseEntry(line: Buffer): TreeEntry {
  const tab = line.indexOf('\t') + 1;
  const [, mode = '', id, size] = LISTING_LINE.exec(line.toString('latin1', 0, tab)) ?? [];
  const kind = KINDS[mode];
  if (id === undefined || kind === undefined) {
    throw new SyncError(`git ls-tree printed an unexpected line: ${shown(line.toString())}`, 'later');
  }
  const path = pathOf(line.subarray(tab));
  return size === '-' ? { path, id, kind } : { path, id, kind, size: Number(size) };
}

function parseListing(output: Buffer, isWanted: (entry: TreeEntry) => boolean): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let start = 0, end; (end = output.indexOf(0, start)) !== -1; start = end + 1) {
    const entry = parseEntry(output.subarray(start, end));
    if (isWanted(entry)) entries.push(entry);
    if (entries.length > MAX_FILES) throw new SyncError(`there are more than ${MAX_FILES} files`, 'later');
  }
  return entries;
}

async function list(repository: GitRepository, commit: string, paths: readonly string[], limits: GitLimits) {
  const { exitCode, stdout, stderr } = await runGit({
    gitDir: repository.gitDir,
    args: ['ls-tree', '-r', '-z', '-l', '--full-tree', commit, '--', ...paths],
    environment: localEnvironment(repository.gitDir),
    signal: limits.signal,
    timeoutMs: limits.timeoutMs ?? LIST_TIMEOUT_MS,
    maxOutputBytes: MAX_LISTING_BYTES,
  });
  if (exitCode === 0) return stdout;
  await repository.reportDamage?.();
  throw new SyncError(`cannot list commit ${commit} in ${repository.gitDir}: ${shown(stderr)}`, 'later');
}

/** Submodules have no bytes here. */
function requestsFor(entries: readonly TreeEntry[], maxBytes: number): BlobRequest[] {
  const sizes = new Map<string, number>();
  for (const { id, size } of entries) if (size !== undefined && size <= maxBytes) sizes.set(id, size);
  return [...sizes].map(([id, size]) => ({ id, size }));
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
  const owners = options.codeowners === true ? CODEOWNERS_PATHS : [];
  const isWanted = ({ path, kind }: TreeEntry): boolean =>
    owners.includes(path) ||
    ((folder === '' || path.startsWith(`${folder}/`) || path === folder) &&
      (kind !== 'file' || path === folder || /\.ya?ml$/i.test(path)));
  const listing = await list(repository, commit, folder === '' ? [] : [folder, ...owners], options);
  const entries = parseListing(listing, isWanted);
  if (entries.some(({ path }) => path === folder)) {
    throw new SyncError(`"${folder}" is not a folder at commit ${commit}`, 'later');
  }
  return {
    revision: commit,
    repository: repository.name,
    root: folder,
    entries,
    hasCodeowners: options.codeowners === true,
    read: (wanted, maxBytes) => readBlobs(repository, requestsFor(wanted, maxBytes), options),
  };
}
