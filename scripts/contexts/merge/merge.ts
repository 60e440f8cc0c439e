/**
 * One file out of several: each user once. The files are read twice, for only then it is known which row of a user
 * stays; between the two, memory holds one slot a user (40 to 80 bytes), and no rows.
 */
import type { EvaluationContext } from '../../../provider/engine/index.js';
import { hasher } from '../../../provider/engine/index.js';
import { UsageError } from '../../errors.js';
import type { WeightedContext } from '../contexts.js';
import type { ReadFile, Refused, RowReader } from '../row-reader.js';
import { rowText } from '../row-text.js';
import { NO_USER, userNumber, UserTable } from '../user-table.js';
import { NO_THINNING, thinningOf, unitOf } from './thinning.js';

/** What was merged. */
export interface Merged {
  readonly files: readonly ReadFile[];
  readonly rows: number;
  readonly refused: Refused;
  /** Rows of users of whom another row stayed. */
  readonly repeated: number;
  /** Users in all files: one for each targeting key, and each row without. */
  readonly users: number;
  /** Users that stayed: fewer only where there was a limit. */
  readonly kept: number;
  /** What those of all users weigh together, and those that stayed. */
  readonly weightBefore: number;
  readonly weightAfter: number;
}

/** The column of a user's slot with the number, from 1 in all files, of the row that stays; the others: its weight, and its text's hash. */
const ROW = 1;

const textHash = hasher('guidon-contexts:text:');

/** Plans a merge, and then makes it: {@link plan}, {@link lines}, {@link result}. */
export class Merge {
  readonly #users = new UserTable(3);
  #rows = 0;
  #keyless = 0;
  #keylessWeight = 0;
  #isWeighted = false;
  #thinning = NO_THINNING;
  #kept = 0;
  #weightAfter = 0;

  /**
   * Reads all rows, and decides which stay: of each targeting key the one with the smallest weight, which for samples
   * that one hash of the users coordinates is the right one (`provider/sampler`); of equal ones that whose text has the
   * smaller hash, so that the order of the files decides nothing.
   * @param limit - How many users stay at most; undefined: all
   */
  async plan(reader: RowReader, limit: number | undefined): Promise<void> {
    for await (const contexts of reader.batches()) for (const context of contexts) this.#add(context);
    if (limit !== undefined) this.#thinning = thinningOf(this.#units(), limit);
  }

  /** The rows that stay, in the order of the files. @param reader of the same files, again */
  async *lines(reader: RowReader): AsyncGenerator<string> {
    const { threshold, factor } = this.#thinning;
    // A user who is new now gets a slot, too, of no row.
    const planned = this.#users.size + this.#keyless;
    let row = 0;
    let keyless = 0;
    let stayed = 0;
    for await (const contexts of reader.batches()) {
      for (const { context, weight } of contexts) {
        row++;
        const user = userNumber(context);
        if (user === NO_USER) keyless++;
        else if (!this.#stays(user, row)) continue;
        stayed++;
        if (unitOf(user === NO_USER ? keylessNumber(keyless) : user) >= threshold) continue;
        this.#kept++;
        this.#weightAfter += weight * factor;
        yield this.#text(context, weight);
      }
    }
    if (row !== this.#rows || stayed !== planned)
      throw new UsageError('the files changed while they were read; run it again');
  }

  /** What was done. @param reader the first one */
  result({ files, rows, refused }: RowReader): Merged {
    const users = this.#users.size + this.#keyless;
    const [weights] = this.#users.columns;
    const keyed = (weights as Float64Array).reduce((sum, weight) => sum + weight, 0);
    return {
      files,
      rows,
      refused,
      repeated: rows - users,
      users,
      kept: this.#kept,
      weightBefore: keyed + this.#keylessWeight,
      weightAfter: this.#weightAfter,
    };
  }

  #add({ context, weight, isWeighted }: WeightedContext): void {
    this.#rows++;
    this.#isWeighted ||= isWeighted;
    const user = userNumber(context);
    if (user === NO_USER) {
      this.#keyless++;
      this.#keylessWeight += weight;
      return;
    }
    const { slot, isNew } = this.#users.slotOf(user);
    const [weights, rows, texts] = this.#users.columns as readonly [Float64Array, Float64Array, Float64Array];
    if (!isNew && weight > (weights[slot] as number)) return;
    const text = textHash(rowText(context, undefined));
    if (!isNew && weight === weights[slot] && text >= (texts[slot] as number)) return;
    weights[slot] = weight;
    rows[slot] = this.#rows;
    texts[slot] = text;
  }

  #stays(user: number, row: number): boolean {
    return this.#users.columns[ROW]?.[this.#users.slotOf(user).slot] === row;
  }

  /** Once one row has a weight, each says it: without one it counts as 1. */
  #text(context: EvaluationContext, weight: number): string {
    const { factor } = this.#thinning;
    const isWeighted = this.#isWeighted || factor > 1;
    return rowText(context, isWeighted ? weight * factor : undefined);
  }

  *#units(): Generator<number> {
    for (const user of this.#users.users) if (user !== NO_USER) yield unitOf(user);
    for (let index = 1; index <= this.#keyless; index++) yield unitOf(keylessNumber(index));
  }
}

const [keylessHigh, keylessLow] = [hasher('guidon-contexts:keyless:'), hasher('guidon-contexts:keyless:low:')];

/** As `userNumber`, of a row without targeting key: by its place among those. */
function keylessNumber(index: number): number {
  return (keylessHigh(index) >>> 0) * 2 ** 21 + (keylessLow(index) >>> 11);
}
