/** The end of a window: who was held, and with what weight. */
import type { Slices } from '../repository/index.js';
import { rowOf } from './row-text.js';
import type { HeldUser } from './held-users.js';
import type { Sample } from './sample.js';

/** A sampled user: what is kept of his context, at the top level, and for how many users he stands. */
export interface SampledRow {
  readonly targetingKey: string | number;
  /** 1 or more. */
  readonly $weight: number;
  readonly [attribute: string]: unknown;
}

/**
 * The rows of a sample as lines of JSON, in no order: in that of their priorities, whoever knows those of all targeting
 * keys could tell whose hash is which.
 */
export async function* linesOf(sample: Sample, slices: Slices): AsyncGenerator<string, void> {
  const thresholds = new Map<HeldUser, number>();
  for (const { held, threshold } of sample.reservoirs.values()) {
    for (const priority of held) {
      const user = sample.users.byPriority.get(priority);
      if (user !== undefined) thresholds.set(user, Math.max(threshold, thresholds.get(user) ?? 0));
    }
    if (slices.isOver) await slices.pause();
  }
  const rows = [...thresholds];
  for (let left = rows.length; left > 0; left--) {
    const drawn = Math.floor(Math.random() * left);
    const [user, threshold] = rows[drawn] as [HeldUser, number];
    rows[drawn] = rows[left - 1] as [HeldUser, number];
    sample.users.prune(user);
    yield `${user.text.slice(0, -1)},"$weight":${1 / threshold}}`;
    if (slices.isOver) await slices.pause();
  }
}

/** Lines as rows, some at a time. */
export async function* batchesOf(lines: AsyncIterable<string>): AsyncGenerator<readonly SampledRow[], void> {
  let rows: SampledRow[] = [];
  for await (const line of lines) {
    rows.push(rowOf(line) as unknown as SampledRow);
    if (rows.length < BATCH_ROWS) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

const BATCH_ROWS = 1_000;
