/** What a step of a flag gives to those that it is about, and how that changes, in words. */
import { canonical, variantsOf, type FlagDocument } from '../../../provider/engine/index.js';
import { movesPeople, type VariantShare } from '../../change/shares.js';
import { codeSpan, listed, percentWord } from '../../change/words.js';

/** Variants by their shares, and who is left. */
export interface Gives {
  readonly flag: FlagDocument;
  /** Above zero, in the order of the flag's variants. */
  readonly shares: readonly VariantShare[];
  /** What everybody else gets; null is the caller's default. */
  readonly fallback: string | null;
}

/** A variant, or the caller's default. */
export type Given = string | null;

const EVERYBODY = 100;

/** The one variant that everybody gets; undefined where a hash decides. */
export function certainOf({ shares: [first, ...others], fallback }: Gives): Given | undefined {
  if (first === undefined) return fallback;
  return others.length === 0 && first.percent === EVERYBODY ? first.variant : undefined;
}

/** Whether a hash decides. */
export function isSplit(gives: Gives): boolean {
  return certainOf(gives) === undefined;
}

/** A variant in words. */
export function givenWord(given: Given): string {
  return given === null ? "the caller's default" : codeSpan(given);
}

/** "up to 25 % `calm`, up to 10 % `loud`, else `none`"; "`true`" */
export function givesWords(gives: Gives): string {
  const certain = certainOf(gives);
  if (certain !== undefined) return givenWord(certain);
  const shares = gives.shares.map(({ variant, percent }) => `${upTo(percent)} ${codeSpan(variant)}`);
  const isAll = gives.shares.reduce((sum, { percent }) => sum + percent, 0) >= EVERYBODY;
  return `${listed(shares)}, ${isAll ? 'or where nothing can be hashed' : 'else'} ${givenWord(gives.fallback)}`;
}

/**
 * How those of an audience fare; undefined where nothing changes but values of variants that keep their names. A hash
 * decides about at most as many as have something that can be hashed: so every percentage is said to be a bound.
 */
export function changeWords(audience: string, before: Gives, after: Gives): string | undefined {
  if (areSame(before, after)) return undefined;
  const [was, is] = [certainOf(before), certainOf(after)];
  if (was !== undefined && is !== undefined) {
    const isDefault = before.shares.length + after.shares.length === 0 && was !== null && is !== null;
    const label = isDefault ? 'default ' : '';
    return `${audience}: ${label}${givenWord(was)} → ${givenWord(is)}`;
  }
  const live = soleLive(before, after);
  if (live === undefined) {
    const isOther = hasOneFallback(before, after) && movesPeople(before.shares, after.shares);
    const moves = isOther ? ' (the shares change: moves people)' : '';
    return `${audience}: ${givesWords(before)} → ${givesWords(after)}${moves}`;
  }
  const [from, to] = [before, after].map(({ shares }) => shares[0]?.percent ?? 0) as [number, number];
  const bounds = isBound(from) ? `${upTo(from)} → ${percentWord(to)}` : `${percentWord(from)} → ${upTo(to)}`;
  return `${bounds} of ${audience}${live === 'true' ? '' : ` get ${codeSpan(live)}`}`;
}

/** Whether two variants are one name, or one value. */
export function isSameGiven(
  [one, flag]: readonly [Given, FlagDocument],
  [other, newFlag]: readonly [Given, FlagDocument],
): boolean {
  if (one === other) return true;
  return one !== null && other !== null && valueText(flag, one) === valueText(newFlag, other);
}

/** A variant's value in one spelling. */
export function valueText(flag: FlagDocument, variant: string): string {
  return canonical(variantsOf(flag).get(variant) ?? null);
}

function areSame(before: Gives, after: Gives): boolean {
  const [was, is] = [certainOf(before), certainOf(after)];
  const same = (one: Given, other: Given): boolean => isSameGiven([one, before.flag], [other, after.flag]);
  if (was !== undefined && is !== undefined) return same(was, is);
  return (
    same(before.fallback, after.fallback) &&
    before.shares.length === after.shares.length &&
    before.shares.every(({ variant, percent }, index) => {
      const other = after.shares[index] as VariantShare;
      return percent === other.percent && same(variant, other.variant);
    })
  );
}

function hasOneFallback(before: Gives, after: Gives): boolean {
  return isSameGiven([before.fallback, before.flag], [after.fallback, after.flag]);
}

/** The one variant that both sides give besides one default, by its name after. */
function soleLive(before: Gives, after: Gives): string | undefined {
  const [[was, ...more], [is, ...others]] = [before.shares, after.shares];
  if (more.length + others.length > 0 || !hasOneFallback(before, after)) return undefined;
  if (was === undefined || is === undefined) return (is ?? was)?.variant;
  return isSameGiven([was.variant, before.flag], [is.variant, after.flag]) ? is.variant : undefined;
}

function isBound(percent: number): boolean {
  return percent > 0 && percent < EVERYBODY;
}

function upTo(percent: number): string {
  return isBound(percent) ? `up to ${percentWord(percent)}` : percentWord(percent);
}
