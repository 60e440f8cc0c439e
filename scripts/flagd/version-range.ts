/** Version ranges in JsonLogic, by flagd's `sem_ver`. */
import { parseRange, type Comparator } from '../../provider/engine/index.js';
import { isString } from './attribute.js';
import { and, or, type Logic } from './logic.js';

const DIGITS = '0123456789';
/** What a version can end with. */
const LAST = `${DIGITS}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-`;

/**
 * That a value is a version within a range, as conditions that hold in this order.
 *
 * flagd's parser is more lenient than the engine's: it takes a capital or double `v`, and white space at the ends. The
 * guards refuse those. One input is left: in JavaScript, a version of exactly 257 characters that begins with `v`
 * is one for flagd, while the engine stops at 256 with the `v` counted.
 */
export function versionWithin(value: Logic, range: string): readonly Logic[] {
  const alternatives = (parseRange(range) ?? []).map((comparators) =>
    and(comparators.flatMap((comparator) => compareVersion(value, comparator))),
  );
  return [isString(value), beginsAsVersion(value), { in: [{ substr: [value, -1] }, LAST] }, or(alternatives)];
}

function beginsAsVersion(value: Logic): Logic {
  const isDigitAt = (at: number): Logic => ({ in: [{ substr: [value, at, 1] }, DIGITS] });
  return { or: [isDigitAt(0), { and: [{ starts_with: [value, 'v'] }, isDigitAt(1)] }] };
}

/** flagd's `^` and `~` look at the leading parts only: the lower bound is a comparison of its own. */
function compareVersion(value: Logic, { operator, version }: Comparator): readonly Logic[] {
  const operand = fullVersion(version);
  const compare = (by: string): Logic => ({ sem_ver: [value, by, operand] });
  return operator === '^' || operator === '~' ? [compare('>='), compare(operator)] : [compare(operator)];
}

/** All three parts, without `v`: the only form that flagd's schema admits. */
function fullVersion(version: string): string {
  const [, core = '', rest = ''] = /^v?([0-9.]+)(.*)$/.exec(version) ?? [];
  return `${[...core.split('.'), '0', '0'].slice(0, 3).join('.')}${rest}`;
}

/**
 * Why flagd would order versions by a range differently; undefined where it orders the same. In JavaScript it compares
 * numeric identifiers of prereleases as floating-point numbers, the engine to the last digit.
 */
export function rangeProblem(range: string): string | undefined {
  const isTooLarge = (parseRange(range) ?? [])
    .flat()
    .flatMap(({ version }) => version.split('+')[0]?.split(/[-.]/) ?? [])
    .some((identifier) => /^[0-9]+$/.test(identifier) && Number(identifier) > Number.MAX_SAFE_INTEGER);
  return isTooLarge ? 'flagd compares numbers above 2^53 in a prerelease inexactly' : undefined;
}
