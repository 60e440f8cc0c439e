/** Literals that are taken to hold together, and which others they leave possible. */
import { areExclusive, isImplied, type Atom, type AttributeTest } from './atom.js';
import type { Scalar } from './documents.js';
import type { Literal } from './formula.js';

/** Thrown where a proof takes more steps than it may. */
export class OutOfSteps extends Error {}

/** The steps that are left for proofs. A step is about one comparison of two values. */
export class Steps {
  constructor(private left: number) {}

  /** @throws OutOfSteps where there are not so many left */
  take(count: number): void {
    this.left -= count;
    if (this.left < 0) throw new OutOfSteps();
  }
}

/** What is taken to hold of one subject. */
interface SubjectFacts {
  readonly positives: readonly Atom[];
  readonly negatives: readonly Atom[];
  /** The only values that the attribute can have; undefined where any number is possible. */
  readonly candidates: readonly Scalar[] | undefined;
}

const NOTHING: SubjectFacts = { positives: [], negatives: [], candidates: undefined };

/** Literals that hold, by their subject. */
export class Facts {
  constructor(
    private readonly steps: Steps,
    private readonly subjects: ReadonlyMap<string, SubjectFacts> = new Map(),
  ) {}

  /** These facts and one more; undefined where they can't hold together. */
  with(literal: Literal): Facts | undefined {
    const { atom, isPositive } = literal;
    const facts = this.subjects.get(atom.subject) ?? NOTHING;
    const candidates = this.#candidatesWith(facts, literal);
    if (candidates === undefined ? this.#isRefutedBy(facts, literal) : candidates.length === 0) return undefined;
    this.steps.take(this.subjects.size);
    const positives = isPositive ? [...facts.positives, atom] : facts.positives;
    const negatives = isPositive ? facts.negatives : [...facts.negatives, atom];
    return new Facts(this.steps, new Map(this.subjects).set(atom.subject, { positives, negatives, candidates }));
  }

  /** Whether it is proved that a literal can't hold beside these. */
  refute(literal: Literal): boolean {
    const facts = this.subjects.get(literal.atom.subject);
    if (facts === undefined) return false;
    const candidates = this.#candidatesWith(facts, literal);
    return candidates === undefined ? this.#isRefutedBy(facts, literal) : candidates.length === 0;
  }

  #candidatesWith(facts: SubjectFacts, { atom, isPositive }: Literal): readonly Scalar[] | undefined {
    const { candidates } = facts;
    if (atom.kind !== 'test') return candidates;
    if (candidates !== undefined) return this.#filter(candidates, atom, isPositive);
    if (atom.operator !== 'in' || !isPositive) return undefined;
    let values: readonly Scalar[] = [...atom.values];
    for (const other of facts.positives) values = this.#filter(values, other, true);
    for (const other of facts.negatives) values = this.#filter(values, other, false);
    return values;
  }

  #filter(values: readonly Scalar[], atom: Atom, isPositive: boolean): readonly Scalar[] {
    if (atom.kind !== 'test') return values;
    this.steps.take(values.length * costOf(atom));
    return values.filter((value) => atom.holds(value) === isPositive);
  }

  #isRefutedBy({ positives, negatives }: SubjectFacts, { atom, isPositive }: Literal): boolean {
    if (!isPositive) return positives.some((other) => this.#isImplied(other, atom));
    return (
      positives.some((other) => {
        this.steps.take(pairCostOf(atom) + pairCostOf(other));
        return areExclusive(atom, other);
      }) || negatives.some((other) => this.#isImplied(atom, other))
    );
  }

  #isImplied(by: Atom, atom: Atom): boolean {
    this.steps.take(by === atom ? 1 : pairCostOf(by) + pairCostOf(atom));
    return isImplied(by, atom);
  }
}

/** A pattern is a thousand characters at most, and its text too; that takes long. */
const PATTERN_STEPS = 100;

/** Versions are read again for each comparison. */
const RANGE_STEPS = 10;

function costOf(test: AttributeTest): number {
  if (test.operator === 'matches') return PATTERN_STEPS;
  return 'parts' in test ? test.parts.size : 1;
}

function pairCostOf(atom: Atom): number {
  if (atom.kind !== 'test') return 1;
  if ('parts' in atom) return atom.parts.size;
  return atom.operator === 'semver' ? RANGE_STEPS : 1;
}
