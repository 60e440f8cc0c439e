/** The persisted ruleset, which serves when nothing can be fetched: two generations of it, whole whatever happens. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MAX_BUNDLE_BYTES, type BundleContent } from '../repository/bundle/content.js';
import { decodeBundle } from '../repository/bundle/decode.js';
import { encodeBundle } from '../repository/bundle/encode.js';
import { SyncError } from '../repository/sync-error.js';
import { Coalescing } from './last-known-good/coalescing.js';
import { reasonOf } from './last-known-good/disk-failure.js';
import {
  generationAfter,
  generationsOf,
  isInFront,
  laterGenerations,
  latestGenerations,
  superfluousGenerations,
  type Generation,
} from './last-known-good/generation.js';
import { identityName, requireIdentity, type RulesetIdentity } from './last-known-good/identity.js';
import {
  hasOwnFolder,
  makeOwnFolder,
  readOwnFile,
  removeAbandoned,
  removeOwnFile,
  syncFolder,
  writeOwnFile,
} from './last-known-good/own-files.js';

export type { RulesetIdentity } from './last-known-good/identity.js';

/** A ruleset from the disk, when it got there, and why what is newer was passed over. */
export interface Restored {
  /** Absent where there is none; the time is of the wall clock, in milliseconds, and never to come. */
  readonly found?: { readonly content: BundleContent; readonly persistedAtMs: number };
  /** A sentence for each file that was refused: its path, what was found and what was expected. */
  readonly refusals: readonly string[];
}

/** A ruleset to persist. */
interface Wanted {
  readonly content: BundleContent;
  readonly fetchedAtMs: number;
}

/** Files vanish while they are read only where others persist all the time; each attempt takes them a write. */
const MAX_LISTINGS = 100;
/** Each lost race takes another process that persists within the same few milliseconds. */
const MAX_WRITES = 20;
/** There are three, and one of each other process that is writing; whatever else is there was put there. */
const MAX_CANDIDATES = 64;

/** Persists and restores the ruleset of one identity, beside any number of processes that do the same. */
export class LastKnownGood {
  readonly #folder: string;
  readonly #identity: RulesetIdentity;
  /** Names of generations that were read, or written, by this process and are whole. */
  readonly #verified = new Set<string>();
  readonly #writes = new Coalescing<Wanted>((wanted) => this.#persistNow(wanted), isOutrun);

  /** @param folder where rulesets of any identity may lie; made when it is needed */
  constructor(folder: string, { source, ref, path, environment }: RulesetIdentity) {
    // All of it is written: nothing else that a caller's object holds may be.
    this.#identity = { source, ref, path, environment };
    this.#folder = join(resolve(folder), `${identityName(this.#identity)}.lkg`);
  }

  /** The newest ruleset that is whole and ours; whatever is wrong is told, and nothing is thrown for it. */
  async restore(): Promise<Restored> {
    for (let listings = 0; listings < MAX_LISTINGS; listings++) {
      const restored = await this.#restoreListed();
      if (restored !== undefined) return restored;
    }
    return { refusals: [`${this.#folder}: its files kept vanishing while they were read`] };
  }

  /**
   * Resolves when this ruleset, or a newer one, would be restored even after a power failure. Of those that are asked for
   * while one is being written the newest is written, for all.
   * @param fetchedAtMs when it was known to be the newest, in milliseconds of the wall clock
   * @throws SyncError (later) where that can't be done now; the next call tries anew
   */
  persist(content: BundleContent, fetchedAtMs: number): Promise<void> {
    return this.#writes.add({ content, fetchedAtMs: Math.max(0, Math.floor(fetchedAtMs)) });
  }

