/** Lengths of time, as files write them (`14d`) and as messages say them (`1 day 3 h`). */

/** The units of the schema's term `duration`, longest first. */
const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

const NAMES: Readonly<Record<string, string>> = { w: 'w', d: 'd', h: 'h', m: 'min', s: 's' };

/** Milliseconds of a duration that the schema has admitted. @throws RangeError for any other text */
export function parseDuration(text: string): number {
  const unit = UNITS.find(([letter]) => text.endsWith(letter));
  // The schema admits ten characters.
  if (unit === undefined || text.length > 10 || !/^[0-9]+$/.test(text.slice(0, -1))) {
    throw new RangeError(`not a duration: ${JSON.stringify(text.slice(0, 20))}; expected such as 30m, 2h or 14d`);
  }
  return Number(text.slice(0, -1)) * unit[1];
}

/** A length of time in its two largest units, the smaller one rounded down: `2 d 3 h`, `35 min`, `0 s`. */
export function formatDuration(ms: number): string {
  const largest = UNITS.findIndex(([letter, size]) => letter !== 'w' && ms >= size);
  if (largest < 0) return '0 s';
  let rest = ms;
  const parts = UNITS.slice(largest, largest + 2).map(([letter, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { count, text: `${count} ${NAMES[letter]}` };
  });
  return parts
    .filter(({ count }) => count > 0)
    .map(({ text }) => text)
    .join(' ');
}
