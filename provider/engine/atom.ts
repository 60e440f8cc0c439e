/** What formulas are made of: tests of attributes, and what other flags serve; and when one excludes another. */
import type { Scalar } from './documents.js';
import type { ValueTest } from './operators.js';
import { areRangesDisjoint, isRangeWithin } from './semver-order.js';

/** A test of one attribute. Every one is false of an attribute that is missing or null. */
export type AttributeTest = { readonly kind: 'test'; readonly subject: string; readonly holds: ValueTest } & TestTerms;

/** A test that only the values of a list pass. */
export type Members = Extract<AttributeTest, { readonly operator: 'in' }>;

type TestTerms =
  | { readonly operator: 'in'; readonly values: ReadonlySet<Scalar> }
  | { readonly operator: 'startsWith' | 'endsWith'; readonly parts: ReadonlySet<string> }
  | { readonly operator: 'contains'; readonly parts: ReadonlySet<Scalar> }
  | { readonly operator: Bound; readonly bound: number }
  | { readonly operator: 'matches' | 'semver'; readonly text: string }
  | { readonly operator: 'exists' };

/** Operators that compare with a number, or with an instant in milliseconds. */
export type Bound = 'gt' | 'gte' | 'lt' | 'lte' | 'before' | 'after';

/** That a flag serves a variant, on one side of a change or, where both serve the same, on either. */
export interface Need {
  readonly kind: 'need';
  readonly subject: string;
  readonly variant: string;
  readonly side: 'before' | 'after' | 'both';
  /** Whether it is proved that, after, everybody gets the variant of before or `defaultVariant`. */
  readonly isReducing: boolean;
  readonly defaultVariant: string | null;
}

/** Something that a context satisfies or not. Only atoms of one subject can exclude or imply one another. */
export type Atom = AttributeTest | Need | { readonly kind: 'opaque'; readonly subject: string };

/** Of a list with another test: twenty lists of the longest kind with one value each, some hundredths of a second. */
const MAX_COMPARISONS = 1_000_000;

/** A pattern looks at every character, of which there may be a thousand. */
const PATTERN_SIZE = 100;

/** About how many comparisons it takes to test one value. */
export function sizeOf(atom: Atom): number {
  if (atom.kind !== 'test') return 1;
  if ('parts' in atom) return atom.parts.size;
  return atom.operator === 'matches' ? PATTERN_SIZE : 1;
}

const overlaps = new WeakMap<Members, WeakMap<Atom, 'all' | 'some' | 'none'>>();

/**
 * How many of a list's values pass another test of their attribute: `some`, too, where it takes too long to tell.
 * Remembered, since lists may be long.
 */
export function overlap(members: Members, atom: Atom): 'all' | 'some' | 'none' {
  if (members === atom) return 'all';
  const known = overlaps.get(members)?.get(atom);
  if (known !== undefined) return known;
  const fresh = freshOverlap(members, atom);
  if (!overlaps.has(members)) overlaps.set(members, new WeakMap());
  overlaps.get(members)?.set(atom, fresh);
  return fresh;
}

function freshOverlap({ values }: Members, atom: Atom): 'all' | 'some' | 'none' {
  if (atom.kind !== 'test' || values.size * sizeOf(atom) > MAX_COMPARISONS) return 'some';
  let [passes, fails] = [false, false];
  for (const value of values) {
    if (atom.holds(value)) passes = true;
    else fails = true;
    if (passes && fails) return 'some';
  }
  return passes ? 'all' : 'none';
}

/** Whether it is proved that where one atom holds the other does; of one subject, and not of an `in`. */
export function isImplied(by: Atom, atom: Atom): boolean {
  if (by === atom) return true;
  if (by.kind === 'need' && atom.kind === 'need') return isNeedImplied(by, atom);
  if (by.kind !== 'test' || atom.kind !== 'test') return false;
  return atom.operator === 'exists' || isTestImplied(by, atom);
}

/** Whether it is proved that two atoms never hold together; of one subject, and neither an `in`. */
export function areExclusive(one: Atom, other: Atom): boolean {
  if (one.kind !== 'test' || other.kind !== 'test') return false;
  if (isNumeric(one) !== isNumeric(other)) return one.operator !== 'exists' && other.operator !== 'exists';
  return areTestsExclusive(one, other) || areTestsExclusive(other, one);
}

