/** Where windows go: into files, or to the application; failures are counted, told once, and never thrown. */
import { Slices } from '../repository/index.js';
import type { Counts } from './counts.js';
import { RowFiles, type RowFilesOptions } from './row-files.js';
import type { Sample } from './sample.js';
import { batchesOf, linesOf, type SampledRow } from './window.js';

/** What an outlet is set up with. */
export interface OutletOptions {
  /** Left out: `onBatch` takes the rows. */
  readonly files: RowFilesOptions | undefined;
  readonly onBatch: ((rows: readonly SampledRow[]) => void | Promise<void>) | undefined;
  readonly counts: Counts;
  readonly warn: (message: string) => void;
}

/** What is to be known of the last failure. */
export interface SamplerError {
  readonly message: string;
  readonly at: Date;
}

/** What is to be known of the last window that was written whole. */
export interface WrittenWindow {
  readonly rows: number;
  readonly at: Date;
}

/** In UTF-16 units, of what an application's own code threw: a line of a log. */
const MAX_SHOWN_ERROR = 200;

/** One for a sampler. */
export class Outlet {
  lastError: SamplerError | undefined;
  lastWritten: WrittenWindow | undefined;
  readonly #options: OutletOptions;
  readonly #files: RowFiles | undefined;
  #isFailing = false;

  constructor(options: OutletOptions) {
    this.#options = options;
    this.#files = options.files && new RowFiles(options.files);
  }

  /** Writes a sample that nothing is added to any more. Never rejects. */
  async write(sample: Sample): Promise<void> {
    const { counts } = this.#options;
    const rows = sample.users.byPriority.size;
    let written = 0;
    try {
      await this.#put(linesOf(sample, new Slices()), (count) => {
        written += count;
        counts.rowsWritten += count;
      });
      this.#isFailing = false;
      this.lastWritten = { rows, at: new Date() };
    } catch (error) {
      counts.failedWrites++;
      counts.rowsLost += rows - written;
      this.fail(error);
    }
  }

  /** Keeps a failure; tells it where nothing has failed since the last window that could be written. */
  fail(error: unknown): void {
    const message = textOf(error).slice(0, MAX_SHOWN_ERROR);
    this.lastError = { message, at: new Date() };
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.warn(`sampled contexts can't be written, and are lost until they can be: ${message}`);
  }

  async #put(lines: AsyncIterable<string>, written: (rows: number) => void): Promise<void> {
    if (this.#files !== undefined) return this.#files.write(lines, written);
    for await (const batch of batchesOf(lines)) {
      await this.#options.onBatch?.(batch);
      written(batch.length);
    }
  }
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'something without a text';
  }
}
