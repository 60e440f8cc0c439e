/**
 * Figures of a preview as a reader takes them in. An interval never looks narrower than it is: its lower end is rounded
 * down and its upper end up. 0 is said of nothing but 0, and 100 % of nothing but all, save as an upper end.
 */

/** `nearest` for a figure by itself; `down` and `up` for the ends of an interval. */
type Rounding = 'nearest' | 'down' | 'up';

/** Of percentages: shares below a thousandth of a percent are of no use to anybody. */
const MAX_DECIMALS = 3;

/** In digits: more of a floating-point number is noise, that would round 7.000000000000001 up to 7.1. */
const SIGNIFICANT = 12;

const UNITS: readonly (readonly [size: number, name: string])[] = [
  [1e9, ' B'],
  [1e6, ' M'],
];

/** A number as it is shown, and its unit. */
interface Figure {
  readonly digits: string;
  readonly unit: string;
}

/** Every digit of a count: `4,213,442`. */
export function exactWord(count: number): string {
  return count.toLocaleString('en', { maximumFractionDigits: 0 });
}

/** A number of users: `37,104`, `4.2 M`, `113 M`, `<1`. */
export function usersWord(count: number): string {
  return written(usersFigure(count, 'nearest'));
}

/** The interval of a number of users: `4.1–4.3 M`, `36,871–37,337`. */
export function usersRange(low: number, high: number): string {
  const [from, to] = [usersFigure(low, 'down'), usersFigure(high, 'up')];
  // The unit at the end would be read as both ends'.
  const isDoubtful = from.unit === '' && to.unit !== '' && low > 0;
  return range(from, isDoubtful ? { digits: exactWord(Math.max(Math.ceil(high), nearest(high))), unit: '' } : to);
}

/** The number that {@link usersWord} shows: of a figure in between it must not lie beyond the end. */
function nearest(count: number): number {
  const { digits, unit } = usersFigure(count, 'nearest');
  return Number(digits.replaceAll(',', '')) * (UNITS.find(([, name]) => name === unit)?.[0] ?? 1);
}

/** A share of 0 to 1: `3.7 %`, `0.042 %`, `<0.001 %`, `>99.999 %`. */
export function percentWord(share: number): string {
  return written(percentFigure(share, 'nearest'));
}

/** The interval of a share: `3.6–3.8 %`. */
export function percentRange(low: number, high: number): string {
  return range(percentFigure(low, 'down'), percentFigure(high, 'up'));
}

/** `at most` the upper end of a share. @param below a share that it does not reach, and so must not seem to */
export function percentAtMost(high: number, below = Infinity): string {
  const percent = high * 100;
  let decimals = decimalsOf(percent);
  while (decimals < SIGNIFICANT && rounded(percent, decimals, 'up') >= below * 100) decimals += 1;
  if (decimals <= MAX_DECIMALS) return written({ digits: grouped(rounded(percent, decimals, 'up')), unit: ' %' });
  return written({ digits: String(rounded(percent, decimals, 'up')), unit: ' %' });
}

/** `at most` the upper end of a number of users. */
export function usersAtMost(high: number): string {
  return written(usersFigure(high, 'up'));
}

/** How many cells a bar has. */
const BAR_CELLS = 10;

/** A share as a bar: `███░░░░░░░`. It is empty of 0 only, and full of all only. */
export function bar(share: number): string {
  const cells = share <= 0 ? 0 : share >= 1 ? BAR_CELLS : clamp(Math.round(share * BAR_CELLS), 1, BAR_CELLS - 1);
  return '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
}

function usersFigure(count: number, rounding: Rounding): Figure {
  if (count > 0 && count < (rounding === 'nearest' ? 0.5 : 1) && rounding !== 'up') return { digits: '<1', unit: '' };
  const whole = rounded(count, 0, rounding);
  const [size, unit] = UNITS.find(([size]) => whole >= size) ?? [1, ''];
  if (size === 1) return { digits: exactWord(whole), unit };
  const scaled = count / size;
  const shown = rounded(scaled, scaled < 100 ? 1 : 0, rounding);
  // Rounding may reach the next unit.
  return shown >= 1000 && size === 1e6 ? { digits: '1', unit: ' B' } : { digits: grouped(shown), unit };
}

function percentFigure(share: number, rounding: Rounding): Figure {
  const percent = share * 100;
  const least = 10 ** -MAX_DECIMALS;
  if (share > 0 && percent < least && rounding !== 'up') return { digits: `<${least}`, unit: ' %' };
  if (share < 1 && 100 - percent < least && rounding === 'nearest') return { digits: `>${100 - least}`, unit: ' %' };
  const shown = rounded(percent, decimalsOf(percent), rounding);
  return { digits: grouped(share < 1 && rounding === 'down' ? Math.min(shown, 100 - least) : shown), unit: ' %' };
}

/** As many as tell a share from 0 and from 100 %. */
function decimalsOf(percent: number): number {
  const distance = Math.min(percent, 100 - percent);
  return distance >= 1 ? 1 : distance >= 0.1 ? 2 : MAX_DECIMALS;
}

function rounded(value: number, decimals: number, rounding: Rounding): number {
  const scaled = Number((value * 10 ** decimals).toPrecision(SIGNIFICANT));
  const whole = { nearest: Math.round, down: Math.floor, up: Math.ceil }[rounding](scaled);
  return whole / 10 ** decimals;
}

function grouped(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: MAX_DECIMALS });
}

function written({ digits, unit }: Figure): string {
  return digits + unit;
}

/** The unit once, where both ends have the same. */
function range(low: Figure, high: Figure): string {
  return low.unit === high.unit ? `${low.digits}–${written(high)}` : `${written(low)}–${written(high)}`;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
