/** A lane on a thread of its own. */
import { Worker } from 'node:worker_threads';
import type { Batch } from '../../contexts/contexts.js';
import type { Job } from './job.js';
import type { Lane, ParsedRows } from './lane.js';
import type { Tally } from './tally.js';

/** What a worker is asked. */
export type Question =
  | { readonly kind: 'parse'; readonly number: number; readonly batch: Batch }
  | { readonly kind: 'count'; readonly number: number; readonly repeats: Uint8Array | undefined };

/** What it answers, in the order of the questions. */
export type Answer =
  | { readonly answer: ParsedRows | Tally }
  /** What was thrown. */
  | { readonly error: unknown };

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Asks a worker thread, which is to be ended whatever happens. */
export class WorkerLane implements Lane {
  readonly #worker: Worker;
  readonly #pending: Pending[] = [];
  #failure: unknown;

  constructor(job: Job) {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: job });
    this.#worker.on('message', (message: Answer) => {
      const pending = this.#pending.shift();
      if ('answer' in message) pending?.resolve(message.answer as never);
      else pending?.reject(message.error);
    });
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) =>
      this.#fail(new Error(`a thread of the replay ended by itself, with code ${code}`)),
    );
  }

  parse(number: number, batch: Batch): Promise<ParsedRows> {
    return this.#ask({ kind: 'parse', number, batch }, transferable(batch));
  }

  count(number: number, repeats: Uint8Array | undefined): Promise<Tally> {
    return this.#ask({ kind: 'count', number, repeats });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask<T extends ParsedRows | Tally>(question: Question, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#worker.postMessage(question, transfer);
      this.#pending.push({ resolve, reject });
    });
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(this.#failure);
  }
}

/** A batch's bytes, where nothing else lies in the same memory. */
function transferable(batch: Batch): readonly ArrayBuffer[] {
  if (batch.kind !== 'lines') return [];
  const { buffer, byteLength } = batch.bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
