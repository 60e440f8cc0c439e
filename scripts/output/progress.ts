/** What is going on, in one line of a terminal that the next one replaces. */
import { paint } from './screen.js';

/** A stream that may be a terminal, of so many columns. */
interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Somebody who may watch. */
export interface Watcher {
  /** @param done how much of it is done, from 0 to 1, where that can be told */
  readonly say: (message: string, done?: number) => void;
  readonly clear: () => void;
}

const BAR_CELLS = 20;

/** In columns, where the terminal does not say how wide it is. */
const DEFAULT_COLUMNS = 80;

/** Nothing is said where nobody watches: a pipe; a CI's log, which may be a terminal, too; a terminal that clears no line. */
export function progressOn(errors: Terminal, environment: Readonly<Record<string, string | undefined>>): Watcher {
  const isWatched = errors.isTTY === true && (environment['CI'] ?? '') === '' && environment['TERM'] !== 'dumb';
  if (!isWatched) return { say: () => undefined, clear: () => undefined };
  let shown = '';
  const clear = (): void => {
    if (shown !== '') errors.write('\r\u001b[K');
    shown = '';
  };
  const say = (message: string, done?: number): void => {
    const line = paint(lineOf(message, done, errors.columns), { hasColour: false }, errors.columns);
    // A reader of a million rows says more often how far it is than there are steps to be seen.
    if (line === shown) return;
    clear();
    errors.write(line);
    shown = line;
  };
  return { say, clear };
}

/** `replaying contexts ████████░░░░░░░░░░░░ 42 %`; on a narrow terminal without the bar. */
function lineOf(message: string, done: number | undefined, columns = DEFAULT_COLUMNS): string {
  if (done === undefined || Number.isNaN(done)) return message;
  const share = Math.min(Math.max(done, 0), 1);
  const cells = Math.floor(share * BAR_CELLS);
  const bar = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
  const percent = `${Math.floor(share * 100)} %`;
  const whole = `${message} ${bar} ${percent}`;
  return Array.from(whole).length > columns ? `${message} ${percent}` : whole;
}
