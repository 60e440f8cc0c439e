/** JsonLogic as flagd evaluates it: expressions, and the few combinations of them that a compiled flag is made of. */

/** A JsonLogic expression. An object has exactly one key, the operation; everything else stands for itself. */
export type Logic = string | number | boolean | null | readonly Logic[] | { readonly [operation: string]: Logic };

/**
 * How many operands one `and` or `or` has at most. flagd's JavaScript engine turns each operand into one more level of
 * a conditional expression, and V8 gives up between 2,000 and 5,000 levels: longer lists become lists of lists.
 */
const MAX_OPERANDS = 100;

/** In UTF-16 units. No guard is longer: the longest has a path, of at most 200, three times. */
const MAX_COMPARED_SIZE = 2_000;

/** All of the conditions hold. Constants are folded, and duplicates dropped: operators share their guards. */
export function and(conditions: readonly Logic[]): Logic {
  return combine('and', conditions, true);
}

/** At least one of the conditions holds. Constants are folded. */
export function or(conditions: readonly Logic[]): Logic {
  return combine('or', conditions, false);
}

/** The opposite of a condition. */
export function not(condition: Logic): Logic {
  return typeof condition === 'boolean' ? !condition : { '!': [condition] };
}

/** The result of the first branch whose condition holds. */
export function choose(branches: readonly (readonly [condition: Logic, result: Logic])[], otherwise: Logic): Logic {
  const live = branches.filter(([condition]) => condition !== false);
  const certain = live.findIndex(([condition]) => condition === true);
  const open = certain < 0 ? live : live.slice(0, certain);
  const rest = certain < 0 ? otherwise : (live[certain]?.[1] ?? null);
  return open.length === 0 ? rest : { if: [...open.flat(), rest] };
}

function combine(operation: 'and' | 'or', conditions: readonly Logic[], neutral: boolean): Logic {
  if (conditions.includes(!neutral)) return !neutral;
  const distinct = new Map(conditions.filter((one) => one !== neutral).map((one) => [identityOf(one), one]));
  let operands = [...distinct.values()];
  while (operands.length > MAX_OPERANDS) operands = groupsOf(operands).map((group) => ({ [operation]: group }));
  const [first = neutral, ...others] = operands;
  return others.length === 0 ? first : { [operation]: operands };
}

/** Guards are small; large expressions are compared by identity, so that nothing large is turned into text here. */
function identityOf(condition: Logic): unknown {
  const { size } = measure(condition);
  return size > MAX_COMPARED_SIZE ? condition : JSON.stringify(condition);
}

function groupsOf(operands: readonly Logic[]): readonly (readonly Logic[])[] {
  const count = Math.ceil(operands.length / MAX_OPERANDS);
  return Array.from({ length: count }, (_, i) => operands.slice(i * MAX_OPERANDS, (i + 1) * MAX_OPERANDS));
}

/** How large an expression is. */
export interface Measure {
  /** Of its JSON, in UTF-16 units. */
  readonly size: number;
  /** Operations and lists inside of each other. */
  readonly depth: number;
}

const measures = new WeakMap<object, Measure>();

/**
 * Measures an expression without writing it out: parts that are used in several places are measured once, so that what
 * doubles with every level costs nothing before it is refused.
 */
export function measure(logic: Logic): Measure {
  if (typeof logic !== 'object' || logic === null) return { size: JSON.stringify(logic).length, depth: 0 };
  const known = measures.get(logic);
  if (known !== undefined) return known;
  const isList = Array.isArray(logic);
  const keys = isList ? 0 : Object.keys(logic).reduce((sum, key) => sum + JSON.stringify(key).length + 1, 0);
  const children = Object.values(logic).map(measure);
  const fresh = {
    size: children.reduce((sum, { size }) => sum + size, keys + 1 + Math.max(1, children.length)),
    depth: children.reduce((deepest, { depth }) => Math.max(deepest, depth), 0) + 1,
  };
  measures.set(logic, fresh);
  return fresh;
}

/** A reference to an evaluator, measured as what flagd will put in its place. */
export function reference(name: string, body: Logic): Logic {
  const logic = { $ref: name };
  measures.set(logic, measure(body));
  return logic;
}
