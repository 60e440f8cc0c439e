/**
 * Whether formulas contradict one another: a tableau. What must hold is taken apart; of a disjunction, the parts that
 * what is known refutes fall away; where several are left, each is tried. All that it finds is so; it may not find all.
 */
import { Facts, OutOfSteps, type Steps } from './facts.js';
import type { Formula, Junction } from './formula.js';

/** Whether it is proved that no context satisfies all the formulas; false, too, where the steps do not suffice. */
export function contradict(formulas: Iterable<Formula>, steps: Steps): boolean {
  try {
    const branch = new Branch(steps, new Facts(steps), new Set(), []);
    for (const formula of formulas) if (!branch.assume(formula)) return true;
    return branch.isClosed();
  } catch (error) {
    if (error instanceof OutOfSteps) return false;
    throw error;
  }
}

/** A set of formulas that are taken to hold together. */
class Branch {
  constructor(
    private readonly steps: Steps,
    private readonly facts: Facts,
    /** By their ids. */
    private readonly held: Set<number>,
    /** Disjunctions of which it is not known yet which part holds. */
    private open: Junction[],
  ) {}

  /** Takes a formula to hold; false where it can't. */
  assume(formula: Formula): boolean {
    this.steps.take(1);
    if (this.held.has(formula.id)) return true;
    if (this.held.has(formula.negation.id)) return false;
    this.held.add(formula.id);
    if (formula.kind === 'literal') return this.facts.add(formula);
    if (formula.kind === 'all') return formula.parts.every((part) => this.assume(part));
    this.open.push(formula);
    return true;
  }

  /** Whether it is proved that the formulas can't hold together. */
  isClosed(): boolean {
    const choice = this.#propagate();
    if (choice === 'closed') return true;
    if (choice === undefined) return false;
    return choice.every((part) => {
      this.steps.take(this.held.size + this.open.length);
      const branch = new Branch(this.steps, this.facts.copy(), new Set(this.held), [...this.open]);
      return !branch.assume(part) || branch.isClosed();
    });
  }

  /** Draws every conclusion that needs no choice; gives the narrowest choice that is left, undefined where none is. */
  #propagate(): readonly Formula[] | 'closed' | undefined {
    for (;;) {
      let narrowest: readonly Formula[] | undefined;
      let hasConcluded = false;
      const undecided: Junction[] = [];
      for (const junction of this.open.splice(0)) {
        if (junction.parts.some(({ id }) => this.held.has(id))) continue;
        const parts = junction.parts.filter((part) => !this.#isRefuted(part));
        const [only] = parts;
        if (only === undefined) return 'closed';
        if (parts.length === 1) {
          if (!this.assume(only)) return 'closed';
          hasConcluded = true;
          continue;
        }
        undecided.push(junction);
        if (narrowest === undefined || parts.length < narrowest.length) narrowest = parts;
      }
      this.open.push(...undecided);
      if (!hasConcluded) return narrowest;
    }
  }

  #isRefuted(formula: Formula): boolean {
    this.steps.take(1);
    if (this.held.has(formula.negation.id)) return true;
    if (this.held.has(formula.id)) return false;
    switch (formula.kind) {
      case 'literal':
        return this.facts.refute(formula);
      case 'all':
        return formula.parts.some((part) => this.#isRefuted(part));
      case 'any':
        return formula.parts.every((part) => this.#isRefuted(part));
    }
  }
}
