/** The flag files below a folder, without their bytes. */
import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, opendir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { forEachConcurrently, ifThere } from './file-access.js';
import { isInside, isSkippedName } from './file-names.js';
import { SyncError } from './sync-error.js';

/** A file as it was when it was listed. */
export interface ListedFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  /** Where the bytes are, with every symlink resolved. */
  readonly realPath: string;
  readonly kind: 'file' | 'symlink' | 'submodule';
  /** In bytes. */
  readonly size: number;
  /** Device, inode, size and times: equal only if the file is very likely unchanged. */
  readonly identity: string;
  /** Where a symlink points to, as it is written. */
  readonly target?: string;
  /** When its bytes or its inode last changed, in milliseconds of the file system's clock. */
  readonly changedAtMs: number;
}

/** What was found below a folder. */
export interface Listing {
  /** By path. */
  readonly files: readonly ListedFile[];
  /** The folders' inodes and times, which change when a name in them does; in the order of the walk. */
  readonly folders: readonly string[];
}

/** How to list. */
export interface ListingOptions {
  /** What to put before each path: empty, or a path and a slash. */
  readonly prefix: string;
  /**
   * `inside`: symlinks that stay below the folder are followed, as a mounted volume needs.
   * `never`: as git reads a commit, where a symlink is inert and a nested repository is a submodule.
   */
  readonly follow: 'inside' | 'never';
  readonly signal?: AbortSignal | undefined;
}

/** Every name that is met counts, so that a folder given by mistake, such as a home folder, is refused soon. */
const MAX_NAMES = 50_000;
/** A flag file is two folders deep; the rest is for repositories that nest theirs. */
const MAX_DEPTH = 32;

/**
 * The YAML files, symlinks and submodules below a folder. What vanishes meanwhile is left out: `folders` will differ.
 * @param root absolute, with symlinks resolved
 * @throws SyncError beyond the limits; errors of the file system as they are
 */
export async function listFiles(root: string, options: ListingOptions): Promise<Listing> {
  const walk: Walk = { ...options, root, folders: [], names: 0 };
  const files = await listFolder({ real: root, path: options.prefix, ancestors: [] }, walk);
  return { files, folders: walk.folders };
}

/** One file by its path, if it is a regular file or a symlink. */
export async function listFile(real: string, path: string): Promise<ListedFile | undefined> {
  const stat = await ifThere(lstat(real, { bigint: true }));
  if (stat === undefined || !(stat.isFile() || stat.isSymbolicLink())) return undefined;
  const target = stat.isSymbolicLink() ? await ifThere(readlink(real)) : undefined;
  return {
    path,
    realPath: real,
    kind: stat.isFile() ? 'file' : 'symlink',
    size: Number(stat.size),
    identity: identityOf(stat),
    ...(target !== undefined && { target }),
    changedAtMs: Math.max(Number(stat.mtimeMs), Number(stat.ctimeMs)),
  };
}

function identityOf(stat: BigIntStats): string {
  return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(':');
}

interface Folder {
  readonly real: string;
  /** Empty, or with a slash at its end. */
  readonly path: string;
  /** The real paths of the folders above, against links that lead back up. */
  readonly ancestors: readonly string[];
}

interface Walk extends ListingOptions {
  readonly root: string;
  readonly folders: string[];
  names: number;
}

/** A name of a folder, resolved as far as the options allow. */
interface Item {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'symlink';
  readonly real: string;
}

async function listFolder(folder: Folder, walk: Walk): Promise<readonly ListedFile[]> {
  walk.signal?.throwIfAborted();
  if (folder.ancestors.length > MAX_DEPTH) throw new SyncError(`${folder.path} is nested too deep`, 'later');
  const entries = await readNames(folder, walk);
  if (walk.follow === 'never' && folder.ancestors.length > 0 && entries.some((entry) => entry.name === '.git')) {
    return [submodule(folder)];
  }
  const items = await resolveItems(folder, entries, walk);
  const found: (readonly ListedFile[])[] = [];
  await forEachConcurrently(items, async (item, index) => {
    if (item.kind === 'folder') return;
    const file = await listFile(item.real, folder.path + item.name);
    found[index] = file === undefined ? [] : [file];
  });
  const ancestors = [...folder.ancestors, folder.real];
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'folder') continue;
    found[index] = await listFolder({ real: item.real, path: `${folder.path}${item.name}/`, ancestors }, walk);
  }
  return found.flat();
}

async function readNames(folder: Folder, walk: Walk): Promise<readonly Dirent[]> {
  // Before the names: a later change of them then shows in the next listing.
  walk.folders.push(identityOf(await lstat(folder.real, { bigint: true })));
  const entries: Dirent[] = [];
  for await (const entry of await opendir(folder.real, { bufferSize: 1024 })) {
    if (++walk.names > MAX_NAMES) throw new SyncError(`there are more than ${MAX_NAMES} files and folders`, 'later');
    entries.push(entry);
  }
  return entries;
}

/** What is worth listing, in git's order: a folder's name compares as if it ended in a slash, so that paths are sorted. */
async function resolveItems(folder: Folder, entries: readonly Dirent[], walk: Walk): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (const entry of entries) {
    if (isSkippedName(entry.name)) continue;
    const { name, kind, real } = await resolveItem(folder, entry, walk);
    if (kind === undefined || (kind === 'file' && !/\.ya?ml$/i.test(name))) continue;
    if (name.includes('\ufffd')) throw new SyncError(`the name of ${folder.path}${name} is not UTF-8`, 'later');
    items.push({ name, kind, real });
  }
  const order = (item: Item) => (item.kind === 'folder' ? `${item.name}/` : item.name);
  return items.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

async function resolveItem(folder: Folder, entry: Dirent, walk: Walk) {
  const unresolved = { name: entry.name, real: join(folder.real, entry.name) };
  if (!entry.isSymbolicLink()) return { ...unresolved, kind: kindOf(entry) };
  const link = { ...unresolved, kind: 'symlink' as const };
  if (walk.follow === 'never') return link;
  const real = await ifThere(realpath(unresolved.real));
  if (real === undefined || !isInside(walk.root, real)) return link;
  const kind = kindOf(await ifThere(lstat(real)));
  const leadsUp = real === folder.real || folder.ancestors.includes(real);
  return kind === undefined || leadsUp ? link : { name: entry.name, real, kind };
}

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'> | undefined): 'file' | 'folder' | undefined {
  if (entry === undefined) return undefined;
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : undefined;
}

function submodule(folder: Folder): ListedFile {
  const path = folder.path.slice(0, -1);
  return { path, realPath: folder.real, kind: 'submodule', size: 0, identity: 'submodule', changedAtMs: 0 };
}
