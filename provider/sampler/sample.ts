/**
 * The sample of one window: for each flag the users with the smallest priorities, and for each user one context.
 *
 * **Sampling.** Every user u has a priority p(u), uniform on [0, 1) and the same everywhere (`priority.ts`). Of the
 * audience of a flag f, the users for whom it was evaluated in a window of a process, the reservoir holds those with
 * the k smallest priorities, however often each came by. τ(f) is the (k+1)-th smallest, or 1 where there are no more
 * than k users: u is held exactly where p(u) < τ(f).
 *
 * **Weights.** Take all priorities but that of u as given. Then u gets into the reservoir of f exactly where p(u) is
 * below the k-th smallest of the *others*, which, once he is in it, is τ(f) itself. So τ(f) is the probability that he
 * is held, and 1/τ(f) makes every sum over the held users an unbiased estimate of the sum over all (Horvitz–Thompson,
 * by the rank conditioning of Cohen and Kaplan). In the union of reservoirs u is held where p(u) is below the largest of
 * these limits over the flags whose audience he is in; those that do not hold him have their limit at or below p(u), so
 * the largest is max τ(f) over the reservoirs that hold him. Hence his weight, `$weight = 1 / max τ(f)`. It is known
 * without asking for what flags he ever came by, and it needs the coordination: with priorities of each flag's own,
 * the probability of a union would be another one, and the samples of a thousand flags would be a thousand times as large.
 *
 * **Merging.** Reservoirs of other processes and other windows are as those of further flags: their priorities are the
 * same. The union of files therefore takes, per targeting key, the row with the **smallest** weight, and estimates the
 * number of distinct users in all of them. A window that begins anew loses nothing but the users that it forgets.
 *
 * **Limits.** Where the contexts come to more than `maxBytes`, k falls by a quarter, one reservoir after the other, and
 * τ(f) to the first that had to leave: any smaller k is as right. That the moment depends on what is held makes it an
 * adaptive threshold (Ting); what u's own priority can do to it is to be the one context that makes the sum too
 * large, so that the bias is at most of the order of one held context among all.
 *
 * Sources: E. Cohen, H. Kaplan, "Summarizing data using bottom-k sketches", PODC 2007, and "Leveraging discarded
 * samples for tighter estimation of multiple-set aggregates", SIGMETRICS 2009 (coordinated samples and their unions);
 * D. G. Horvitz, D. J. Thompson, "A generalization of sampling without replacement from a finite universe", JASA 1952;
 * D. Ting, "Adaptive threshold sampling", SIGMOD 2022.
 */
import { attributeReader, isHashable, type EvaluationContext } from '../engine/index.js';
import type { ContextWriter } from './context-writer.js';
import type { Counts } from './counts.js';
import { HeldUsers } from './held-users.js';
import type { Priorities } from './priority.js';
import { NOBODY, Reservoir } from './reservoir.js';

/** How much may be held. */
export interface SampleLimits {
  readonly usersPerFlag: number;
  readonly flags: number;
  readonly bytes: number;
}

/** In UTF-16 units: an address has at most 254, and what is longer must not cost every evaluation its hash. */
export const MAX_KEY_LENGTH = 256;

/** How much of k is left when there is too much. */
const SHRUNK = 0.75;

/** What a sample must know of its sampler. */
export interface SampleScope {
  readonly limits: SampleLimits;
  readonly counts: Counts;
  readonly writer: ContextWriter;
  readonly priorities: Priorities;
  /** Whether the ruleset has a flag of a key. */
  readonly isFlag: (flagKey: string) => boolean;
}

const readKey = attributeReader('targetingKey');

/** One window. */
export class Sample {
  readonly users: HeldUsers;
  readonly #reservoirs = new Map<string, Reservoir>();
  readonly #scope: SampleScope;
  #usersPerFlag: number;
  /** The reservoirs that have still to shrink to that. */
  #unshrunk: IterableIterator<Reservoir> | undefined;

  /** @param generation of the attributes that are kept */
  constructor(scope: SampleScope, generation: number) {
    this.#scope = scope;
    this.users = new HeldUsers(scope.writer, scope.counts, generation);
    this.#usersPerFlag = scope.limits.usersPerFlag;
  }

  /** By flag key. */
  get reservoirs(): ReadonlyMap<string, Reservoir> {
    return this.#reservoirs;
  }

  /** k: the limit, or what had to become of it. */
  get usersPerFlag(): number {
    return this.#usersPerFlag;
  }

  /** An evaluation of a flag for a context. Throws what the context's own code throws. */
  offer(flagKey: string, context: EvaluationContext): void {
    const reservoir = this.#reservoirs.get(flagKey) ?? this.#open(flagKey);
    if (reservoir === undefined) return;
    const key = readKey(context);
    if (!isHashable(key)) {
      this.#scope.counts.skipped.noTargetingKey++;
      return;
    }
    if (typeof key === 'string' && key.length > MAX_KEY_LENGTH) {
      this.#scope.counts.skipped.targetingKeyTooLong++;
      return;
    }
    const { priorities } = this.#scope;
    const high = priorities.high(key);
    if (high >= reservoir.threshold) return;
    const priority = priorities.full(high, key);
    if (priority >= reservoir.threshold) return;
    const index = reservoir.find(priority);
    if (index < 0) this.#enter(reservoir, ~index, priority, key, context);
    else if (this.users.areOutdated) this.users.renew(priority, context);
  }

  #open(flagKey: string): Reservoir | undefined {
    const { limits, counts, isFlag } = this.#scope;
    if (this.#reservoirs.size >= limits.flags) counts.skipped.tooManyFlags++;
    else if (!isFlag(flagKey)) counts.skipped.unknownFlag++;
    else {
      const reservoir = new Reservoir(this.#usersPerFlag);
      this.#reservoirs.set(flagKey, reservoir);
      return reservoir;
    }
    return undefined;
  }

  #enter(
    reservoir: Reservoir,
    index: number,
    priority: number,
    key: string | number,
    context: EvaluationContext,
  ): void {
    if (!reservoir.admits(index, priority)) return;
    this.users.hold(priority, key, context);
    const left = reservoir.insert(index, priority);
    if (left !== NOBODY) this.users.release(left);
    if (this.users.bytes > this.#scope.limits.bytes) this.#shrink();
  }

  /** Each reservoir in its turn, so that an evaluation pays for no more of them than it takes. */
  #shrink(): void {
    while (this.users.bytes > this.#scope.limits.bytes) {
      const next = this.#unshrunk?.next();
      if (next === undefined || next.done === true) {
        // Options see to it that one user for each flag is never too much.
        this.#usersPerFlag = Math.max(1, Math.floor(this.#usersPerFlag * SHRUNK));
        this.#unshrunk = this.#reservoirs.values();
        continue;
      }
      next.value.shrink(this.#usersPerFlag, (priority) => this.users.release(priority));
    }
  }
}
