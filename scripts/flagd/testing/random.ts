/** A reproducible source of choices: mulberry32, by Tommy Ettinger (public domain). */
export class Random {
  constructor(private state: number) {}

  /** From 0 up to, not including, 1. */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from 0 up to, not including, the limit. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** Whether something with this probability happens. */
  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of some values. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** Some of the values, each at most once, in an order of its own. */
  sample<T>(values: readonly T[], count: number): T[] {
    const rest = [...values];
    return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(this.below(rest.length), 1)[0] as T);
  }

  /** As many results as the count says. */
  repeat<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}
