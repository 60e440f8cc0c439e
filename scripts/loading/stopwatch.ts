/** Measures what a piece of work takes of its process: time, the longest stall of the event loop, and heap. */

/** What some work took. */
export interface Taken {
  /** Wall clock. */
  readonly milliseconds: number;
  /** Of this process alone, in milliseconds. */
  readonly cpuMilliseconds: number;
  /** The longest time in milliseconds for which nothing else in the process could run. */
  readonly stallMilliseconds: number;
}

const TICK_MS = 1;

/** Runs some work and measures it. */
export async function measured(work: () => Promise<unknown>): Promise<Taken> {
  let longest = 0;
  // Its own first turns must not count.
  await new Promise((resolve) => setTimeout(resolve, 20));
  let last = performance.now();
  const note = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK_MS);
    last = now;
  };
  const ticking = setInterval(note, TICK_MS);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  // A stall at the very end shows at the next tick only.
  await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  note();
  clearInterval(ticking);
  return { milliseconds, cpuMilliseconds: (user + system) / 1_000, stallMilliseconds: longest };
}

/** The bytes in use on the heap once everything unused is collected; needs `--expose-gc`. */
export async function heapBytes(): Promise<number> {
  // What has only just become unused, such as a closed stream, needs a turn or two.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}
