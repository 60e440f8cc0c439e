/** A ref of a git repository as a source: fetched at intervals, loaded when it moves. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import {
  fetchRef,
  isAncestor,
  openRepository,
  parseGitUrl,
  parsePath,
  parseRef,
  readTree,
  resolveRevision,
  type GitAuth,
  type GitLimits,
  type GitMirror,
  type GitRemote,
} from '../repository/git.js';
import { SyncError, type LoadedRepository, type Tree } from '../repository/index.js';
import { Intake } from './intake.js';
import { PollLoop, type Report } from './poll-loop.js';
import { checkRevision } from './revision.js';
import { backingOff, checkInterval, systemTimer, type Random, type Timer } from './schedule.js';
import type { Source, SourceIdentity, SourceListener } from './source.js';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.js';

/** Where the flags are, how to get there and how often to look. */
export interface GitSourceOptions {
  /** https, ssh or file; without credentials. */
  readonly url: string;
  /** A branch, `HEAD` or `refs/...`; left out: `HEAD`. */
  readonly ref?: string;
  /** The flags folder from the repository's root; left out: `flags`. */
  readonly path?: string;
  /** Left out: 15 seconds; a second at least. */
  readonly pollIntervalMs?: number;
  /** Keeps what was fetched for the next start; may be shared by processes. Left out: a temporary folder. */
  readonly cacheDir?: string;
  /** The full hash of a commit that, with what follows it, need not follow the last and may lack flags. Left out: none. */
  readonly allowRewindTo?: string;
  readonly auth?: GitAuth;
  readonly timer?: Timer;
  readonly random?: Random;
}

/** Lets 225 processes share one repository of a host that takes 15 reads a second. */
const DEFAULT_INTERVAL_MS = 15_000;
/** SHA-1 or SHA-256, in full. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** 128 bits of a URL's SHA-256, in hex: enough never to meet the same twice. */
const CACHE_NAME_LENGTH = 32;

/** Serves one ref of a git repository. */
export class GitSource implements Source {
  private readonly remote: GitRemote;
  private readonly ref: string;
  private readonly path: string;
  private readonly loop: PollLoop;
  private readonly intake: Intake;
  private readonly cacheDir: string | undefined;
  /** The last that was read, also where it was turned down: the next differs from it in a few files. */
  private tree: Tree | undefined;
  private temporary: string | undefined;
  private mirror: GitMirror | undefined;

  /** @throws SyncError (never) for a URL, ref, path or interval that can't be used */
  constructor(options: GitSourceOptions) {
    const { ref = 'HEAD', path = 'flags', pollIntervalMs = DEFAULT_INTERVAL_MS } = options;
    const { timer = systemTimer, random = Math.random } = options;
    this.remote = { url: parseGitUrl(options.url).url, ...(options.auth !== undefined && { auth: options.auth }) };
    this.intake = new Intake(checkRevision(options.allowRewindTo, COMMIT));
    this.ref = parseRef(ref);
    this.path = parsePath(path);
    this.cacheDir = options.cacheDir === undefined ? undefined : resolve(options.cacheDir);
    this.loop = new PollLoop({
      poll: (signal, isBackground) => this.poll({ signal, isBackground }),
      schedule: backingOff(checkInterval(pollIntervalMs), random),
      timer,
    });
  }

  get identity(): SourceIdentity {
    return { source: this.remote.url, ref: this.ref, path: this.path };
  }

  start(listener: SourceListener, previous?: LoadedRepository): Promise<void> {
    this.intake.adopt(previous);
    return this.loop.start(listener, previous !== undefined);
  }

  refresh(): Promise<void> {
    return this.loop.refresh();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    if (this.temporary !== undefined) await removeTemporaryFolder(this.temporary);
  }

  private async poll(limits: GitLimits): Promise<Report> {
    const { mirror, commit } = await this.fetch(limits);
    return this.intake.judge({
      revision: commit,
      read: async () => (this.tree = await readTree(mirror, commit, this.path, { ...limits, previous: this.tree })),
      follows: async (later, earlier) =>
        // What served before the cache was lost may be in it no more, and then nothing can be said of it.
        later !== commit && (await resolveRevision(mirror, later)) === undefined
          ? undefined
          : isAncestor(mirror, earlier, later, limits),
    });
  }

  private async fetch(limits: GitLimits): Promise<{ readonly mirror: GitMirror; readonly commit: string }> {
    try {
      const mirror = (this.mirror ??= await this.openIn(this.cacheDir ?? (await this.temporaryFolder())));
      return { mirror, commit: await fetchRef(mirror, this.ref, limits) };
    } catch (error) {
      if (!(error instanceof SyncError) || !error.isOfCache || this.temporary !== undefined) throw error;
      const mirror = (this.mirror = await this.fallBack(error));
      return { mirror, commit: await fetchRef(mirror, this.ref, limits) };
    }
  }

  /** A cache that can't be written must not keep a kill from arriving: a temporary folder serves until the next start. */
  private async fallBack(error: SyncError): Promise<GitMirror> {
    const mirror = await this.openIn(await this.temporaryFolder());
    const message = `${error.message}; what is fetched goes to a temporary folder instead`;
    this.loop.tell((listener) => listener.degraded(new SyncError(message, 'later', { cause: error })));
    return mirror;
  }

  private async temporaryFolder(): Promise<string> {
    return (this.temporary ??= await makeTemporaryFolder());
  }

  private openIn(folder: string): Promise<GitMirror> {
    const name = createHash('sha256').update(this.remote.url).digest('hex').slice(0, CACHE_NAME_LENGTH);
    return openRepository({ dir: join(folder, name), remote: this.remote });
  }
}
