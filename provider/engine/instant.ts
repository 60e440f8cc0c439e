/** Instants: RFC 3339 date-times, and bare dates as midnight UTC. */

// Shortest is `2026-11-24`; the longest useful one has nine decimals of a second and an offset.
const MAX_INSTANT_LENGTH = 64;
const DATE = '([0-9]{4})-([0-9]{2})-([0-9]{2})';
const INSTANT = new RegExp(
  `^${DATE}(?:[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(\\.[0-9]+)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2})))?$`,
);
const MS_PER_DAY = 86_400_000;

/** Milliseconds since the epoch, with a fraction where the text has one; NaN for what is not strict RFC 3339. */
export function parseInstant(text: string): number {
  const match = text.length > MAX_INSTANT_LENGTH ? null : INSTANT.exec(text);
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) => Number(match[group] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return Number.NaN;
  const offset = (offsetHour * 60 + offsetMinute) * (match[8] === '-' ? -1 : 1);
  const whole = date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1_000;
  // RFC 3339, section 5.7: a leap second ends a month of UTC.
  if (second === 60 && (whole % MS_PER_DAY !== 0 || new Date(whole).getUTCDate() !== 1)) return Number.NaN;
  return whole + Number(match[7] ?? 0) * 1_000;
}

/** An attribute as an instant: a Date or a string; NaN for anything else. */
export function instantOf(value: unknown): number {
  if (typeof value === 'string') return parseInstant(value);
  return value instanceof Date ? value.getTime() : Number.NaN;
}
