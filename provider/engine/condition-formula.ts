/** A condition document as a formula, with the segments that it names written out. */
import type { AttributeTest, Bound } from './atom.js';
import type { ConditionDocument, JsonValue, OperatorsDocument, Scalar, SegmentDocument, Stored } from './documents.js';
import type { Formula, Formulas } from './formula.js';
import { parseInstant } from './instant.js';
import { operators, type ValueTest } from './operators.js';

/** Deepest nesting that is looked into, through segments of segments too; below, nothing is known. */
const MAX_DEPTH = 200;

/** The conditions of one revision. */
export class Conditions {
  readonly #segments = new Map<string, Formula>();
  /** By their text: many flags and environments ask for the same. */
  readonly #known = new Map<string, Formula>();
  #depth = 0;

  constructor(
    private readonly formulas: Formulas,
    private readonly segments: ReadonlyMap<string, Stored<SegmentDocument>>,
  ) {}

  /** When a condition holds. */
  of(when: ConditionDocument): Formula {
    const text = JSON.stringify(when);
    const formula = this.#known.get(text) ?? this.#all(when);
    this.#known.set(text, formula);
    return formula;
  }

  #all(when: ConditionDocument): Formula {
    if (this.#depth >= MAX_DEPTH) return this.formulas.opaque();
    this.#depth++;
    const parts = Object.entries(when).map(([key, operand]) => this.#entry(key, operand));
    this.#depth--;
    return this.formulas.all(parts);
  }

  /** When a segment holds. */
  segment(name: string): Formula {
    const known = this.#segments.get(name);
    if (known !== undefined) return known;
    const stored = this.segments.get(name);
    const formula = stored === undefined ? this.formulas.opaque() : this.#all(stored.read().when);
    this.#segments.set(name, formula);
    return formula;
  }

  #entry(key: string, operand: ConditionDocument[string]): Formula {
    const conditions = (): Formula[] => (operand as readonly ConditionDocument[]).map((inner) => this.#all(inner));
    switch (key) {
      case 'segment':
        return this.formulas.any([operand as string | readonly string[]].flat().map((name) => this.segment(name)));
      case 'any':
        return this.formulas.any(conditions());
      case 'all':
        return this.formulas.all(conditions());
      case 'not':
        return this.#all(operand as ConditionDocument).negation;
      default:
        return this.#attribute(key, operand as JsonValue | OperatorsDocument);
    }
  }

  #attribute(path: string, operand: JsonValue | OperatorsDocument): Formula {
    if (Array.isArray(operand)) return this.#test(path, 'in', operand);
    if (typeof operand !== 'object' || operand === null) return this.#test(path, 'equals', operand);
    return this.formulas.all(Object.entries(operand).map(([name, value]) => this.#test(path, name, value)));
  }

  #test(path: string, operator: string, operand: unknown): Formula {
    switch (operator) {
      case 'equals':
        return this.#list(path, 'in', [operand]);
      case 'notIn':
        return this.#list(path, 'in', operand as readonly unknown[]).negation;
      case 'in':
      case 'startsWith':
      case 'endsWith':
      case 'contains':
        return this.#list(path, operator, [operand].flat());
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte':
        return this.#bound(path, operator, operand as number, operators[operator](operand as number));
      case 'before':
      case 'after':
        return this.#bound(path, operator, parseInstant(operand as string), operators[operator](operand as string));
      case 'matches':
      case 'semver':
        return this.#literal({ subject: `attribute ${path}`, operator, text: operand as string }, operand, () =>
          operators[operator](operand as string),
        );
      case 'exists': {
        const exists = this.#literal({ subject: `attribute ${path}`, operator }, true, () => operators.exists(true));
        return operand === true ? exists : exists.negation;
      }
      default:
        return this.formulas.opaque();
    }
  }

  #list(path: string, operator: 'in' | 'startsWith' | 'endsWith' | 'contains', operand: readonly unknown[]): Formula {
    // The schema admits nothing else; of anything else, null above all, the proofs know nothing.
    if (!operand.every((value) => isScalar(value))) return this.formulas.opaque();
    if (operand.length === 0) return this.formulas.never;
    const distinct = new Set(operand);
    const terms = operator === 'in' ? { operator, values: distinct } : { operator, parts: distinct as Set<string> };
    const key = [...distinct].map((value) => JSON.stringify(value)).sort();
    return this.#literal({ subject: `attribute ${path}`, ...terms }, key, () =>
      operators[operator]([...distinct] as string[]),
    );
  }

  #bound(path: string, operator: Bound, bound: number, holds: ValueTest): Formula {
    // Nothing compares with NaN: such a test never holds.
    if (Number.isNaN(bound)) return this.formulas.never;
    return this.#literal({ subject: `attribute ${path}`, operator, bound }, bound, () => holds);
  }

  #literal(terms: TermsOf<AttributeTest>, key: unknown, compile: () => ValueTest): Formula {
    return this.formulas.atom(JSON.stringify([terms.subject, terms.operator, key]), () => {
      let compiled: ValueTest | undefined;
      // Compiled when it is first asked: few are, and a pattern takes a while.
      return { kind: 'test', ...terms, holds: (value) => (compiled ??= compile())(value) };
    });
  }
}

type TermsOf<T> = T extends unknown ? Omit<T, 'kind' | 'holds'> : never;

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
