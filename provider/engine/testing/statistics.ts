/** Statistics for property tests of the hash: with a fixed set of keys every figure is the same in every run. */

/** Pearson's chi-square of counts against the counts that are expected. */
export function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, index) => {
    const wanted = expected[index] as number;
    return sum + (count - wanted) ** 2 / wanted;
  }, 0);
}

/**
 * The chi-square that a fair source exceeds once in a million times, by degrees of freedom: the quantile at
 * 1 − 10⁻⁶ of the chi-square distribution, from its regularised gamma function.
 */
export const CHI_SQUARE_AT_ONE_IN_A_MILLION = { 1: 23.93, 2: 27.64, 9: 44.82, 99: 180.8 } as const;

/** A fixed set of keys, like those that applications send. */
export function keysOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** Calls with every key and counts the answers by name. */
export function tally(
  keys: readonly string[],
  answer: (key: string) => string | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    const name = String(answer(key));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
