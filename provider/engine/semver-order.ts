/** When one range of versions lies within another, or outside of it. */
import { parseRange, rangeTest, type Comparator } from './semver.js';

/** Whether it is proved that every version of the range is one of the other. */
export function isRangeWithin(range: string, other: string): boolean {
  return isEveryPair(range, other, (alternative, others) =>
    others.some((wider) =>
      wider.every((wanted) => alternative.some((comparator) => isComparatorImplied(comparator, wanted))),
    ),
  );
}

/** Whether it is proved that no version is in both ranges. */
export function areRangesDisjoint(range: string, other: string): boolean {
  return isEveryPair(range, other, (alternative, others) =>
    others.every((second) =>
      alternative.some((one) => second.some((two) => areExclusive(one, two) || areExclusive(two, one))),
    ),
  );
}

type Alternatives = readonly (readonly Comparator[])[];

function isEveryPair(
  range: string,
  other: string,
  holds: (alternative: readonly Comparator[], others: Alternatives) => boolean,
): boolean {
  const [alternatives, others] = [parseRange(range), parseRange(other)];
  if (alternatives === undefined || others === undefined) return false;
  return alternatives.every((alternative) => holds(alternative, others));
}

const isIn = (version: string, operator: string, operand: string): boolean =>
  rangeTest(`${operator}${operand}`)(version);

/** Comparators that nothing below their version satisfies. */
const LOWER: ReadonlySet<string> = new Set(['>', '>=', '^', '~', '=']);
const UPPER: ReadonlySet<string> = new Set(['<', '<=', '=']);

function isComparatorImplied(by: Comparator, { operator, version }: Comparator): boolean {
  if (by.operator === '=') return isIn(by.version, operator, version);
  const isStrict = by.operator === '>' || by.operator === '<';
  switch (operator) {
    case '>':
      return LOWER.has(by.operator) && isIn(by.version, isStrict ? '>=' : '>', version);
    case '>=':
      return LOWER.has(by.operator) && isIn(by.version, '>=', version);
    case '<':
      return UPPER.has(by.operator) && isIn(by.version, isStrict ? '<=' : '<', version);
    case '<=':
      return UPPER.has(by.operator) && isIn(by.version, '<=', version);
    case '^':
      return (by.operator === '^' || by.operator === '~') && isIn(by.version, '^', version);
    case '~':
      return by.operator === '~' && isIn(by.version, '~', version);
    default:
      return operator === '!=' && isUnequal(by, version);
  }
}

function isUnequal(by: Comparator, version: string): boolean {
  if (by.operator === '!=') return isIn(by.version, '=', version);
  const [lower, upper] = [LOWER.has(by.operator), UPPER.has(by.operator)];
  const isStrict = by.operator === '>' || by.operator === '<';
  return (
    (lower && isIn(by.version, isStrict ? '>=' : '>', version)) ||
    (upper && isIn(by.version, isStrict ? '<=' : '<', version))
  );
}

function areExclusive(lower: Comparator, upper: Comparator): boolean {
  if (lower.operator === '=') return !isIn(lower.version, upper.operator, upper.version);
  if (!LOWER.has(lower.operator) || !UPPER.has(upper.operator)) return false;
  const isStrict = lower.operator === '>' || upper.operator === '<';
  return isIn(lower.version, isStrict ? '>=' : '>', upper.version);
}
