/**
 * What a change does to people, proved from the documents alone: that everybody gets the same value as before, or that
 * or the default. What can't be proved is `other`.
 */
import { EnvironmentComparison, sidesOf, type Sides } from './environment-comparison.js';
import type { Ruleset } from './ruleset.js';
import type { Direction } from './served.js';

/**
 * The directions of a change's flags, in the base's terms of default and value. `same`: for every context the value is
 * the one before. `reducing`: for every context it is the one before or the base's default, and some context may get
 * less. `other`: neither is proved. Contexts whose getters throw or change their mind are no contexts here.
 *
 * Never reducing: a flag that is removed, one with `default: null`, a variant whose value changes. A flag that is added
 * is `same` where it is off in all environments, else `other`; so is everything in an environment of one side only.
 */
export class Directions {
  readonly #sides: Sides;
  readonly #comparisons = new Map<string, EnvironmentComparison>();

  constructor(before: Ruleset, after: Ruleset) {
    this.#sides = sidesOf(before, after);
  }

  /** The direction of one flag in one environment. */
  of(key: string, environment: string): Direction {
    return this.#comparison(environment, false).direction(key);
  }

  /**
   * The direction as if all flags were enabled in the environment, on both sides: what a kill hides, in the flag
   * itself or behind one that it needs, comes to light here.
   */
  latentOf(key: string, environment: string): Direction {
    const isLatent = !this.#comparison(environment, false).isOpen(key);
    return this.#comparison(environment, isLatent).direction(key);
  }

  #comparison(environment: string, isLatent: boolean): EnvironmentComparison {
    const name = JSON.stringify([environment, isLatent]);
    const known = this.#comparisons.get(name) ?? new EnvironmentComparison(this.#sides, environment, isLatent);
    this.#comparisons.set(name, known);
    return known;
  }
}
