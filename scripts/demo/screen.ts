/** What the demonstration shows: on a terminal a table that changes in place with a log below it, elsewhere plain lines. */

/** Where it is written: standard output, or a test. */
export interface ScreenOutput {
  readonly isTTY?: boolean;
  /** The terminal's height in lines. */
  readonly rows?: number;
  write(text: string): unknown;
}

/** Shows a table and the lines that were logged since. */
export class Screen {
  #drawnLines = 0;
  #table = '';
  readonly #log: string[] = [];

  constructor(private readonly output: ScreenOutput) {}

  /** Shows the table anew; elsewhere than on a terminal only the rows that are not as before. */
  show(table: string): void {
    const before = new Set(this.#table.split('\n'));
    const changed = table.split('\n').filter((line) => !before.has(line));
    this.#table = table;
    if (this.output.isTTY === true) this.#redraw();
    else if (changed.length > 0) this.output.write(`${changed.join('\n')}\n\n`);
  }

  /** Adds lines below the table. */
  log(text: string): void {
    this.#log.push(text);
    if (this.output.isTTY === true) this.#redraw();
    else this.output.write(`${text}\n`);
  }

  #redraw(): void {
    const text = [this.#table, ...this.#log].join('\n');
    // Up to where it began, and clear from there to the end of the screen; what has scrolled away stays.
    const isInReach = this.#drawnLines > 0 && this.#drawnLines < (this.output.rows ?? Number.POSITIVE_INFINITY);
    const back = !isInReach ? '' : `\u001B[${this.#drawnLines}A\u001B[J`;
    this.output.write(`${back}${text}\n`);
    this.#drawnLines = text.split('\n').length;
  }
}
