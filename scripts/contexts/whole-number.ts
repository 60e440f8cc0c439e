/** Whole numbers on the command line. */
import { UsageError } from '../command.js';

/** In characters, of what is none. */
const MAX_SHOWN = 40;

/** A number from 1 to `max`; undefined where it was left out. @throws UsageError for anything else */
export function wholeNumber(option: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 1 && number <= max) return number;
  const found = JSON.stringify(text.slice(0, MAX_SHOWN));
  throw new UsageError(`${option} must be a whole number from 1 to ${max.toLocaleString('en')}, not ${found}`);
}
