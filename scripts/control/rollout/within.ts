/** Whether one reach lies within another, so that going from the wider to the narrower one brings nobody in. */
import { BUCKETS, type Share } from '../../../provider/engine/index.js';
import { isEmpty, totalOf, variantsIn, type Reach, type ServedRule } from './served.js';

/** Whether everybody whom `narrow` gives a variant besides the default gets the same one of `wide`. */
export function isWithin(narrow: Reach, wide: Reach): boolean {
  if (isEmpty(narrow)) return true;
  const only = onlyVariant(wide);
  if (only !== undefined && totalOf(wide.shares) === BUCKETS) return onlyVariant(narrow) === only;
  if (narrow.segments.length > 0) {
    const known = new Set(wide.segments);
    if (!narrow.segments.every((name) => known.has(name))) return false;
  }
  // A plan gives the members of its segments one variant; they might be given another here.
  if (wide.segments.length > 0 && onlyVariant(narrow) !== wide.to) return false;
  return areSharesWithin(narrow.shares, wide.shares);
}

/** Whether everybody in the narrower shares is in the wider ones, with the same variant. */
export function areSharesWithin(narrow: readonly Share[], wide: readonly Share[]): boolean {
  if (narrow.length === 0) return true;
  if (narrow.length !== wide.length) return false;
  // The relative shares decide which variant, so only a single one can be lowered alone.
  if (narrow.length === 1) {
    const [one, other] = [narrow[0] as Share, wide[0] as Share];
    return one.variant === other.variant && one.weight <= other.weight;
  }
  const [sum, wideSum] = [totalOf(narrow), totalOf(wide)];
  return (
    sum <= wideSum &&
    narrow.every(({ variant, weight }, index) => {
      const other = wide[index] as Share;
      return variant === other.variant && weight * wideSum === other.weight * sum;
    })
  );
}

function onlyVariant(reach: Reach): string | undefined {
  const variants = [...variantsIn(reach)];
  return variants.length === 1 ? variants[0] : undefined;
}

/** A rule by which somebody may get what he did not get before. */
export interface WideningRule {
  readonly name: string;
  readonly how: 'added' | 'widened' | 'removed';
}

/**
 * The rules by which `after` may widen `before`. Rules that serve the default may come anywhere; a rule may go where
 * all that comes behind it serves nothing but its own variant or the default; a rule's share may fall.
 * @param rests what everybody else gets, before and after
 */
export function wideningRules(
  before: readonly ServedRule[],
  after: readonly ServedRule[],
  rests: readonly Reach[],
): readonly WideningRule[] {
  const found: WideningRule[] = [];
  const names = new Set(before.map(({ name }) => name));
  const gone = (from: number, to: number): readonly WideningRule[] =>
    before
      .slice(from, to)
      .filter((_, offset) => !isRemovable(before, from + offset, rests))
      .map(({ name }) => ({ name, how: 'removed' }));
  let next = 0;
  for (const rule of after) {
    const match = before.findIndex(
      ({ when, shares }, index) => index >= next && when === rule.when && areSharesWithin(rule.shares, shares),
    );
    if (match >= 0 && (rule.shares.length > 0 || gone(next, match).length === 0)) {
      found.push(...gone(next, match));
      next = match + 1;
    } else if (rule.shares.length > 0) {
      found.push({ name: rule.name, how: names.has(rule.name) ? 'widened' : 'added' });
    }
  }
  return deduplicated([...found, ...gone(next, before.length)]);
}

function isRemovable(rules: readonly ServedRule[], index: number, rests: readonly Reach[]): boolean {
  const { shares } = rules[index] as ServedRule;
  const [share, second] = shares;
  if (share === undefined || second !== undefined || share.weight < BUCKETS) return false;
  const behind = rules.slice(index + 1).flatMap((rule) => rule.shares.map(({ variant }) => variant));
  return [...behind, ...rests.flatMap((rest) => [...variantsIn(rest)])].every((variant) => variant === share.variant);
}

/** A rule that changed is told once, not as one that is gone and one that is new. */
function deduplicated(rules: readonly WideningRule[]): readonly WideningRule[] {
  return [...new Map(rules.map((rule) => [rule.name, rule] as const).reverse()).values()].reverse();
}
