/** Literals that are taken to hold together, and which others they leave possible. */
import { areExclusive, isImplied, overlap, sizeOf, type Atom, type Members } from './atom.js';
import type { Literal } from './formula.js';

/** Thrown where a proof takes more steps than it may. */
export class OutOfSteps extends Error {}

/** The steps that are left for proofs. A step is about one look-up. */
export class Steps {
  constructor(private left: number) {}

  /** @throws OutOfSteps where there are not so many left */
  take(count: number): void {
    this.left -= count;
    if (this.left < 0) throw new OutOfSteps();
  }
}

/** What is taken to hold of one subject; replaced, never edited. */
interface SubjectFacts {
  readonly positives: readonly Atom[];
  readonly negatives: readonly Atom[];
  /** One of the positives: a list that has the only values possible. */
  readonly members: Members | undefined;
}

const NOTHING: SubjectFacts = { positives: [], negatives: [], members: undefined };

/** Literals that hold, by their subject. */
export class Facts {
  constructor(
    private readonly steps: Steps,
    private readonly subjects: Map<string, SubjectFacts> = new Map(),
  ) {}

  /** Facts of their own, for another branch. */
  copy(): Facts {
    this.steps.take(this.subjects.size);
    return new Facts(this.steps, new Map(this.subjects));
  }

  /** Adds a literal; false where it is proved that it can't hold beside the others. */
  add(literal: Literal): boolean {
    const { atom, isPositive } = literal;
    const facts = this.subjects.get(atom.subject) ?? NOTHING;
    if (this.#isRefutedBy(facts, literal)) return false;
    this.subjects.set(atom.subject, {
      positives: isPositive ? [...facts.positives, atom] : facts.positives,
      negatives: isPositive ? facts.negatives : [...facts.negatives, atom],
      members: facts.members ?? (isPositive ? membersOf(atom) : undefined),
    });
    return true;
  }

  /** Whether it is proved that a literal can't hold beside these. */
  refute(literal: Literal): boolean {
    const facts = this.subjects.get(literal.atom.subject);
    return facts !== undefined && this.#isRefutedBy(facts, literal);
  }

  #isRefutedBy(facts: SubjectFacts, literal: Literal): boolean {
    const { atom, isPositive } = literal;
    const { positives, negatives, members } = facts;
    this.steps.take(positives.length + (isPositive ? negatives.length : 0) + 1);
    const own = members ?? (isPositive ? membersOf(atom) : undefined);
    if (own !== undefined) return this.#isEmpty(own, facts, literal);
    if (!isPositive) return positives.some((other) => this.#isImplied(other, atom));
    return (
      negatives.some((other) => this.#isImplied(atom, other)) ||
      positives.some((other) => {
        this.steps.take(sizeOf(atom) + sizeOf(other));
        return areExclusive(atom, other);
      })
    );
  }

  #isImplied(by: Atom, atom: Atom): boolean {
    if (by !== atom) this.steps.take(sizeOf(by));
    return isImplied(by, atom);
  }

  /** Whether the facts and the literal leave none of the members. */
  #isEmpty(members: Members, { positives, negatives }: SubjectFacts, { atom, isPositive }: Literal): boolean {
    const [wanted, unwanted] = isPositive ? [[...positives, atom], negatives] : [positives, [...negatives, atom]];
    const narrowing: { readonly atom: Atom; readonly isWanted: boolean }[] = [];
    for (const [atoms, isWanted] of [
      [wanted, true],
      [unwanted, false],
    ] as const) {
      for (const other of atoms) {
        const common = overlap(members, other);
        if (common === (isWanted ? 'none' : 'all')) return true;
        if (common === 'some') narrowing.push({ atom: other, isWanted });
      }
    }
    if (narrowing.length < 2) return false;
    this.steps.take(members.values.size * narrowing.reduce((sum, one) => sum + sizeOf(one.atom), 0));
    const isLeft = (value: unknown): boolean =>
      narrowing.every((one) => one.atom.kind !== 'test' || one.atom.holds(value) === one.isWanted);
    for (const value of members.values) if (isLeft(value)) return false;
    return true;
  }
}

function membersOf(atom: Atom): Members | undefined {
  return atom.kind === 'test' && atom.operator === 'in' ? atom : undefined;
}
