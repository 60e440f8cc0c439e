/** The bottom-k sketch of one flag's audience: the smallest priorities that came by, and the first that was too large. */

/** Of most flags there are few users in a window, and there may be ten thousand flags. */
const FIRST_LENGTH = 16;

/** What {@link Reservoir.insert} gives where nobody had to leave. */
export const NOBODY = -1;

/** Holds at most `capacity` priorities, in order. */
export class Reservoir {
  /**
   * τ: the smallest priority that had to leave or was not let in, by which the held ones are all below it; 1 where
   * there was none. Only ever falls.
   */
  threshold = 1;
  #priorities = new Float64Array(FIRST_LENGTH);
  #size = 0;

  constructor(private capacity: number) {}

  /** The priorities that are held, in order; a view, good until the next change. */
  get held(): Float64Array {
    return this.#priorities.subarray(0, this.#size);
  }

  /** The index of a priority; where it is not held, the complement (`~`) of the index that it would have. */
  find(priority: number): number {
    let [from, to] = [0, this.#size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#priorities[middle] as number) < priority) from = middle + 1;
      else to = middle;
    }
    return from < this.#size && this.#priorities[from] === priority ? from : ~from;
  }

  /** Whether a priority below the threshold may come in at an index; if not, the threshold has fallen to it. */
  admits(index: number, priority: number): boolean {
    if (index < this.capacity) return true;
    this.threshold = priority;
    return false;
  }

  /** Lets a priority in that {@link admits} has admitted; gives the one that had to leave for it, or {@link NOBODY}. */
  insert(index: number, priority: number): number {
    const isFull = this.#size === this.capacity;
    const last = isFull ? (this.#priorities[this.#size - 1] as number) : NOBODY;
    if (isFull) this.threshold = last;
    else this.#grow();
    this.#priorities.copyWithin(index + 1, index, isFull ? this.#size - 1 : this.#size);
    this.#priorities[index] = priority;
    if (!isFull) this.#size++;
    return last;
  }

  /** Holds no more than `capacity` from now on; tells of each priority that has to leave. */
  shrink(capacity: number, left: (priority: number) => void): void {
    this.capacity = Math.min(this.capacity, capacity);
    if (this.#size <= this.capacity) return;
    for (let index = this.capacity; index < this.#size; index++) left(this.#priorities[index] as number);
    this.threshold = this.#priorities[this.capacity] as number;
    this.#size = this.capacity;
  }

  #grow(): void {
    if (this.#size < this.#priorities.length) return;
    const longer = new Float64Array(Math.min(2 * this.#priorities.length, this.capacity));
    longer.set(this.#priorities);
    this.#priorities = longer;
  }
}
