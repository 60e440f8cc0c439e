/** The entries of a commit, out of the object store: all of them, or what changed since another commit. */
import { isAscii } from 'node:buffer';
import { localEnvironment } from './environment.js';
import { type GitLimits, type GitResult, runGit } from './process.js';
import { shown } from './redact.js';
import type { GitRepository } from './repository.js';
import { Slices } from '../slices.js';
import { SyncError } from '../sync-error.js';
import type { TreeEntry } from '../tree.js';

/** What to list. */
export interface ListingRequest {
  readonly repository: GitRepository;
  /** A full hash. */
  readonly commit: string;
  /** Taken literally, from the repository's root; none for everything. */
  readonly paths: readonly string[];
  readonly isWanted: (entry: TreeEntry) => boolean;
  readonly limits: GitLimits;
}

/** The same limit as a directory has. */
export const MAX_FILES = 50_000;

/** A listing line is about 100 bytes: a root with half a million files. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024;

const LIST_TIMEOUT_MS = 30_000;

const LISTING_LINE = /^(\d{6}) (?:blob|commit) ([0-9a-f]+) +(\d+|-)\t$/;
const KINDS: Readonly<Record<string, TreeEntry['kind']>> = {
  '100644': 'file',
  '100664': 'file',
  '100755': 'file',
  '120000': 'symlink',
  '160000': 'submodule',
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What an entry of this mode is; undefined for a mode that git does not know. */
export function kindOf(mode: string): TreeEntry['kind'] | undefined {
  return KINDS[mode];
}

/** The path as text; bytes that are not UTF-8 become `\xHH`, so that different names stay different. */
export function pathOf(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1').replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  }
}

/** Refuses more entries than a tree may have. @throws SyncError */
export function checkCount(entries: readonly TreeEntry[]): void {
  if (entries.length > MAX_FILES) throw new SyncError(`there are more than ${MAX_FILES} files`, 'later');
}

/** Runs a git command that prints a list. */
export function runListing(
  { repository, limits }: ListingRequest,
  args: readonly string[],
  input?: string,
): Promise<GitResult> {
  return runGit({
    ...limits,
    gitDir: repository.gitDir,
    args,
    environment: localEnvironment(repository.gitDir),
    timeoutMs: limits.timeoutMs ?? LIST_TIMEOUT_MS,
    maxOutputBytes: MAX_LISTING_BYTES,
    ...(input !== undefined && { input }),
  });
}

function parseEntry(line: Buffer): TreeEntry {
  const tab = line.indexOf('\t') + 1;
  const [, mode = '', id, size] = LISTING_LINE.exec(line.toString('latin1', 0, tab)) ?? [];
  const kind = kindOf(mode);
  if (id === undefined || kind === undefined) {
    throw new SyncError(`git ls-tree printed an unexpected line: ${shown(line.toString())}`, 'later');
  }
  const path = pathOf(line.subarray(tab));
  return size === '-' ? { path, id, kind } : { path, id, kind, size: Number(size) };
}

async function parseListing(output: Buffer, { isWanted }: ListingRequest): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const slices = new Slices();
  for (let start = 0, end; (end = output.indexOf(0, start)) !== -1; start = end + 1) {
    const entry = parseEntry(output.subarray(start, end));
    if (isWanted(entry)) entries.push(entry);
    checkCount(entries);
    if (slices.isOver) await slices.pause();
  }
  return entries;
}

/** The wanted entries of a commit, in git's order. @throws SyncError when it can't be read */
export async function listEntries(request: ListingRequest): Promise<readonly TreeEntry[]> {
  const { repository, commit, paths } = request;
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', commit, '--', ...paths];
  const { exitCode, stdout, stderr } = await runListing(request, args);
  if (exitCode === 0) return parseListing(stdout, request);
  await repository.reportDamage?.();
  throw new SyncError(`cannot list commit ${commit} in ${repository.gitDir}: ${shown(stderr)}`, 'later');
}