  /** Undefined where a file vanished meanwhile: then newer ones have appeared. */
  async #restoreListed(): Promise<Restored | undefined> {
    const refusals: string[] = [];
    try {
      if (!(await hasOwnFolder(this.#folder))) return { refusals };
      for (const generation of generationsOf(await readdir(this.#folder)).slice(0, MAX_CANDIDATES)) {
        const path = join(this.#folder, generation.name);
        try {
          const found = await this.#read(generation);
          return found && { found, refusals };
        } catch (error) {
          refusals.push(`${path}: ${reasonOf(error)}`);
        }
      }
    } catch (error) {
      refusals.push(`${this.#folder}: ${reasonOf(error)}`);
    }
    return { refusals };
  }

  async #persistNow({ content, fetchedAtMs }: Wanted): Promise<void> {
    try {
      await makeOwnFolder(this.#folder);
      await removeAbandoned(this.#folder, await readdir(this.#folder));
      const labels = { ...content.labels, ...this.#identity, fetchedAtMs, persistedAtMs: Date.now() };
      await this.#write(await encodeBundle({ ...content, labels }), fetchedAtMs);
    } catch (error) {
      const message = `the last-known-good ruleset can't be written to ${this.#folder}: ${reasonOf(error)}`;
      throw new SyncError(message, 'later', { cause: error });
    }
  }

  /**
   * Without locks: whoever finds that the latest ruleset, theirs or another's, is not in front of all that are older writes
   * it once more, in front. So it does not matter where another process was stopped, or how slow it is.
   */
  async #write(pieces: readonly Buffer[], fetchedAtMs: number): Promise<void> {
    let own: string | undefined;
    for (let writes = 0; writes <= MAX_WRITES; writes++) {
      const generations = generationsOf(await readdir(this.#folder));
      const mine = generations.filter(({ name }) => name === own);
      const later = await this.#verifiedOf(laterGenerations(generations, fetchedAtMs));
      const latest = latestGenerations([...mine, ...later]);
      if (latest.some((generation) => isInFront(generations, generation))) {
        await syncFolder(this.#folder);
        return this.#prune(generations.slice(0, MAX_CANDIDATES));
      }
      const [other] = latestGenerations(later);
      const bytes = other === undefined ? pieces : await this.#copyOf(other);
      if (bytes === undefined) continue;
      const next = generationAfter(generations, other?.fetchedAtMs ?? fetchedAtMs);
      await writeOwnFile(this.#folder, next.name, bytes);
      this.#verified.add(next.name);
      if (other === undefined) own = next.name;
    }
    throw new SyncError('other processes keep writing there', 'later');
  }

  /** Undefined where it has been removed, which takes newer ones. */
  async #copyOf({ name }: Generation): Promise<readonly Buffer[] | undefined> {
    const bytes = await readOwnFile(join(this.#folder, name), MAX_BUNDLE_BYTES);
    return bytes && [bytes];
  }

  /** Removes nothing but what is known to be ours and whole, so never what somebody else may need. */
  async #prune(generations: readonly Generation[]): Promise<void> {
    for (const { name } of superfluousGenerations(await this.#verifiedOf(generations))) {
      await removeOwnFile(join(this.#folder, name));
    }
    const names = new Set(generations.map(({ name }) => name));
    for (const name of this.#verified) if (!names.has(name)) this.#verified.delete(name);
  }

  async #verifiedOf(generations: readonly Generation[]): Promise<readonly Generation[]> {
    const verified: Generation[] = [];
    for (const generation of generations) {
      if (!this.#verified.has(generation.name) && (await this.#isGood(generation))) this.#verified.add(generation.name);
      if (this.#verified.has(generation.name)) verified.push(generation);
    }
    return verified;
  }

  async #isGood(generation: Generation): Promise<boolean> {
    try {
      return (await this.#read(generation)) !== undefined;
    } catch (error) {
      reasonOf(error);
      return false;
    }
  }

  /** Undefined where it is not there any more. */
  async #read({ name }: Generation): Promise<Restored['found']> {
    const bytes = await readOwnFile(join(this.#folder, name), MAX_BUNDLE_BYTES);
    if (bytes === undefined) return undefined;
    const content = await decodeBundle(bytes);
    requireIdentity(content, this.#identity);
    const { persistedAtMs } = content.labels;
    if (typeof persistedAtMs !== 'number') throw new SyncError('it does not tell when it was written', 'later');
    return { content, persistedAtMs: Math.min(persistedAtMs, Date.now()) };
  }
}

/** Whether another ruleset is newer; a time to come tells nothing but that a clock was set back. */
function isOutrun({ fetchedAtMs }: Wanted, other: Wanted): boolean {
  return other.fetchedAtMs > fetchedAtMs && other.fetchedAtMs <= Date.now();
}
