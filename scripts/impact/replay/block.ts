/** A few contexts that are counted together, while they are in the processor's cache. */
import type { EvaluationContext } from '../../../provider/engine/index.js';
import type { WeightedContext } from '../../contexts/contexts.js';

/** Contexts in a block: some hundred kilobytes. */
const BLOCK = 128;

/** Contexts without those of keys that were there before. */
export class Block {
  readonly contexts: EvaluationContext[] = [];
  readonly weights = new Float64Array(BLOCK);
  /** By environment: 1 of a context that gets another value of any flag. */
  readonly changed: readonly Uint8Array[];
  size = 0;
  /** How many have a weight of their own. */
  weighted = 0;

  constructor(environments: number) {
    this.changed = Array.from({ length: environments }, () => new Uint8Array(BLOCK));
  }

  /** Takes the next contexts from an index on. @returns the index behind them */
  fill(all: readonly WeightedContext[], repeats: Uint8Array | undefined, from: number): number {
    this.size = this.weighted = 0;
    for (const changed of this.changed) changed.fill(0);
    let at = from;
    for (; at < all.length && this.size < BLOCK; at++) {
      if (repeats?.[at] === 1) continue;
      const { context, weight, isWeighted } = all[at] as WeightedContext;
      this.contexts[this.size] = context;
      this.weights[this.size++] = weight;
      if (isWeighted) this.weighted++;
    }
    return at;
  }
}