function isNeedImplied(by: Need, need: Need): boolean {
  if (by.variant !== need.variant || !by.isReducing) return false;
  // Who gets the default variant before gets it after; who gets another one after had it before.
  return (by.side === 'before') === (by.variant === by.defaultVariant);
}

/** Numbers are neither strings nor lists nor dates. */
function isNumeric({ operator }: AttributeTest): boolean {
  return operator === 'gt' || operator === 'gte' || operator === 'lt' || operator === 'lte';
}

function isTestImplied(by: AttributeTest, test: AttributeTest): boolean {
  if ('bound' in by && 'bound' in test) return isBoundImplied(by, test);
  if (by.operator === 'semver' && test.operator === 'semver') return isRangeWithin(by.text, test.text);
  if (by.operator === 'contains' && test.operator === 'contains') {
    // Of a list, `contains` asks for the whole element: part of an operand is no weaker an operand.
    return isEvery(by.parts, (part) => test.parts.has(part));
  }
  if (by.operator === 'startsWith' && test.operator === 'startsWith') {
    return isEvery(by.parts, (part) => hasEdge(part, test.parts, false));
  }
  return (
    by.operator === 'endsWith' &&
    test.operator === 'endsWith' &&
    isEvery(by.parts, (part) => hasEdge(part, test.parts, true))
  );
}

/** Whether one of the parts is a prefix, or suffix, of the text: as many look-ups as it has characters. */
function hasEdge(text: string, parts: ReadonlySet<string>, isSuffix: boolean): boolean {
  for (let length = text.length; length >= 0; length--) {
    if (parts.has(isSuffix ? text.slice(text.length - length) : text.slice(0, length))) return true;
  }
  return false;
}

interface BoundTest {
  readonly operator: Bound;
  readonly bound: number;
}

function isBoundImplied(by: BoundTest, test: BoundTest): boolean {
  switch (test.operator) {
    case 'gt':
      return (by.operator === 'gt' && by.bound >= test.bound) || (by.operator === 'gte' && by.bound > test.bound);
    case 'gte':
      return (by.operator === 'gt' || by.operator === 'gte') && by.bound >= test.bound;
    case 'lt':
      return (by.operator === 'lt' && by.bound <= test.bound) || (by.operator === 'lte' && by.bound < test.bound);
    case 'lte':
      return (by.operator === 'lt' || by.operator === 'lte') && by.bound <= test.bound;
    case 'before':
      return by.operator === 'before' && by.bound <= test.bound;
    case 'after':
      return by.operator === 'after' && by.bound >= test.bound;
  }
}

/** Longest lists of prefixes or suffixes that are compared with one another, each with each: the product. */
const MAX_PAIRS = 10_000;

function areTestsExclusive(one: AttributeTest, other: AttributeTest): boolean {
  if ('bound' in one && 'bound' in other) return areBoundsExclusive(one, other);
  if (one.operator === 'semver' && other.operator === 'semver') return areRangesDisjoint(one.text, other.text);
  if (one.operator !== other.operator || (one.operator !== 'startsWith' && one.operator !== 'endsWith')) return false;
  const [parts, others] = [one.parts, (other as typeof one).parts];
  if (parts.size * others.size > MAX_PAIRS) return false;
  const isSuffix = one.operator === 'endsWith';
  return (
    isEvery(parts, (part) => !hasEdge(part, others, isSuffix)) &&
    isEvery(others, (part) => !hasEdge(part, parts, isSuffix))
  );
}

function areBoundsExclusive(lower: BoundTest, upper: BoundTest): boolean {
  if (lower.operator === 'gte' && upper.operator === 'lte') return lower.bound > upper.bound;
  const isPair =
    ((lower.operator === 'gt' || lower.operator === 'gte') && (upper.operator === 'lt' || upper.operator === 'lte')) ||
    (lower.operator === 'after' && upper.operator === 'before');
  return isPair && lower.bound >= upper.bound;
}

function isEvery<T>(values: Iterable<T>, holds: (value: T) => boolean): boolean {
  for (const value of values) if (!holds(value)) return false;
  return true;
}
