/** Hands batches to lanes and adds up what comes back: whatever the lanes, in the order of the files. */
import type { Batch, ContextFile, RefusedRow } from '../../contexts/contexts.js';
import { MAX_REFUSED_EXAMPLES } from '../../contexts/reading/limits.js';
import type { Lane, ParsedRows } from './lane.js';
import type { Population } from '../preview.js';
import type { Repeats } from './repeats.js';
import { addTally, type Tally } from './tally.js';

/** What the files held, and what was counted. */
export interface Replayed {
  /** Undefined where the files have no batch. */
  readonly tally: Tally | undefined;
  readonly files: Population['files'];
  readonly repeated: number;
  readonly refused: Population['refused'];
}

/** Batches that a lane has at a time: one to work on, while the other one's repetitions are looked up. */
const BATCHES_A_LANE = 2;

/** Reads files one after the other. */
export class Dispatch {
  readonly #repeats: Repeats;
  readonly #files: { name: string; format: string; rows: number }[] = [];
  readonly #examples: RefusedRow[] = [];
  readonly #free: Lane[];
  /** Called when a lane is free again. */
  #hasFree: (() => void) | undefined;
  #batches = 0;
  #repeated = 0;
  #refused = 0;
  #tally: Tally | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** Settled when the keys of all batches so far are known, and when all of them are counted. */
  #marked: Promise<unknown> = Promise.resolve();
  #counted: Promise<unknown> = Promise.resolve();

  constructor(lanes: readonly Lane[], repeats: Repeats) {
    this.#repeats = repeats;
    this.#free = Array.from({ length: BATCHES_A_LANE }, () => lanes).flat();
  }

  /** Reads a file; its last batches may still be under way then. @throws what the file or a lane throws */
  async read(file: ContextFile, progress: (readBytes: number) => void): Promise<void> {
    const record = { name: file.name, format: file.format, rows: 0 };
    this.#files.push(record);
    for await (const batch of file.batches(progress)) {
      const lane = await this.#nextLane();
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#start(lane, batch, record);
    }
  }

  /** Waits for what is under way. @throws as {@link read} */
  async end(): Promise<Replayed> {
    await this.#counted;
    if (this.#failure !== undefined) throw this.#failure.error;
    return {
      tally: this.#tally,
      files: this.#files,
      repeated: this.#repeated,
      refused: { rows: this.#refused, examples: this.#examples },
    };
  }

  async #nextLane(): Promise<Lane> {
    for (;;) {
      const lane = this.#free.shift();
      if (lane !== undefined) return lane;
      await new Promise<void>((resolve) => (this.#hasFree = resolve));
    }
  }

  /** Three stages; the second and the last wait for those of the batch before. */
  #start(lane: Lane, batch: Batch, record: { rows: number }): void {
    const number = this.#batches++;
    const parsed = this.#watch(lane.parse(number, batch));
    const marked = this.#watch(both(this.#marked, parsed).then((rows) => this.#mark(rows, record)));
    const counted = this.#watch(marked.then((repeats) => lane.count(number, repeats)));
    this.#marked = marked;
    this.#counted = this.#watch(both(this.#counted, counted).then((tally) => this.#add(tally)));
    const release = (): void => {
      this.#free.push(lane);
      this.#hasFree?.();
    };
    counted.then(release, release);
  }

  #mark({ contexts, refused, examples, keys, weights }: ParsedRows, record: { rows: number }): Uint8Array | undefined {
    record.rows += contexts + refused;
    this.#refused += refused;
    this.#examples.push(...examples.slice(0, MAX_REFUSED_EXAMPLES - this.#examples.length));
    const repeats = this.#repeats.mark(keys, weights);
    for (const isRepeat of repeats ?? []) this.#repeated += isRepeat;
    return repeats;
  }

  #add(tally: Tally): void {
    if (this.#tally === undefined) this.#tally = tally;
    else addTally(this.#tally, tally);
  }

  /** Remembers the first failure; whoever waits for it finds it there, and nobody has to. */
  #watch<T>(promise: Promise<T>): Promise<T> {
    promise.catch((error: unknown) => {
      this.#failure ??= { error };
    });
    return promise;
  }
}

async function both<T>(before: Promise<unknown>, own: Promise<T>): Promise<T> {
  await before;
  return own;
}
