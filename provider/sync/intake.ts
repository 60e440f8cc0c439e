/** Judges each revision of a source once: takes it, rejects it for its problems, or holds it back as no successor. */
import { load, SyncError, type LoadedRepository, type Problem, type Tree } from '../repository/index.js';
import type { Report } from './poll-loop.js';

/** A revision that may become the newest. */
export interface Candidate {
  readonly revision: string;
  /** Reads its files. @throws SyncError when they can't be read */
  readonly read: () => Promise<Tree>;
  /** Whether `revision` follows an earlier one; undefined where nobody can tell. Left out: every revision follows. */
  readonly isSuccessorOf?: (earlier: string) => Promise<boolean | undefined>;
}

/** Fewer are removed in the course of an ordinary clean-up, however few are left. */
const MANY_FLAGS = 10;

/** Remembers the last revision that was taken, and the one turned down since. */
export class Intake {
  #taken: LoadedRepository | undefined;
  #turnedDown: { readonly revision: string; readonly report: Report } | undefined;

  /** @param allowRewindTo the one revision that needs to be no successor, and may lack flags */
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

  async #holdUnlessSuccessor({ revision, isSuccessorOf }: Candidate): Promise<Report | undefined> {
    const taken = this.#taken?.ruleset.revision.id;
    if (taken === undefined || isSuccessorOf === undefined || revision === this.allowRewindTo) return undefined;
    if ((await isSuccessorOf(taken)) !== false) return undefined;
    return this.#hold(revision, `it does not follow ${taken}: the history was rewound or replaced`);
  }

  async #load({ revision, read }: Candidate): Promise<Report> {
    const result = await load(await read(), this.#taken);
    if (!result.ok) return this.#reject(revision, result.problems);
    const loss = this.#taken && lossBetween(this.#taken, result.loaded);
    if (loss !== undefined && revision !== this.allowRewindTo) return this.#hold(revision, loss);
    this.#taken = result.loaded;
    this.#turnedDown = undefined;
    return (listener) => listener.loaded(result.loaded, result.warnings);
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
