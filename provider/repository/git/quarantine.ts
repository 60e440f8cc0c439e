/**
 * Where a fetch puts what it receives until all of it is known to be good: git itself leaves refused, half and
 * oversized packs in the store, where a later fetch takes their objects for its own.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { isErrno } from './files.js';

/** A file of the object directory that was received. */
export interface ReceivedFile {
  /** From the object directory. */
  readonly path: string;
  readonly bytes: number;
}

/** What every quarantine's name begins with; scope and process follow. */
const PREFIX = 'incoming';

/** Enough to tell apart the containers that may share a directory. */
const SCOPE_LENGTH = 8;

/** Then it is made anew: cleaners of temporary folders take its parts one by one, once they are old. */
const MAX_AGE_MS = 60 * 60_000;

/** Those of this process: after a restart, another process may have had our id. */
const ours = new Set<string>();

/** Clean ones, by store, for the next fetch: making one takes as long as a poll that finds nothing. */
const idle = new Map<string, Quarantine[]>();

async function filesBelow(folder: string, prefix: string): Promise<ReceivedFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry): Promise<ReceivedFile[]> => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, `${prefix}${entry.name}/`);
    return [{ path: `${prefix}${entry.name}`, bytes: (await stat(path)).size }];
  });
  return (await Promise.all(found)).flat();
}

const keepOf = (packPath: string): string => packPath.replace(/\.pack$/, '.keep');

/** Where process ids mean the same: this machine, or this container of it. */
async function processScope(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return createHash('sha256').update(`${hostname()}\0${namespace}`).digest('hex').slice(0, SCOPE_LENGTH);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isErrno(error, 'ESRCH');
  }
}

/** Marks a file or folder as in use, for those that sweep by age; false where there is none. */
async function touch(path: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** A git directory with objects of its own, which otherwise is the store: same configuration, refs and objects. */
export class Quarantine {
  /** Git's object directory there. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #objects: string;
  readonly #madeAt = performance.now();

  private constructor(
    private readonly store: string,
    readonly gitDir: string,
  ) {
    this.#objects = join(gitDir, 'objects');
    this.environment = { GIT_OBJECT_DIRECTORY: this.#objects };
  }

  /** Has something done with a clean one inside of a store; of what is not released by then, nothing stays. */
  static async within<T>(store: string, receive: (quarantine: Quarantine) => Promise<T>): Promise<T> {
    const quarantine = (await Quarantine.#reuse(store)) ?? (await Quarantine.#make(store));
    let isClean = false;
    try {
      const result = await receive(quarantine);
      isClean = (await quarantine.received()).length === 0;
      return result;
    } finally {
      if (isClean) idle.set(store, [...(idle.get(store) ?? []), quarantine]);
      else await quarantine.#remove();
    }
  }

  static async #reuse(store: string): Promise<Quarantine | undefined> {
    const quarantine = idle.get(store)?.pop();
    if (quarantine === undefined) return undefined;
    const isYoung = performance.now() - quarantine.#madeAt < MAX_AGE_MS;
    if (isYoung && (await touch(quarantine.gitDir))) return quarantine;
    await quarantine.#remove();
    return undefined;
  }

  static async #make(store: string): Promise<Quarantine> {
    const dir = await mkdtemp(join(store, `${PREFIX}-${await processScope()}-${process.pid}-`));
    ours.add(dir);
    await mkdir(join(dir, 'objects', 'info'), { recursive: true });
    await Promise.all([
      writeFile(join(dir, 'HEAD'), 'ref: refs/heads/main\n'),
      writeFile(join(dir, 'commondir'), '..\n'),
      writeFile(join(dir, 'objects', 'info', 'alternates'), '../../objects\n'),
    ]);
    return new Quarantine(store, dir);
  }

  /** What has been received so far. May fail while git is at work. */
  async received(): Promise<readonly ReceivedFile[]> {
    const files = await filesBelow(this.#objects, '');
    return files.filter(({ path }) => path !== 'info/alternates');
  }

  /** The id of the object that was fetched; undefined where there is none. */
  async fetchedId(): Promise<string | undefined> {
    const text = await readFile(join(this.gitDir, 'FETCH_HEAD'), 'latin1');
    return /^(?:[0-9a-f]{40}|[0-9a-f]{64})(?=\t)/.exec(text)?.[0];
  }

  /** Moves what was received into the store, and has a ref point to a commit; nobody else may write that ref. */
  async release(received: readonly ReceivedFile[], ref: string, commit: string): Promise<void> {
    const paths = received.map(({ path }) => path);
    const objects = join(this.store, 'objects');
    // A collector deletes packs that it has listed, and keeps only the objects of those whose index it has read:
    // `.keep` has it spare the pack that gets its index in between, as git's own fetch does.
    const keeps = paths.filter((path) => path.endsWith('.pack')).map((path) => join(objects, keepOf(path)));
    try {
      await Promise.all(keeps.map((keep) => writeFile(keep, '')));
      // A pack is there for git once its index is.
      for (const path of paths.sort((a, b) => Number(a.endsWith('.idx')) - Number(b.endsWith('.idx')))) {
        await this.#move(join(this.#objects, path), join(objects, path));
      }
      const written = join(this.gitDir, 'ref');
      await writeFile(written, `${commit}\n`);
      await this.#move(written, join(this.store, ref));
    } finally {
      await Promise.all(keeps.map((keep) => rm(keep, { force: true })));
    }
  }

  /** Marks a ref of the store as in use; false where there is none. */
  async keep(ref: string): Promise<boolean> {
    return touch(join(this.store, ref));
  }

  async #remove(): Promise<void> {
    ours.delete(this.gitDir);
    // No longer ours, it is swept by the next fetch if that fails now.
    await rm(this.gitDir, { recursive: true, force: true }).catch(() => undefined);
  }

  async #move(from: string, to: string): Promise<void> {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  }
}

/** Removes the quarantines of processes that have ended; those of which that can't be known are left to `sweepOthers`. */
export async function sweepQuarantines(
  store: string,
  names: readonly string[],
  sweepOthers: (names: readonly string[]) => Promise<void>,
): Promise<void> {
  const found = names.filter((name) => name.startsWith(`${PREFIX}-`) && !ours.has(join(store, name)));
  if (found.length === 0) return;
  const scope = await processScope();
  const isDead = (name: string): boolean => {
    const [, itsScope, pid] = name.split('-');
    return itsScope === scope && (Number(pid) === process.pid || !isRunning(Number(pid)));
  };
  const dead = found.filter(isDead);
  await Promise.all(dead.map((name) => rm(join(store, name), { recursive: true, force: true })));
  await sweepOthers(found.filter((name) => !dead.includes(name)));
}
