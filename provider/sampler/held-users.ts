/** The users that reservoirs hold, each with one context, however many reservoirs hold him. */
import type { EvaluationContext } from '../engine/index.js';
import type { ContextWriter, WrittenContext } from './context-writer.js';
import type { Counts } from './counts.js';
import { textBytes } from './row-text.js';

/** What a held user takes besides his row's text: the record, its entry among all, and the head of the text. */
export const USER_BYTES = 160;

/** How many contexts of one user are read at most, for what the first did not have. */
const MAX_READS = 4;

/** A user that at least one reservoir holds. */
export interface HeldUser {
  /** His row, without its weight. */
  text: string;
  bytes: number;
  /** How many reservoirs hold him. */
  holders: number;
  /** Of which attributes the text was written. */
  generation: number;
  reads: number;
  isComplete: boolean;
}

/** Of one window. */
export class HeldUsers {
  readonly #byPriority = new Map<number, HeldUser>();
  #bytes = 0;
  /** How many were written of other attributes than are kept now. */
  #outdated = 0;

  constructor(
    private readonly writer: ContextWriter,
    private readonly counts: Counts,
    private generation: number,
  ) {}

  get byPriority(): ReadonlyMap<number, HeldUser> {
    return this.#byPriority;
  }

  /** Of the texts, and of what holds them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether anybody has to be read again when he comes by. */
  get areOutdated(): boolean {
    return this.#outdated > 0;
  }

  /** One more reservoir holds a user. */
  hold(priority: number, key: string | number, context: EvaluationContext): void {
    const user = this.#byPriority.get(priority);
    if (user === undefined) {
      const added = { text: '', bytes: 0, holders: 1, generation: this.generation, reads: 1, isComplete: false };
      this.#write(added, this.writer.write(key, context));
      this.#byPriority.set(priority, added);
      return;
    }
    user.holders++;
    if (user.generation !== this.generation) this.#renew(user, context);
    else if (!user.isComplete && user.reads < MAX_READS) {
      user.reads++;
      this.#write(user, this.writer.extend(user.text, context));
    }
  }

  /** One reservoir less holds a user; the last leaves nothing of him. */
  release(priority: number): void {
    const user = this.#byPriority.get(priority);
    if (user === undefined || --user.holders > 0) return;
    this.#byPriority.delete(priority);
    this.#bytes -= user.bytes;
    if (user.generation !== this.generation) this.#outdated--;
  }

  /** Other attributes are kept from now on. */
  outdate(generation: number): void {
    this.generation = generation;
    this.#outdated = this.#byPriority.size;
  }

  /** Reads a held user's context again, where what is held was written of other attributes. */
  renew(priority: number, context: EvaluationContext): void {
    const user = this.#byPriority.get(priority);
    if (user !== undefined && user.generation !== this.generation) this.#renew(user, context);
  }

  /** Drops of a user's row what is no longer kept, until he comes by. */
  prune(user: HeldUser): void {
    if (user.generation !== this.generation) this.#write(user, this.writer.prune(user.text));
  }

  #renew(user: HeldUser, context: EvaluationContext): void {
    user.generation = this.generation;
    user.reads = 1;
    this.#outdated--;
    this.#write(user, this.writer.renew(user.text, context));
  }

  #write(user: HeldUser, { text, isComplete, dropped }: WrittenContext): void {
    const bytes = textBytes(text) + USER_BYTES;
    this.#bytes += bytes - user.bytes;
    this.counts.attributesDropped += dropped;
    user.text = text;
    user.bytes = bytes;
    user.isComplete = isComplete;
  }
}
