/** The `format`s of the schemas, which the generated validators call. */
import { parseInstant } from '../engine/index.js';

const DATE_LENGTH = 'YYYY-MM-DD'.length;

/** @public Called by the generated validators. Predicates by the format's name: whether a string is a day that exists, or a moment that does. */
export const formats: Readonly<Record<'date' | 'instant', (text: string) => boolean>> = {
  date: (text) => text.length === DATE_LENGTH && !Number.isNaN(parseInstant(text)),
  instant: (text) => !Number.isNaN(parseInstant(text)),
};
