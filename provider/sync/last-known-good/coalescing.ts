/** One task at a time; of those that are asked for meanwhile only one, for all who asked. */

/** An item that waits for the one before it, and what tells everybody who asked since. */
interface Waiting<T> {
  item: T;
  readonly done: Promise<void>;
}

/** Works on items one after the other, and passes over all but one of those that came while it worked. */
export class Coalescing<T> {
  #waiting: Waiting<T> | undefined;
  #idle: Promise<void> = Promise.resolve();

  /**
   * @param work what is done with an item
   * @param isOutrun whether an item that was asked for may be passed over for one that waits
   */
  constructor(
    private readonly work: (item: T) => Promise<void>,
    private readonly isOutrun: (item: T, waiting: T) => boolean,
  ) {}

  /** Resolves when this item, or one in its stead, has been worked on, and rejects when that failed. */
  add(item: T): Promise<void> {
    if (this.#waiting !== undefined) {
      if (!this.isOutrun(item, this.#waiting.item)) this.#waiting.item = item;
      return this.#waiting.done;
    }
    const done = this.#idle.then(() => {
      this.#waiting = undefined;
      return this.work(waiting.item);
    });
    const waiting: Waiting<T> = { item, done };
    this.#waiting = waiting;
    this.#idle = done.catch(() => undefined);
    return done;
  }
}
