/** A directory as a tree: read so that a change under way never shows as a mixture of before and after. */
import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { DigestMemory, digestOfBytes, readListed } from './digest.js';
import { forEachConcurrently, ifThere } from './file-access.js';
import { isInside } from './file-names.js';
import { listFile, listFiles, type ListedFile, type Listing } from './listing.js';
import { SyncError } from './sync-error.js';
import type { Tree, TreeEntry } from './tree.js';

/** How long to leave a directory alone that changed while it was read; an editor's save takes a few milliseconds. */
const QUIET_MS = 50;
/** With the quiet waits about a second: what changes for longer is better tried again later. */
const MAX_ATTEMPTS = 20;
/** The slowest clock tick of a common kernel (100 Hz): times of two changes within one may be equal. */
const TICK_MS = 10;
/** How many entries are compared or hashed before other work has its turn: about a millisecond's worth. */
const ENTRIES_PER_TURN = 1_000;

/** Where the code owners of a repository can be, in GitHub's order of precedence. */
const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** What a reader lists; called anew for each attempt. */
interface Scan {
  readonly label: string;
  readonly facts: Pick<Tree, 'repository' | 'root' | 'hasCodeowners'>;
  /** Undefined where something vanished in between. */
  list(signal: AbortSignal | undefined): Promise<Listing | undefined>;
}

/**
 * Reads one directory again and again, each time as a consistent tree.
 * Files whose inode, size and times are unchanged keep their digest without being read.
 */
export class DirectoryReader {
  private readonly memory = new DigestMemory();
  private accepted: Listing | undefined;

  private constructor(private readonly scan: Scan) {}

  /** A reader of a directory that holds nothing but flags: a plain folder, a git-sync link, a mounted ConfigMap. */
  static ofFlags(directory: string): DirectoryReader {
    return new DirectoryReader({
      label: directory,
      facts: { repository: repositoryName(directory), root: '', hasCodeowners: false },
      list: async (signal) => {
        const root = await realRoot(directory);
        return ifThere(listFiles(root, { prefix: '', follow: 'inside', signal }));
      },
    });
  }

  /** A reader of the flags folder of a repository's working tree, with the repository's CODEOWNERS files. */
  static ofWorkingTree(repositoryRoot: string, path: string): DirectoryReader {
    return new DirectoryReader({
      label: join(repositoryRoot, path),
      facts: { repository: basename(resolve(repositoryRoot)), root: path, hasCodeowners: true },
      list: (signal) => listWorkingTree(repositoryRoot, path, signal),
    });
  }

  /**
   * The directory as it is now.
   * @throws SyncError (later) when it can't be read or does not come to rest; the signal's reason on abort
   */
  async read(signal?: AbortSignal): Promise<Tree> {
    try {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const tree = await this.attempt(signal);
        if (tree !== undefined) return tree;
        await wait(QUIET_MS, undefined, { signal });
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      throw asSyncError(this.scan.label, error);
    }
    throw new SyncError(`${this.scan.label} kept changing while it was read`, 'later');
  }

  private async attempt(signal: AbortSignal | undefined): Promise<Tree | undefined> {
    const startedAtMs = Date.now();
    const listing = await this.scan.list(signal);
    if (listing === undefined || isFresh(listing, startedAtMs)) return undefined;
    const digests = await this.memory.of(listing.files, signal);
    if (digests === undefined) return undefined;
    // Where nothing had to be read and nothing differs from the last tree, there was no time in which to be torn.
    const isAsBefore = digests.isRemembered && isSameListing(listing, this.accepted);
    if (!isAsBefore && !isSameListing(listing, await this.scan.list(signal))) return undefined;
    this.accepted = listing;
    return treeOf(listing.files, digests.ids, this.scan);
  }
}

/** A directory that holds nothing but flags, as a tree. @throws SyncError */
export function readDirectory(directory: string): Promise<Tree> {
  return DirectoryReader.ofFlags(directory).read();
}

/**
 * The flags folder of a repository's working tree as a tree, as git would commit it: no symlink is followed.
 * @param path from the repository's root, with slashes, none at its ends; may be empty
 * @throws SyncError
 */
