/** Attributes in JsonLogic: reading them, and asking for their type, which JsonLogic has no operation for. */
import type { Logic } from './logic.js';

/** Inherited by some value that JSON can hold, so that flagd's JavaScript engine finds them where there is nothing. */
const inherited = [Object, Array, String, Number, Boolean].map(({ prototype }) => prototype as object);

/** What the functions among them have that is no function itself. */
const FUNCTION_PROPERTIES: ReadonlySet<string> = new Set(['name', 'prototype', 'caller', 'arguments']);

/**
 * Why flagd would read something else at a path than the engine does; undefined where it reads the same.
 * flagd goes into lists and strings, and in JavaScript into whatever values inherit.
 */
export function pathProblem(path: string): string | undefined {
  const parts = path.split('.');
  if (parts[0] === '$flagd') return 'flagd puts facts of its own there';
  if (path.includes('\\')) return "flagd's engines disagree about the backslash";
  for (const [index, part] of parts.entries()) {
    const holder = parts[index - 1];
    if (holder === undefined) continue;
    if (part === 'length') return 'flagd reads `length` of a string or list as its length';
    if (/^[0-9]+$/.test(part)) return `flagd reads \`${part}\` as a position in a string or list`;
    if (FUNCTION_PROPERTIES.has(part) && inherited.some((prototype) => holder in prototype)) {
      return `flagd in JavaScript reads \`${holder}.${part}\` of what every value inherits`;
    }
  }
  return undefined;
}

/**
 * Reads an attribute; null where it is missing. A path of several parts spells its default out: without it, flagd's
 * interpreter in JavaScript reads `a.b` of an `a` that is 0, false or empty as that value.
 */
export function attribute(path: string): Logic {
  return { var: path.includes('.') ? [path, null] : path };
}

/** Whether a value is a string: flagd's own string comparisons are null for anything else. */
export function isString(value: Logic): Logic {
  return { starts_with: [value, ''] };
}

/** That a value is a finite number, as conditions that hold in this order; none of them throws, whatever the value. */
export function isFiniteNumber(value: Logic): readonly Logic[] {
  return isNumberWithin(value, Number.MAX_VALUE);
}

/** That a rollout can hash a value: a non-empty string or a safe integer. */
export function hashable(value: Logic): Logic {
  const isInteger = { '===': [{ '%': [value, 1] }, 0] };
  const isSafeInteger = { and: [...isNumberWithin(value, Number.MAX_SAFE_INTEGER), isInteger] };
  return { or: [{ and: [isString(value), { '!==': [value, ''] }] }, isSafeInteger] };
}

/**
 * Comparing and calculating throw for what is no number, and a thrown error is the caller's default: so everything else
 * is excluded first. Only NaN differs from itself.
 */
function isNumberWithin(value: Logic, limit: number): readonly Logic[] {
  return [
    { '!': [isString(value)] },
    { '!': [{ in: [scalarOf(value), [null, true, false]] }] },
    { '===': [value, value] },
    { '<=': [-limit, value, limit] },
  ];
}

/**
 * A value itself where it is a string, number or boolean, else null. The one operation of flagd that tells objects and
 * lists from scalars without an error is the choice of a variant, which may be an expression but never an object.
 */
function scalarOf(value: Logic): Logic {
  return { fractional: [{ cat: ['scalar'] }, [value, 1]] };
}
