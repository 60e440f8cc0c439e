/** Our own bare repository of a remote. It is only a cache: made where it is missing, made anew where it is damaged. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { GitAuth } from './auth.js';
import { isErrno } from './files.js';
import type { GitLimits } from './process.js';
import { type ObjectFormat, requireGit } from './plumbing.js';
import { Quarantine } from './quarantine.js';
import type { GitRepository } from './repository.js';
import { adoptStore, inodeOf, markDamaged, prepareStore, PRIVATE_REFS, replaceStore, tidyStore } from './store.js';
import { type GitUrl, parseGitUrl } from './url.js';
import { SyncError } from '../sync-error.js';

/** Where to fetch from; `url` as `parseGitUrl` accepts it. */
export interface GitRemote {
  readonly url: string;
  readonly auth?: GitAuth | undefined;
}

/** Where to keep a mirror, and what of. */
export interface MirrorOptions {
  /** Empty, or a mirror already, or made; the folder around it must be writable too. */
  readonly dir: string;
  readonly remote: GitRemote;
  readonly signal?: AbortSignal | undefined;
}

/** Each fetch leaves a pack; more slow every read. */
const FETCHES_BETWEEN_TIDYING = 50;

/** Any number of mirrors, of one process or several, may share a directory; with one of them, fetch one at a time. */
export class GitMirror implements GitRepository {
  readonly name: string;
  /** Where a fetch puts its commit: for this mirror alone, so that nobody else's fetch moves it, and no lock blocks it. */
  readonly ref = `${PRIVATE_REFS}/${randomBytes(8).toString('hex')}`;
  /** What the last fetch brought: an object's id never means another commit. */
  fetched: { readonly id: string; readonly commit: string } | undefined;
  /** The directory that was last prepared: another process may have replaced it since. */
  #inode: number | undefined;
  #fetches = 0;

  constructor(
    readonly gitDir: string,
    readonly remote: GitUrl,
    readonly auth: GitAuth | undefined,
  ) {
    this.name = remote.name;
  }

  /** Has the next fetch, of whatever process, start with a new object store. @throws SyncError */
  async reportDamage(): Promise<void> {
    await this.#change(async () => {
      if ((await inodeOf(this.gitDir)) === this.#inode) await markDamaged(this.gitDir);
    });
  }

  /** Makes the directory ready for a fetch; now and then tidies it, then rather than after: new flags do not wait. */
  async prepare(limits: GitLimits = {}): Promise<void> {
    await this.#change(() => prepareStore(this.gitDir));
    this.#inode = await inodeOf(this.gitDir);
    if (++this.#fetches % FETCHES_BETWEEN_TIDYING === 0) await tidyStore(this.gitDir, limits);
  }

  /** Starts anew in the object format of the remote. @throws SyncError */
  async convert(format: ObjectFormat): Promise<void> {
    await this.#change(() => replaceStore(this.gitDir, format));
    this.#inode = await inodeOf(this.gitDir);
  }

  /** Takes the directory into use if it exists. @throws SyncError */
  async adopt(): Promise<void> {
    await this.#change(async () => {
      if ((await inodeOf(this.gitDir)) !== undefined) await adoptStore(this.gitDir);
    });
  }

  /** Has something done in a quarantine, of which nothing stays that is not released. @throws SyncError */
  inQuarantine<T>(receive: (quarantine: Quarantine) => Promise<T>): Promise<T> {
    return this.#change(() => Quarantine.within(this.gitDir, receive));
  }

  async #change<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } catch (cause) {
      if (cause instanceof SyncError) throw cause;
      const advice = isErrno(cause, 'ENOSPC', 'EDQUOT')
        ? 'the disk is full'
        : isErrno(cause, 'EROFS')
          ? 'the file system is read-only'
          : 'its folder must be writable';
      const message = `the git cache ${this.gitDir} cannot be used; ${advice}`;
      throw new SyncError(message, 'later', { cause, isOfCache: true });
    }
  }
}

/**
 * Opens the mirror in `dir`, which is made where needed; without touching the network.
 * @throws SyncError when the URL is refused, git is missing or `dir` is not ours (never), or can't be written (later)
 */
export async function openRepository({ dir, remote, signal }: MirrorOptions): Promise<GitMirror> {
  const url = parseGitUrl(remote.url);
  await requireGit();
  const mirror = new GitMirror(resolve(dir), url, remote.auth);
  await mirror.adopt();
  await mirror.prepare({ signal });
  await tidyStore(mirror.gitDir, { signal });
  return mirror;
}
