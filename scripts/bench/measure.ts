/** Measuring: CPU time and garbage of a loop, and what many rounds of it say. */

/** Runs the measured call `times` times. */
export type Loop = (times: number) => void | Promise<void>;

/** The middle of several figures, and the middle half of them. */
export interface Spread {
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

/** How long and how often to measure. */
export interface Effort {
  readonly rounds: number;
  /** In how many turns a round is taken: what slows the machine down for a moment then slows all sides down. */
  readonly slices: number;
  /** The CPU time of one slice; long enough for the CPU clock's microseconds not to matter. */
  readonly sliceMs: number;
  /** CPU time before the first round; enough for the optimising compiler to have done its work. */
  readonly warmUpMs: number;
}

/** For figures that are published. */
export const fullEffort: Effort = { rounds: 15, slices: 6, sliceMs: 5, warmUpMs: 200 };

/** To see that everything runs; its figures are worth nothing. */
export const quickEffort: Effort = { rounds: 2, slices: 2, sliceMs: 2, warmUpMs: 5 };

/** The spread of at least one figure, by linear interpolation between neighbours. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const position = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]] as [number, number];
    return below + (above - below) * (position - Math.floor(position));
  };
  return { median: at(0.5), lowerQuartile: at(0.25), upperQuartile: at(0.75) };
}

/** Nanoseconds of the process's CPU time a call, collecting garbage and compiling included. */
export async function nanosecondsPerCall(loop: Loop, times: number): Promise<number> {
  const started = process.cpuUsage();
  await loop(times);
  const { user, system } = process.cpuUsage(started);
  return ((user + system) * 1_000) / times;
}

/**
 * As {@link nanosecondsPerCall}, for sides that share a process: each begins with an empty young generation and pays
 * for what it leaves there, which would else be collected in the turn of another.
 * @throws Error without `--expose-gc`
 */
export function nanosecondsWithGarbage(loop: Loop, times: number): Promise<number> {
  collectYoung();
  return nanosecondsPerCall(async (count) => {
    await loop(count);
    collectYoung();
  }, times);
}

function collectYoung(): void {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('collecting garbage needs node --expose-gc');
  gc({ type: 'minor' });
}

/** A side of a comparison: runs for about a slice; gives the nanoseconds of CPU time a call. */
export type RunSlice = () => Promise<number>;

/** What each side took in each round, in nanoseconds a call; the sides take turns, now this way, now that. */
export async function interleave(sides: readonly RunSlice[], { rounds, slices }: Effort): Promise<readonly number[][]> {
  const taken = sides.map((): number[] => []);
  const order = [...sides.entries()];
  for (let round = 0; round < rounds; round++) {
    const sums = sides.map(() => 0);
    for (let slice = 0; slice < slices; slice++) {
      for (const [index, run] of slice % 2 === 0 ? order : order.toReversed())
        sums[index] = (sums[index] ?? 0) + (await run());
    }
    for (const [index, sum] of sums.entries()) taken[index]?.push(sum / slices);
  }
  return taken;
}

/** The ratios of what was taken to what the first side took, round by round. */
export function ratiosOf(taken: readonly number[], base: readonly number[]): Spread {
  return spreadOf(taken.map((nanoseconds, round) => nanoseconds / (base[round] ?? Number.NaN)));
}

const FIRST_TIMES = 16;
/** A loop that grows faster than this would overshoot by what compiling sped up meanwhile. */
const LARGEST_GROWTH = 8;

/** Warms a loop up; gives how many calls fill a slice. */
export async function warmUp(loop: Loop, { sliceMs, warmUpMs }: Effort): Promise<number> {
  let times = FIRST_TIMES;
  for (let spentMs = 0; ;) {
    const milliseconds = ((await nanosecondsPerCall(loop, times)) * times) / 1e6;
    spentMs += milliseconds;
    const growth = Math.min(LARGEST_GROWTH, sliceMs / Math.max(milliseconds, 0.01));
    if (spentMs >= warmUpMs && growth < LARGEST_GROWTH) return Math.max(1, Math.round(times * growth));
    times = Math.max(1, Math.ceil(times * growth));
  }
}

/** Below the young generation's first size, 1 MiB, so that no collection falsifies the count. */
const COUNTED_BYTES = 500_000;
const MOST_COUNTED_CALLS = 4_096;
const COUNTS = 7;

/**
 * Bytes allocated a call by a loop that is warm: how the heap grows while nothing is collected, less what looking at
 * it costs, at the least of several counts, since whatever else allocates can only add.
 * @throws Error without `--expose-gc`
 */
export async function bytesPerCall(loop: Loop): Promise<number> {
  const overhead = await leastGrowth(() => undefined, 0);
  for (let times = 1; ; times *= 2) {
    const growth = Math.max(0, (await leastGrowth(loop, times)) - overhead);
    if (times === MOST_COUNTED_CALLS || growth * 2 > COUNTED_BYTES) return growth / times;
  }
}

async function leastGrowth(loop: Loop, times: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < COUNTS; count++) {
    // A full collection would throw compiled code away as well, which would then be compiled anew.
    collectYoung();
    const before = process.memoryUsage().heapUsed;
    await loop(times);
    const growth = process.memoryUsage().heapUsed - before;
    if (growth >= 0) least = Math.min(least, growth);
  }
  return least;
}
