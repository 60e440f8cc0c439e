/**
 * Random numbers that are the same on every machine: sfc32, and the two functions of mathematics that a normal
 * distribution needs, out of nothing but operations that IEEE 754 defines to the last bit. `Math.log` and its like may
 * differ between engines (ECMA-262, section 21.3.2: "implementation-approximated").
 */
import { hasher } from '../../../provider/engine/index.js';

/** Rounds until three words of seed are mixed: as PractRand has it. */
const SEEDING_ROUNDS = 15;

/** Turns a text into a word of seed. */
export const wordOf = hasher('guidon-population:');

/**
 * A stream of random numbers: Chris Doty-Humphrey's sfc32 (Small Fast Counter, 32-bit words), from PractRand 0.95,
 * public domain. Passes BigCrush and 32 TB of PractRand.
 */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Begins the stream of three words; other words, another stream. */
  seed(first: number, second: number, third: number): this {
    this.#a = first | 0;
    this.#b = second | 0;
    this.#c = third | 0;
    this.#counter = 1;
    for (let round = 0; round < SEEDING_ROUNDS; round++) this.#next();
    return this;
  }

  /** From 0, which it may be, to 1, which it may not; 53 bits. */
  unit(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** From 0 to `count` − 1, each as likely; `count` at most 2^53. */
  below(count: number): number {
    return Math.min(count - 1, Math.floor(this.unit() * count));
  }

  /** Of a standard normal distribution: Marsaglia's polar method (Marsaglia and Bray, 1964), one of its two values. */
  normal(): number {
    for (;;) {
      const [x, y] = [2 * this.unit() - 1, 2 * this.unit() - 1];
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * naturalLog(square)) / square);
    }
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }
}

const LN_2 = 0.6931471805599453;

/** Terms of each series: what comes after them is below the last bit. */
const TERMS = 24;

/** The natural logarithm of a positive number: `2 artanh((m − 1) / (m + 1))` of what is left of the powers of two. */
export function naturalLog(value: number): number {
  let [mantissa, powers] = [value, 0];
  for (; mantissa > 1.5; powers++) mantissa /= 2;
  for (; mantissa < 0.75; powers--) mantissa *= 2;
  const ratio = (mantissa - 1) / (mantissa + 1);
  let [sum, power] = [0, ratio];
  for (let term = 0; term < TERMS; term++) {
    sum += power / (2 * term + 1);
    power *= ratio * ratio;
  }
  return 2 * sum + powers * LN_2;
}

/** Euler's number to a power, by its series for what is left of the powers of two. */
export function exponential(power: number): number {
  const powers = Math.round(power / LN_2);
  const rest = power - powers * LN_2;
  let [sum, part] = [1, 1];
  for (let term = 1; term < TERMS; term++) {
    part *= rest / term;
    sum += part;
  }
  // Doubling and halving are exact.
  for (let left = powers; left > 0; left--) sum *= 2;
  for (let left = powers; left < 0; left++) sum /= 2;
  return sum;
}
