/** Judges each revision of a source once: takes it, rejects it for its problems, or holds it back as no successor. */
import { load, SyncError, type LoadedRepository, type Problem, type Tree } from '../repository/index.js';
import type { Report } from './poll-loop.js';

/** A revision that may become the newest. */
export interface Candidate {
  readonly revision: string;
  /** Reads its files. @throws SyncError when they can't be read */
  readonly read: () => Promise<Tree>;
  /** Whether one revision follows another; undefined where nobody can tell. Left out: every revision follows. */
  readonly follows?: (later: string, earlier: string) => Promise<boolean | undefined>;
}

/** Fewer are removed in the course of an ordinary clean-up, however few are left. */
const MANY_FLAGS = 10;

/** Remembers the last revision that serves, and the one turned down since. */
export class Intake {
  #taken: LoadedRepository | undefined;
  #turnedDown: { readonly revision: string; readonly report: Report } | undefined;

  /** @param allowRewindTo the one revision that, with those after it, needs to be no successor and may lack flags */
  constructor(private readonly allowRewindTo: string | undefined) {}

  /** What serves already, from an earlier life of the process. */
  adopt(previous: LoadedRepository | undefined): void {
    this.#taken = previous;
  }

  /**
   * What there is to say about the newest revision; reads and loads it only if it is news.
   * @throws SyncError when it can't be read
   */
  async judge(candidate: Candidate): Promise<Report> {
    const { revision } = candidate;
    if (revision === this.#taken?.ruleset.revision.id) {
      this.#turnedDown = undefined;
      return (listener) => listener.unchanged(revision);
    }
    if (revision === this.#turnedDown?.revision) return this.#turnedDown.report;
    return (await this.#holdUnlessSuccessor(candidate)) ?? this.#load(candidate);
  }

  async #holdUnlessSuccessor(candidate: Candidate): Promise<Report | undefined> {
    const { revision, follows } = candidate;
    const taken = this.#taken?.ruleset.revision.id;
    if (taken === undefined || follows === undefined) return undefined;
    if ((await follows(revision, taken)) !== false || (await this.#isAllowed(candidate, taken))) return undefined;
    return this.#hold(revision, `it does not follow ${taken}: the history was rewound or replaced`);
  }

  async #load(candidate: Candidate): Promise<Report> {
    const { revision, read } = candidate;
    const taken = this.#taken;
    const result = await load(await read(), taken);
    if (!result.ok) return this.#reject(revision, result.problems);
    const loss = taken && lossBetween(taken, result.loaded);
    if (loss !== undefined && !(await this.#isAllowed(candidate, taken?.ruleset.revision.id ?? ''))) {
      return this.#hold(revision, loss);
    }
    // Until it serves it is not taken: what comes next is held against what serves, and it is tried again.
    return this.#turnDown(revision, async (listener) => {
      const serves = await listener.loaded(result.loaded, result.warnings);
      if (!serves) return;
      this.#taken = result.loaded;
      this.#turnedDown = undefined;
    });
  }

  /** The named revision and what follows it, until what serves follows it too: then the way out has been taken. */
  async #isAllowed({ revision, follows }: Candidate, taken: string): Promise<boolean> {
    const { allowRewindTo } = this;
    if (allowRewindTo === undefined) return false;
    if (revision === allowRewindTo) return true;
    if (follows === undefined || (await follows(revision, allowRewindTo)) !== true) return false;
    return (await follows(taken, allowRewindTo)) !== true;
  }

  #reject(revision: string, problems: readonly Problem[]): Report {
    return this.#turnDown(revision, (listener) => listener.rejected(revision, problems));
  }

  #hold(revision: string, reason: string): Report {
    const error = new SyncError(`${reason}; if that is meant, set \`allowRewindTo: '${revision}'\``, 'later');
    return this.#turnDown(revision, (listener) => listener.held(revision, error));
  }

  #turnDown(revision: string, report: Report): Report {
    this.#turnedDown = { revision, report };
    return report;
  }
}

/** What a revision lacks of the flags before it, where that is more than anybody removes in one go. */
function lossBetween(before: LoadedRepository, after: LoadedRepository): string | undefined {
  const [old, now] = [before.ruleset.documents.flags, after.ruleset.documents.flags];
  let removed = 0;
  for (const key of old.keys()) if (!now.has(key)) removed++;
  const isMost = removed >= MANY_FLAGS && removed > old.size / 2;
  if (!isMost && (removed === 0 || now.size > 0)) return undefined;
  return `${removed} of ${old.size} flags are gone from it`;
}
