import { lstat, readlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, resolve, sep } from 'node:path';
import { ifThere } from '../repository/file-access.js';
import { isInside, isSkippedName } from '../repository/file-names.js';
import { SyncError } from '../repository/index.js';

/** What must be watched so that every way to change a directory is seen. Paths are absolute, without symlinks. */
export interface WatchPlan {
  /** The folder to watch with all below it; left out while there is none. */
  readonly root?: string;
  /** Folder to names in it: the links that lead to the root, and the first name of the path that does not exist. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  /** Two plans are the same if and only if this is. */
  readonly identity: string;
}

/** Linux's own limit for one path. */
const MAX_LINKS = 40;

/** Walks a path as the kernel does and notes what it depends on. @throws SyncError when a part can't be looked at */
export async function planWatch(directory: string): Promise<WatchPlan> {
  try {
    const walk = new PathWalk();
    const real = await walk.follow(parse(resolve(directory)).root, resolve(directory));
    // A ConfigMap is swapped by its `..data` link, inside of the folder.
    const version = real !== undefined && (await ifThere(lstat(join(real, '..data'))))?.isSymbolicLink();
    const root = version ? await walk.follow(real, '..data') : real;
    const stat = root === undefined ? undefined : await ifThere(lstat(root, { bigint: true }));
    // No folder to watch: what may take its place shows in the one above.
    if (root !== undefined && !stat?.isDirectory()) walk.note(dirname(root), basename(root), 'no folder');
    // Tells a folder from the one that was there before under its name, and maybe with its inode's number.
    const identity = [...walk.trail, `${root}=${stat?.dev}:${stat?.ino}:${stat?.birthtimeNs}`].join('\n');
    return { names: walk.names, identity, ...(root !== undefined && stat?.isDirectory() && { root }) };
  } catch (error) {
    throw new SyncError(`can't look at ${directory}`, 'later', { cause: error });
  }
}

/** Whether a notice about a name in a watched folder may be about the directory. Some systems give no name. */
export function concerns(plan: WatchPlan, folder: string, name: string | null): boolean {
  if (plan.names.get(folder)?.has(name ?? '')) return true;
  if (name === null) return true;
  return plan.root !== undefined && isInside(plan.root, folder) && !isSkippedName(name);
}

class PathWalk {
  readonly names = new Map<string, Set<string>>();
  readonly trail: string[] = [];
  private links = 0;

  /** Where a path leads, seen from a real folder; undefined where a part of it is missing. */
  async follow(from: string, path: string): Promise<string | undefined> {
    let real = from;
    const pending = partsOf(path);
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      const here = name === '..' ? dirname(real) : join(real, name);
      const stat = await ifThere(lstat(here));
      if (stat === undefined) return this.note(real, name, 'missing');
      if (!stat.isSymbolicLink()) {
        real = here;
        continue;
      }
      const target = (await ifThere(readlink(here))) ?? '';
      this.note(real, name, target);
      if (++this.links > MAX_LINKS) return undefined;
      if (isAbsolute(target)) real = parse(target).root;
      pending.unshift(...partsOf(target));
    }
    return real;
  }

  /** Notes a name on which the path depends, and what is there. */
  note(folder: string, name: string, found: string): undefined {
    const names = this.names.get(folder) ?? new Set();
    this.names.set(folder, names.add(name));
    this.trail.push(`${join(folder, name)}>${found}`);
  }
}

function partsOf(path: string): string[] {
  const relative = isAbsolute(path) ? path.slice(parse(path).root.length) : path;
  return relative.split(sep).filter((part) => part !== '' && part !== '.');
}
