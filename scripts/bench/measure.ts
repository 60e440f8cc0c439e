/** Measuring: interleaved rounds of CPU time, so that a machine's drift hits all sides alike. */

/** One side of a comparison: runs its work `times` times. */
export interface Contender {
  readonly name: string;
  readonly run: (times: number) => void | Promise<void>;
}

/** What a contender took, in nanoseconds of CPU time a call. */
export interface Measurement {
  readonly name: string;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

const ROUNDS = 9;
/** Long enough for the CPU clock's microseconds not to matter. */
const ROUND_CPU_MS = 40;

/** Measures all contenders, one round of each after the other. */
export async function measure(contenders: readonly Contender[]): Promise<readonly Measurement[]> {
  const times = new Map<Contender, number>();
  for (const contender of contenders) times.set(contender, await calibrate(contender));
  const rounds = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) {
      rounds.get(contender)?.push(await nanosecondsPerCall(contender, times.get(contender) ?? 1));
    }
  }
  return contenders.map((contender) => {
    const sorted = (rounds.get(contender) ?? []).toSorted((a, b) => a - b);
    const at = (index: number): number => sorted[index] ?? Number.NaN;
    return { name: contender.name, median: at(ROUNDS >> 1), lowest: at(0), highest: at(ROUNDS - 1) };
  });
}

/** Warms a contender up and finds how many calls fill a round. */
async function calibrate(contender: Contender): Promise<number> {
  let times = 100;
  for (;;) {
    const started = process.cpuUsage();
    await contender.run(times);
    const { user, system } = process.cpuUsage(started);
    const milliseconds = (user + system) / 1_000;
    if (milliseconds >= ROUND_CPU_MS) return times;
    times = Math.ceil(times * Math.min(10, (ROUND_CPU_MS * 1.5) / Math.max(milliseconds, 0.5)));
  }
}

async function nanosecondsPerCall(contender: Contender, times: number): Promise<number> {
  const started = process.cpuUsage();
  await contender.run(times);
  const { user, system } = process.cpuUsage(started);
  return ((user + system) * 1_000) / times;
}

/** Calls enough for the optimising compiler to have done its work: what it allocates is not the contender's. */
const WARM_UP_CALLS = 100_000;
const COUNTS = 5;

/**
 * Bytes allocated a call: how the heap grows over `times` calls while nothing is collected, at the least of several
 * counts, since whatever else allocates can only add. Undefined without `--expose-gc`.
 */
export async function bytesPerCall(contender: Contender, times: number): Promise<number | undefined> {
  if (globalThis.gc === undefined) return undefined;
  await contender.run(WARM_UP_CALLS);
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < COUNTS; count++) {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    await contender.run(times);
    least = Math.min(least, Math.max(0, process.memoryUsage().heapUsed - before) / times);
  }
  return least;
}
