/** What a reader of some figures must know, numbered in the order in which the table comes to it. */
import type { CaseName } from './cases.js';
import type { SideFacts } from './results.js';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Collects notes while a table is made. */
export class Footnotes {
  readonly #notes: string[] = [];

  /** The notes so far, one paragraph; empty where there are none. */
  get text(): string {
    return this.#notes.map((note, index) => `${mark(index + 1)} ${note}.`).join(' ');
  }

  /** The mark of what is to be said of all rows of a side; empty where that is nothing. */
  ofSide({ title, note }: SideFacts): string {
    return this.#mark(note === undefined ? undefined : `${title} ${note}`);
  }

  /** The mark of what is to be said of one row of a side, also that it is not there. */
  ofCase({ title, notes, cannot }: SideFacts, name: CaseName): string {
    const note = cannot?.[name] ?? notes?.[name];
    return this.#mark(note === undefined ? undefined : `${title} ${note}`);
  }

  #mark(note: string | undefined): string {
    if (note === undefined) return '';
    const found = this.#notes.indexOf(note);
    return mark(found >= 0 ? found + 1 : this.#notes.push(note));
  }
}

function mark(number: number): string {
  return String(number).replaceAll(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? digit);
}
