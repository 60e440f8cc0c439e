import { EventEmitter, once } from 'node:events';
import type { LoadedRepository, Problem, SyncError } from '../../repository/index.js';
import type { SourceListener } from '../source.js';

/** What a listener was told, as data. */
export type Heard =
  | { readonly kind: 'loaded'; readonly loaded: LoadedRepository; readonly warnings: readonly Problem[] }
  | { readonly kind: 'unchanged'; readonly revision: string }
  | { readonly kind: 'rejected'; readonly revision: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'held'; readonly revision: string; readonly error: SyncError }
  | { readonly kind: 'failed'; readonly error: SyncError }
  | { readonly kind: 'degraded'; readonly error: SyncError };

/** How long to wait for an event of the real world, in milliseconds: far longer than any takes. */
const DEADLINE_MS = 20_000;

/** A listener that writes everything down, and can be waited for. */
export class Recorder implements SourceListener {
  readonly heard: Heard[] = [];
  /** What it answers to `loaded`. */
  serves = true;
  readonly #heardOne = new EventEmitter();

  loaded(loaded: LoadedRepository, warnings: readonly Problem[]): boolean {
    this.#note({ kind: 'loaded', loaded, warnings });
    return this.serves;
  }

  unchanged(revision: string): void {
    this.#note({ kind: 'unchanged', revision });
  }

  rejected(revision: string, problems: readonly Problem[]): void {
    this.#note({ kind: 'rejected', revision, problems });
  }

  held(revision: string, error: SyncError): void {
    this.#note({ kind: 'held', revision, error });
  }

  failed(error: SyncError): void {
    this.#note({ kind: 'failed', error });
  }

  degraded(error: SyncError): void {
    this.#note({ kind: 'degraded', error });
  }

  /** The kinds of what was heard, in order. */
  get kinds(): readonly Heard['kind'][] {
    return this.heard.map(({ kind }) => kind);
  }

  /** What was heard last. */
  get last(): Heard | undefined {
    return this.heard.at(-1);
  }

  /** Everything heard of one kind. */
  all<K extends Heard['kind']>(kind: K): readonly Extract<Heard, { readonly kind: K }>[] {
    return this.heard.filter((heard): heard is Extract<Heard, { readonly kind: K }> => heard.kind === kind);
  }

  /** Waits until `count` events of a kind were heard since the start. @throws when that takes unreasonably long */
  async until(kind: Heard['kind'], count = 1): Promise<void> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    while (this.heard.filter((heard) => heard.kind === kind).length < count) {
      await once(this.#heardOne, 'heard', { signal: deadline }).catch((cause: unknown) => {
        throw new Error(`waited for ${count} × ${kind}; heard ${this.kinds.join(', ')}`, { cause });
      });
    }
  }

  #note(heard: Heard): void {
    this.heard.push(heard);
    this.#heardOne.emit('heard');
  }
}
