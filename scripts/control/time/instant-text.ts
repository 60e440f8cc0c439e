/** Instants in messages, always in UTC, and sums that stay within what a Date can say. */

/** ECMA-262, section 21.4.1.1: the farthest instant from the epoch, in milliseconds. */
const MAX_INSTANT_MS = 8.64e15;

/** An instant so many milliseconds later; the farthest that there is where it would lie beyond. */
export function shifted(instant: Date | number, ms: number): Date {
  return new Date(Math.max(-MAX_INSTANT_MS, Math.min(MAX_INSTANT_MS, Number(instant) + ms)));
}

/** `2027-01-02 00:00 UTC`, with seconds where there are some. */
export function formatInstant(instant: Date): string {
  const text = instant.toISOString().replace(/(:00)?\.[0-9]{3}Z$/, '');
  return `${text.replace('T', ' ')} UTC`;
}

/** The day, `2027-01-02`. */
export function formatDay(instant: Date): string {
  return instant.toISOString().replace(/T.*$/, '');
}
