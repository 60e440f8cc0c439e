/** A flag's possible results before and after, numbered so that counting them takes two look-ups in arrays. */
import { canonical, variantsOf, type Plan } from '../../../provider/engine/index.js';
import type { Served } from '../preview.js';

/** The results of one side. */
export interface SideOutcomes {
  readonly decide: Plan['decide'];
  /** What may be served, each once. */
  readonly served: readonly Served[];
  /** From a result's index to that of what it serves. */
  readonly servedOf: Int32Array;
  /** From a result's index to its value's number: equal exactly where the values are, on whichever side. */
  readonly valueOf: Int32Array;
}

/** The results of both sides. */
export interface ComparedOutcomes {
  readonly before: SideOutcomes;
  readonly after: SideOutcomes;
}

/** The number of the default in the caller's code, which is the same whoever asks for it. */
const CALLERS_DEFAULT = 0;

/** @throws Error where the flag is on neither side */
export function compareOutcomes(before: Plan | undefined, after: Plan | undefined): ComparedOutcomes {
  const present = before ?? after;
  if (present === undefined) throw new Error('a flag that is on neither side has no results to compare');
  const numbers = new Map<string, number>();
  const numberOf = (value: unknown): number => {
    const text = canonical(value);
    const number = numbers.get(text) ?? numbers.size + CALLERS_DEFAULT + 1;
    numbers.set(text, number);
    return number;
  };
  const fallback = defaultOf(present, numberOf);
  return {
    before: before === undefined ? absent(fallback) : outcomesOf(before, numberOf),
    after: after === undefined ? absent(fallback) : outcomesOf(after, numberOf),
  };
}

/** A flag that is not there: everybody gets what counts as the default. */
function absent(fallback: number): SideOutcomes {
  return {
    decide: () => 0,
    served: [{ variant: null, none: 'no-flag' }],
    servedOf: Int32Array.of(0),
    valueOf: Int32Array.of(fallback),
  };
}

function outcomesOf({ decide, outcomes }: Plan, numberOf: (value: unknown) => number): SideOutcomes {
  const variants = [...new Set(outcomes.map(({ variant }) => variant))];
  return {
    decide,
    served: variants.map((variant) => (variant === null ? { variant, none: 'callers-default' } : { variant })),
    servedOf: Int32Array.from(outcomes, ({ variant }) => variants.indexOf(variant)),
    valueOf: Int32Array.from(outcomes, ({ variant, value }) => (variant === null ? CALLERS_DEFAULT : numberOf(value))),
  };
}

function defaultOf({ defaultVariant, document }: Plan, numberOf: (value: unknown) => number): number {
  return defaultVariant === null ? CALLERS_DEFAULT : numberOf(variantsOf(document).get(defaultVariant));
}