export function readWorkingTree(repositoryRoot: string, path: string): Promise<Tree> {
  return DirectoryReader.ofWorkingTree(repositoryRoot, path).read();
}

function repositoryName(directory: string): string {
  const absolute = resolve(directory);
  return basename(absolute) === 'flags' ? basename(dirname(absolute)) : basename(absolute);
}

/** Resolved once for each listing, so that a swapped link gives files of one version only. */
async function realRoot(directory: string): Promise<string> {
  const real = await realpath(directory);
  // A ConfigMap's files are links through `..data`, which points to the folder of the current version.
  const version = await ifThere(realpath(join(real, '..data')));
  const root = version ?? real;
  if (!(await stat(root)).isDirectory()) throw new SyncError(`${directory} is not a directory`, 'later');
  return root;
}

async function listWorkingTree(repositoryRoot: string, path: string, signal: AbortSignal | undefined) {
  const top = await realpath(repositoryRoot);
  const root = await realpath(join(top, path));
  if (!isInside(top, root)) throw new SyncError(`${path} leads out of ${repositoryRoot}`, 'never');
  const prefix = path === '' ? '' : `${path}/`;
  const listing = await ifThere(listFiles(root, { prefix, follow: 'never', signal }));
  const owners = await Promise.all(codeownersPaths.map((owned) => listFile(join(top, owned), owned)));
  const files = [...owners.filter((file) => file !== undefined), ...(listing?.files ?? [])];
  return listing && { ...listing, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Whether something changed so recently that another change just now may leave its times as they are. */
function isFresh({ files }: Listing, startedAtMs: number): boolean {
  // A time well ahead of ours is another machine's clock, which tells nothing.
  return files.some(({ changedAtMs }) => changedAtMs > startedAtMs - TICK_MS && changedAtMs < Date.now() + TICK_MS);
}

function isSameListing(a: Listing, b: Listing | undefined): boolean {
  const isSame = (file: ListedFile, index: number): boolean => {
    const other = b?.files[index];
    return file.path === other?.path && file.realPath === other.realPath && file.identity === other.identity;
  };
  return (
    a.files.length === b?.files.length &&
    a.folders.length === b.folders.length &&
    a.folders.every((identity, index) => identity === b.folders[index]) &&
    a.files.every(isSame)
  );
}

async function treeOf(files: readonly ListedFile[], ids: ReadonlyMap<string, string>, scan: Scan): Promise<Tree> {
  const hash = createHash('sha256');
  const entries: TreeEntry[] = [];
  for (const { path, kind, size } of files) {
    const id = ids.get(path) ?? '';
    entries.push({ path, id, kind, size });
    hash.update(`${path}\0${id}\n`);
    if (entries.length % ENTRIES_PER_TURN === 0) await nextTurn();
  }
  return {
    revision: `sha256:${hash.digest('hex')}`,
    ...scan.facts,
    entries,
    read: (wanted, maxBytes) => readEntries(wanted, maxBytes, files, scan.label),
  };
}

/** Reads entries anew and holds them against their digests: a tree gives the bytes that it was made of, or none. */
async function readEntries(
  wanted: readonly TreeEntry[],
  maxBytes: number,
  files: readonly ListedFile[],
  label: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const bytesById = new Map<string, Uint8Array>();
  await forEachConcurrently(wanted, async ({ path, id }) => {
    const file = byPath.get(path);
    if (file?.kind !== 'file' || file.size > maxBytes || bytesById.has(id)) return;
    const bytes = await readListed(file).catch((error: unknown) => Promise.reject(asSyncError(label, error)));
    if (bytes === undefined || (await digestOfBytes(file.size, bytes)) !== id) {
      throw new SyncError(`${path} changed after it was listed`, 'later');
    }
    bytesById.set(id, bytes);
  });
  return bytesById;
}

function asSyncError(label: string, error: unknown): unknown {
  // Errors of the file system have a code; whatever has none is a bug, and stays one.
  if (!(error instanceof Error) || error instanceof SyncError || !('code' in error)) return error;
  return new SyncError(`can't read ${label}: ${error.message}`, 'later', { cause: error });
}
