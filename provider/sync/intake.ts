import { load, type LoadedRepository, type Problem, type Tree } from '../repository/index.js';
import type { Report } from './poll-loop.js';

/** Judges each revision of a source once: remembers the last that was taken, and the one refused since. */
export class Intake {
  private taken: LoadedRepository | undefined;
  private refused: { readonly revision: string; readonly problems: readonly Problem[] } | undefined;

  /**
   * What there is to say about the newest revision; reads and loads it only if it is news.
   * @throws SyncError when it can't be read
   */
  async judge(revision: string, read: () => Promise<Tree>): Promise<Report> {
    if (revision === this.taken?.ruleset.revision.id) {
      this.refused = undefined;
      return (listener) => listener.unchanged(revision);
    }
    if (revision !== this.refused?.revision) {
      const result = await load(await read(), this.taken);
      if (result.ok) return this.take(result.loaded, result.warnings);
      this.refused = { revision, problems: result.problems };
    }
    const { problems } = this.refused;
    return (listener) => listener.rejected(revision, problems);
  }

  private take(loaded: LoadedRepository, warnings: readonly Problem[]): Report {
    this.taken = loaded;
    this.refused = undefined;
    return (listener) => listener.loaded(loaded, warnings);
  }
}
