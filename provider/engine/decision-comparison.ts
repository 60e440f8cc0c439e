/** Two decision lists: what every context gets from the one, against what it gets from the other. */
import { contradict } from './contradiction.js';
import type { Decision } from './decision-list.js';
import { Steps } from './facts.js';
import type { Formula } from './formula.js';
import type { Labels } from './labels.js';
import { directionOfServed, type Direction } from './served.js';

/** Steps for one flag, environment and question: twenty times what 200 rules on both sides take; some milliseconds. */
const MAX_STEPS = 50_000;

/**
 * The direction between two lists. For each pair of decisions: what happens to a context that the one decides before
 * and the other after is allowed, or there is proved to be no such context.
 */
export function directionOfLists(before: readonly Decision[], after: readonly Decision[], labels: Labels): Direction {
  const meetings = new Meetings(before, after);
  const reductions: [number, number][] = [];
  let steps = new Steps(MAX_STEPS);
  for (const [i, { served }] of before.entries()) {
    for (const [j, decision] of after.entries()) {
      const direction = directionOfServed(served, decision.served, labels);
      if (direction === 'reducing') reductions.push([i, j]);
      if (direction === 'other' && !meetings.areNone(i, j, steps)) return 'other';
    }
  }
  steps = new Steps(MAX_STEPS);
  return reductions.every(([i, j]) => meetings.areNone(i, j, steps)) ? 'same' : 'reducing';
}

/** The contexts that one decision decides before, and another after. */
class Meetings {
  readonly #beforeIndices: ReadonlyMap<Formula, number>;
  readonly #afterIndices: ReadonlyMap<Formula, number>;

  constructor(
    private readonly before: readonly Decision[],
    private readonly after: readonly Decision[],
  ) {
    this.#beforeIndices = firstIndices(before);
    this.#afterIndices = firstIndices(after);
  }

  /** Whether it is proved that there are none. */
  areNone(i: number, j: number, steps: Steps): boolean {
    const [old, now] = [this.before[i] as Decision, this.after[j] as Decision];
    // The ordinary case, at once: the condition of the one has already decided on the other side.
    if ((this.#beforeIndices.get(now.condition) ?? i) < i || (this.#afterIndices.get(old.condition) ?? j) < j)
      return true;
    return contradict(
      [
        old.condition,
        now.condition,
        ...this.before.slice(0, i).map(({ condition }) => condition.negation),
        ...this.after.slice(0, j).map(({ condition }) => condition.negation),
      ],
      steps,
    );
  }
}

function firstIndices(decisions: readonly Decision[]): ReadonlyMap<Formula, number> {
  // Later ones are overwritten by earlier ones.
  return new Map(decisions.map(({ condition }, index) => [condition, index] as const).reverse());
}
