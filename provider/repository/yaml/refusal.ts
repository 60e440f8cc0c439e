/** What the stages of reading a file report, before it has a line and a column. */
import type { ProblemCode } from '../problem-code.js';

/** Why a stretch of a text is refused; offsets count in UTF-16 units, the end is exclusive. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly found?: string;
  readonly expected?: string;
  readonly fix?: string;
}

/** Called with each thing that is refused, in any order. */
export type Refuse = (refusal: Refusal) => void;

/** A quoted scalar, a tag or an anchor can be as long as the file; a message should fit a terminal. */
const MAX_QUOTED = 60;

/** A piece of a file's text for a message, cut to 60 characters. */
export function quoteSource(source: string): string {
  return source.length > MAX_QUOTED ? `\`${source.slice(0, MAX_QUOTED - 1)}…\`` : `\`${source}\``;
}

/** A hostile file can be wrong a million times over; nobody mends more than this in one go. */
const MAX_REFUSALS = 100;

/** The refusals of one file; those after the hundredth are left out. */
export class RefusalList {
  readonly #refusals: Refusal[] = [];

  readonly add: Refuse = (refusal) => {
    if (!this.isFull) this.#refusals.push(refusal);
  };

  get isFull(): boolean {
    return this.#refusals.length >= MAX_REFUSALS;
  }

  get isEmpty(): boolean {
    return this.#refusals.length === 0;
  }

  /** In the order of the text. */
  sorted(): readonly Refusal[] {
    return this.#refusals.toSorted((left, right) => left.start - right.start || left.end - right.end);
  }
}
