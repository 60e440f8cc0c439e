/** Conditions as formulas: equal ones are one object, and the negation of each is at hand. */
import type { Atom } from './atom.js';

/** An atom, or its negation. */
export interface Literal {
  readonly kind: 'literal';
  readonly id: number;
  readonly atom: Atom;
  readonly isPositive: boolean;
  readonly negation: Literal;
}

/** A conjunction or a disjunction. `all` of nothing always holds, `any` of nothing never. */
export interface Junction {
  readonly kind: 'all' | 'any';
  readonly id: number;
  readonly parts: readonly Formula[];
  readonly negation: Junction;
}

/** A condition on the evaluation context; negations stand only before atoms. */
export type Formula = Literal | Junction;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Makes formulas; those of one maker are equal exactly where they are the same object, and their ids are. */
export class Formulas {
  readonly #literals = new Map<string, Literal>();
  readonly #junctions = new Map<string, Junction>();
  #nextId = 0;

  /** Always holds. */
  readonly always = this.#junction('all', []);
  /** Never holds. */
  readonly never = this.#junction('any', []);

  /** The literal of the atom that the key tells from all others. */
  atom(key: string, make: () => Atom): Literal {
    const known = this.#literals.get(key);
    if (known !== undefined) return known;
    const literal = { kind: 'literal', id: this.#nextId++, atom: make(), isPositive: true } as Writable<Literal>;
    literal.negation = { ...literal, id: this.#nextId++, isPositive: false, negation: literal };
    this.#literals.set(key, literal);
    return literal;
  }

  /** An atom that nothing is known of, which is no other's equal. */
  opaque(): Literal {
    const key = JSON.stringify(['opaque', this.#nextId]);
    return this.atom(key, () => ({ kind: 'opaque', subject: key }));
  }

  /** Holds where every part does. */
  all(parts: Iterable<Formula>): Formula {
    return this.#join('all', parts, this.always, this.never);
  }

  /** Holds where any part does. */
  any(parts: Iterable<Formula>): Formula {
    return this.#join('any', parts, this.never, this.always);
  }

  #join(kind: 'all' | 'any', parts: Iterable<Formula>, neutral: Formula, absorbing: Formula): Formula {
    const distinct = new Set(parts);
    distinct.delete(neutral);
    for (const part of distinct) if (part === absorbing || distinct.has(part.negation)) return absorbing;
    const [first] = distinct;
    return distinct.size === 1 && first !== undefined ? first : this.#junction(kind, [...distinct]);
  }

  /** A junction and its negation are made together: whichever is asked for later is found. */
  #junction(kind: 'all' | 'any', parts: readonly Formula[]): Junction {
    const key = junctionKey(kind, parts);
    const known = this.#junctions.get(key);
    if (known !== undefined) return known;
    const junction = { kind, id: this.#nextId++, parts } as Writable<Junction>;
    const opposite = kind === 'all' ? 'any' : 'all';
    const negatedParts = parts.map(({ negation }) => negation);
    junction.negation = { kind: opposite, id: this.#nextId++, parts: negatedParts, negation: junction };
    this.#junctions.set(key, junction);
    this.#junctions.set(junctionKey(opposite, negatedParts), junction.negation);
    return junction;
  }
}

function junctionKey(kind: string, parts: readonly Formula[]): string {
  return `${kind} ${parts
    .map(({ id }) => id)
    .sort((one, other) => one - other)
    .join()}`;
}
