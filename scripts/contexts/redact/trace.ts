/** Finds again, in what stays of a row, the values that must not: the same address often stands under two names. */
import { isPlainObject } from '../reading/nest.js';

/** In characters, of a text that was hashed and stands elsewhere as a whole; shorter ones are equal by chance. */
const LEAST_EQUAL = 3;

/** In digits, of a number that was hashed: two ages may be equal. */
const LEAST_EQUAL_DIGITS = 6;

/** In characters, of anything that was removed and stands elsewhere within a text; shorter ones are there by chance. */
const LEAST_WITHIN = 8;

/** The values of one row that must not stay. */
export class Traces {
  /** Texts, {@link folded}, to what stands in their place. */
  readonly #equal = new Map<string, unknown>();
  /** {@link folded}. */
  readonly #within = new Set<string>();

  /** Whether there is nothing to be found. */
  get isEmpty(): boolean {
    return this.#equal.size === 0 && this.#within.size === 0;
  }

  /** Adds what was there, and all within it. @param replace gives what a text is replaced by; undefined: nothing is */
  add(value: unknown, replace: ((text: string | number) => unknown) | undefined): void {
    if (Array.isArray(value)) for (const inner of value) this.add(inner, replace);
    else if (isPlainObject(value)) {
      for (const [name, inner] of Object.entries(value)) {
        this.add(name, undefined);
        this.add(inner, replace);
      }
    } else if (typeof value === 'string' || typeof value === 'number') this.#addScalar(value, replace);
  }

  /** What stays of a value: {@link GONE} where it holds one of the values; `found` is told how often. */
  clean(value: unknown, found: () => void): unknown {
    if (Array.isArray(value)) return value.map((inner) => this.clean(inner, found)).filter((inner) => inner !== GONE);
    if (isPlainObject(value)) {
      const kept: Record<string, unknown> = {};
      for (const [name, inner] of Object.entries(value)) {
        const clean = this.#holds(name) ? GONE : this.clean(inner, found);
        if (clean !== GONE) kept[name] = clean;
        if (this.#holds(name)) found();
      }
      return kept;
    }
    if (typeof value !== 'string' && typeof value !== 'number') return value;
    const text = String(value);
    const replaced = this.#equal.size === 0 ? undefined : this.#equal.get(folded(text));
    if (replaced === undefined && !this.#holds(text)) return value;
    found();
    return replaced ?? GONE;
  }

  #addScalar(value: string | number, replace: ((text: string | number) => unknown) | undefined): void {
    const text = String(value);
    const least = typeof value === 'number' ? LEAST_EQUAL_DIGITS : LEAST_EQUAL;
    if (replace !== undefined && text.length >= least) this.#equal.set(folded(text), replace(value));
    if (text.length >= LEAST_WITHIN) this.#within.add(folded(text));
  }

  #holds(text: string): boolean {
    if (text.length < LEAST_WITHIN || this.#within.size === 0) return false;
    const whole = folded(text);
    for (const value of this.#within) if (whole.includes(value)) return true;
    return false;
  }
}

/** As two programs that spell a name or an address differently mean the same: `é` is one character or two. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Stands for a value that goes. */
export const GONE = Symbol('gone');
