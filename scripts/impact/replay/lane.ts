/** One thread's part in a replay. */
import type { Batch, ReadOptions, RefusedRow, WeightedContext } from '../../contexts/contexts.js';
import { MAX_REFUSED_EXAMPLES } from '../../contexts/reading/limits.js';
import { parseBatch } from '../../contexts/reading/parse-batch.js';
import type { Job } from './job.js';
import { Replay } from './replay.js';
import { userNumber } from '../../contexts/user-table.js';
import type { Tally } from './tally.js';

/** What is known of a batch before it is counted. */
export interface ParsedRows {
  readonly contexts: number;
  readonly refused: number;
  /** The first of the refused rows. */
  readonly examples: readonly RefusedRow[];
  /** A number for each context's targeting key; see `repeats.ts`. */
  readonly keys: Float64Array;
  readonly weights: Float64Array;
}

/** Parses batches and counts them, here or on another thread. A batch is known by its number until it is counted. */
export interface Lane {
  parse(number: number, batch: Batch): Promise<ParsedRows>;
  /** @param repeats 1 of a context that does not count */
  count(number: number, repeats: Uint8Array | undefined): Promise<Tally>;
  /** Nothing is asked of it after that. */
  end(): Promise<void>;
}

/** The work of a lane, wherever it runs. */
export class LaneWork {
  readonly #reading: ReadOptions;
  readonly #replay: Replay;
  readonly #parsed = new Map<number, readonly WeightedContext[]>();

  constructor(job: Job) {
    this.#reading = job.reading;
    this.#replay = new Replay(job);
  }

  parse(number: number, batch: Batch): ParsedRows {
    const { contexts, refused } = parseBatch(batch, this.#reading);
    this.#parsed.set(number, contexts);
    const keys = new Float64Array(contexts.length);
    const weights = new Float64Array(contexts.length);
    for (const [index, { context, weight }] of contexts.entries()) {
      keys[index] = userNumber(context);
      weights[index] = weight;
    }
    const examples = refused.slice(0, MAX_REFUSED_EXAMPLES);
    return { contexts: contexts.length, refused: refused.length, examples, keys, weights };
  }

  count(number: number, repeats: Uint8Array | undefined): Tally {
    const contexts = this.#parsed.get(number);
    if (contexts === undefined) throw new Error(`the batch ${number} was not parsed here, or counted before`);
    this.#parsed.delete(number);
    return this.#replay.count(contexts, repeats);
  }
}

/** A lane on the caller's own thread. */
export class OwnLane implements Lane {
  readonly #work: LaneWork;

  constructor(job: Job) {
    this.#work = new LaneWork(job);
  }

  async parse(number: number, batch: Batch): Promise<ParsedRows> {
    return this.#work.parse(number, batch);
  }

  async count(number: number, repeats: Uint8Array | undefined): Promise<Tally> {
    return this.#work.count(number, repeats);
  }

  async end(): Promise<void> {
    // It holds nothing but memory.
  }
}
