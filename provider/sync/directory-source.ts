/** A directory as a source: watched, and read at intervals for what a watcher can't see. */
import { basename, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { watch, type FSWatcher } from 'chokidar';
import { DirectoryReader } from '../repository/directory.js';
import { isInside, isSkippedName } from '../repository/file-names.js';
import { SyncError, type LoadedRepository } from '../repository/index.js';
import { Debounce } from './debounce.js';
import { Intake } from './intake.js';
import { PollLoop, type Report } from './poll-loop.js';
import { checkRevision } from './revision.js';
import { checkInterval, steady, systemTimer, type Random, type Timer } from './schedule.js';
import type { Source, SourceIdentity, SourceListener } from './source.js';
import { concerns, planWatch, type WatchPlan } from './watch-plan.js';

/** Where the flags are and how often to look without being told. */
export interface DirectorySourceOptions {
  /** The folder with `policy.yaml`; may be, or lie behind, a symlink. */
  readonly directory: string;
  /** Left out: 10 seconds. */
  readonly pollIntervalMs?: number;
  /** The digest of the one content that may lack most flags of the last, as the refusal names it. Left out: none. */
  readonly allowRewindTo?: string;
  readonly timer?: Timer;
  readonly random?: Random;
  /** Opens a watcher; left out: chokidar's. */
  readonly watch?: typeof watch;
}

/** As a directory's revisions are written. */
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** The period at which git-sync renews a directory: what no watcher can see is not later than what it brings. */
const DEFAULT_INTERVAL_MS = 10_000;
/** An editor's save or a step of a checkout takes a few milliseconds. */
const QUIET_MS = 50;
/** A checkout of tens of thousands of files; whoever writes for longer gets a read in between. */
const LONGEST_BURST_MS = 2_000;
/** Setting up watchers takes some 10 ms; beyond this, reading must not wait for it. */
const READY_LIMIT_MS = 2_000;

/** Serves a directory: each edit, checkout, swap of a link or of a ConfigMap's `..data` is one load. */
export class DirectorySource implements Source {
  private readonly reader: DirectoryReader;
  private readonly intake: Intake;
  private readonly loop: PollLoop;
  private readonly debounce: Debounce;
  private readonly watching: DirectoryWatch;
  private noticed = 0;
  private isFirst = true;

  /** @throws SyncError (never) for an interval out of bounds */
  constructor(private readonly options: DirectorySourceOptions) {
    const { pollIntervalMs = DEFAULT_INTERVAL_MS, timer = systemTimer, random = Math.random } = options;
    this.intake = new Intake(checkRevision(options.allowRewindTo, DIGEST));
    this.reader = DirectoryReader.ofFlags(options.directory);
    this.loop = new PollLoop({
      poll: (signal) => this.poll(signal),
      schedule: steady(checkInterval(pollIntervalMs), random),
      timer,
    });
    const burst = { quietMs: QUIET_MS, longestMs: LONGEST_BURST_MS, timer };
    this.debounce = new Debounce(burst, () => void this.loop.refresh());
    this.watching = new DirectoryWatch(options.watch ?? watch, {
      noticed: () => this.notice(),
      broke: (error) => this.degrade(error),
    });
  }

  get identity(): SourceIdentity {
    return { source: resolve(this.options.directory), ref: '', path: '' };
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
    await this.watching.close();
    this.debounce.cancel();
  }

  private async poll(signal: AbortSignal): Promise<Report> {
    // Watching begins before reading: a change during the reading is then seen by one or the other.
    const plan = await planWatch(this.options.directory);
    const isOther = await this.watching.follow(plan, signal);
    // What is now at the path may be a folder that is still being filled, unseen until a moment ago.
    if (isOther && !this.isFirst) await this.settle(signal);
    this.isFirst = false;
    const tree = await this.reader.read(signal);
    return this.intake.judge({ revision: tree.revision, read: () => Promise.resolve(tree) });
  }

  private async settle(signal: AbortSignal): Promise<void> {
    for (let waitedMs = 0; waitedMs < LONGEST_BURST_MS; waitedMs += QUIET_MS) {
      const before = this.noticed;
      await wait(QUIET_MS, undefined, { signal });
      if (this.noticed === before) return;
    }
  }

  private notice(): void {
    this.noticed++;
    this.debounce.notify();
  }

  private degrade(cause: unknown): void {
    const message = `${this.options.directory} can't be watched; it is read at intervals only`;
    this.loop.tell((listener) => listener.degraded(new SyncError(message, 'later', { cause })));
  }
}

interface WatchListener {
  noticed(): void;
  broke(error: unknown): void;
}

/** The watchers of one plan at a time. */
class DirectoryWatch {
  private watcher: FSWatcher | undefined;
  private identity: string | undefined;
  private isBroken = false;

  constructor(
    private readonly open: typeof watch,
    private readonly listener: WatchListener,
  ) {}

  /** Watches what a plan says; resolves when nothing escapes any more, with whether new watchers were needed. */
  async follow(plan: WatchPlan, signal: AbortSignal): Promise<boolean> {
    if (plan.identity === this.identity) return false;
    await this.close();
    this.identity = plan.identity;
    if (this.isBroken) return true;
    const watcher = this.open([...plan.names.keys(), ...(plan.root === undefined ? [] : [plan.root])], {
      // On Windows a deleted folder is an error, which chokidar hears of persistent watchers only.
      persistent: process.platform === 'win32',
      followSymlinks: false,
      ignoreInitial: true,
      atomic: false,
      ignored: (path, stats) => (stats !== undefined && !stats.isDirectory()) || !isWatched(plan, path),
    });
    this.watcher = watcher;
    // The raw events of folders tell of all that happens in them, so that files need no watchers of their own:
    // those are a scarce resource of the system, and a repository has thousands of files.
    watcher.on('raw', (_event, name, details) => {
      if (concerns(plan, watchedPathOf(details), name)) this.listener.noticed();
    });
    watcher.on('addDir', () => this.listener.noticed());
    watcher.on('error', (error) => this.break(error));
    await untilReady(watcher, AbortSignal.any([signal, AbortSignal.timeout(READY_LIMIT_MS)]));
    return true;
  }

  async close(): Promise<void> {
    const { watcher } = this;
    this.watcher = undefined;
    const closed = watcher?.close();
    // Closing takes all listeners off, and an operation under way may still fail: unheard, it would end the process.
    watcher?.on('error', () => undefined);
    await closed;
  }

  private break(error: unknown): void {
    if (!this.isBroken) this.listener.broke(error);
    this.isBroken = true;
    void this.close();
  }
}

function isWatched(plan: WatchPlan, path: string): boolean {
  if (plan.names.has(path) || path === plan.root) return true;
  return plan.root !== undefined && isInside(plan.root, path) && !isSkippedName(basename(path));
}

function watchedPathOf(details: unknown): string {
  const isKnown = typeof details === 'object' && details !== null && 'watchedPath' in details;
  return isKnown && typeof details.watchedPath === 'string' ? details.watchedPath : '';
}

function untilReady(watcher: FSWatcher, limit: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    watcher.once('ready', () => resolve());
    watcher.once('error', () => resolve());
    limit.addEventListener('abort', () => resolve(), { once: true });
    if (limit.aborted) resolve();
  });
}
