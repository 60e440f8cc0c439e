/** The measured loop: an SDK asked for keys and contexts in turn, with as little as can be between it and the SDK. */
import { benchContexts, type BenchCase } from './cases.js';
import type { Loop } from './measure.js';
import type { OpenPeer } from './peer.js';

/** Goes through a case's keys and contexts; where one run of the loop stops, the next goes on. */
export class Turn {
  #key = 0;
  #context = 0;
  readonly #open: OpenPeer;
  readonly #kind: BenchCase['kind'];
  readonly #keys: readonly string[];
  readonly #contexts: readonly unknown[];
  /** Kept where anybody could read it, so that nothing is optimised away. */
  last: unknown;

  /** @param contexts {@link benchContexts} in the SDK's own form */
  constructor(open: OpenPeer, { kind, keys }: BenchCase, contexts: readonly unknown[], flagCount: number) {
    this.#open = open;
    this.#kind = kind;
    this.#keys = keys(flagCount);
    this.#contexts = contexts;
  }

  /** The loop to measure. */
  get loop(): Loop {
    if (this.#open.isAsync === true) return (times) => this.#await(times);
    return this.#kind === 'boolean' ? (times) => this.#askBooleans(times) : (times) => this.#askObjects(times);
  }

  /** A value for each key and each context at least. */
  async values(): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    for (let left = Math.max(this.#keys.length, benchContexts.length); left > 0; left--) {
      await this.#await(1);
      values.push(this.last);
    }
    return values;
  }

  // The two loops repeat each other so that each has a call site of its own, which meets one function only.
  #askBooleans(times: number): void {
    const [open, keys, contexts] = [this.#open, this.#keys, this.#contexts];
    let [key, context] = [this.#key, this.#context];
    for (let i = 0; i < times; i++) {
      this.last = open.boolean(keys[key] as string, contexts[context]);
      if (++key === keys.length) key = 0;
      if (++context === contexts.length) context = 0;
    }
    [this.#key, this.#context] = [key, context];
  }

  #askObjects(times: number): void {
    const [open, keys, contexts] = [this.#open, this.#keys, this.#contexts];
    let [key, context] = [this.#key, this.#context];
    for (let i = 0; i < times; i++) {
      this.last = open.object(keys[key] as string, contexts[context]);
      if (++key === keys.length) key = 0;
      if (++context === contexts.length) context = 0;
    }
    [this.#key, this.#context] = [key, context];
  }

  async #await(times: number): Promise<void> {
    const [open, keys, contexts, kind] = [this.#open, this.#keys, this.#contexts, this.#kind];
    for (let i = 0; i < times; i++) {
      const [key, context] = [keys[this.#key] as string, contexts[this.#context]];
      this.last = await (kind === 'boolean' ? open.boolean(key, context) : open.object(key, context));
      if (++this.#key === keys.length) this.#key = 0;
      if (++this.#context === contexts.length) this.#context = 0;
    }
  }
}
