/** Keeps the ruleset that serves on disk, and gives back what an earlier process kept. */
import { contentOf, restoreBundle, type LoadedRepository, SyncError } from '../repository/index.js';
import type { LastKnownGood } from './last-known-good.js';
import type { Log } from './log.js';

/** How old the persisted moment of a ruleset may be that is confirmed all the time: a restart counts its age from it. */
const REFRESH_MS = 15 * 60_000;

/** A ruleset from disk. */
export interface Restored {
  readonly loaded: LoadedRepository;
  /** Wall clock. */
  readonly persistedAtMs: number;
}

/** One provider's last-known-good ruleset. */
export class Persistence {
  /** The newest that is on disk for certain. */
  #kept: LoadedRepository | undefined;
  /** When it got there, on the monotonic clock. */
  #keptAtMs = 0;
  #wanted: LoadedRepository | undefined;
  #writing: Promise<void> | undefined;
  #hasWarned = false;

  constructor(
    private readonly store: LastKnownGood,
    private readonly log: Log,
  ) {}

  /** What is on disk and may serve; every file that may not is logged with the reason. Never throws. */
  async restore(): Promise<Restored | undefined> {
    const { found, refusals } = await this.store.restore();
    for (const refusal of refusals) this.log.warn(`guidon: ${refusal}`);
    if (found === undefined) return undefined;
    const result = await restoreBundle(found.content);
    if (result.ok) {
      this.#kept = result.loaded;
      this.#keptAtMs = performance.now() - (Date.now() - found.persistedAtMs);
      return { loaded: result.loaded, persistedAtMs: found.persistedAtMs };
    }
    const { file, line, column, message } = result.problems[0] ?? { file: '', line: 1, column: 1, message: '' };
    this.log.warn(
      `guidon: the last-known-good ruleset is not valid any more, and is not used: ${file}:${line}:${column} ${message}`,
    );
    return undefined;
  }

  /** Whether a ruleset is on disk, as safe as a disk makes it. */
  has(loaded: LoadedRepository | undefined): boolean {
    return loaded !== undefined && loaded === this.#kept;
  }

  /**
   * Brings a ruleset that was just confirmed to disk in the background; of several that come quickly the last. One warning
   * tells of a failure.
   */
  keep(loaded: LoadedRepository): void {
    this.#wanted = loaded;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when nothing is being written. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  #isFresh(loaded: LoadedRepository): boolean {
    return this.has(loaded) && performance.now() - this.#keptAtMs < REFRESH_MS;
  }

  async #write(): Promise<void> {
    try {
      for (let loaded = this.#wanted; loaded !== undefined && !this.#isFresh(loaded); loaded = this.#wanted) {
        const now = performance.now();
        await this.store.persist(contentOf(loaded), Date.now());
        this.#kept = loaded;
        this.#keptAtMs = now;
        this.#hasWarned = false;
      }
    } catch (error) {
      const reason = error instanceof SyncError ? error.message : 'the last-known-good ruleset could not be written';
      if (!this.#hasWarned) this.log.warn(`guidon: ${reason}; what serves is in memory only`);
      this.#hasWarned = true;
    }
  }
}
