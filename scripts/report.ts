/** What a command found, as data: `output.ts` renders it, and nothing else prints. */
import type { Problem } from '../provider/repository/index.js';
import type { Finding } from './control/finding.js';

/** A meaning that a terminal shows as a colour; a pipe shows nothing of it. */
export type Emphasis = 'strong' | 'faint' | 'good' | 'bad' | 'warning';

/** A text with emphasis, or several texts in a row. */
export type Text = string | EmphasisedText | readonly Text[];

interface EmphasisedText {
  readonly text: string;
  readonly emphasis: Emphasis;
}

/** A column of a table. */
export interface Column {
  readonly heading: string;
  /** Whether it is the first to be cut where the terminal is too narrow. */
  readonly isElastic?: boolean;
}

/** Rows of as many cells as there are columns. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Text[])[];
}

/** A stretch of a report, in the order in which it is read. */
export type Section =
  | { readonly kind: 'lines'; readonly lines: readonly Text[] }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  /** Printed byte for byte: a generated file, which another program reads. */
  | { readonly kind: 'document'; readonly text: string };

/** What a command has to say. */
export interface Report {
  /** `findings` makes the exit code 1. */
  readonly outcome: 'clean' | 'findings';
  /** What text output shows, on standard output. */
  readonly sections: readonly Section[];
  /** What `--json` prints: the whole answer, never cut. */
  readonly json?: unknown;
  /** What `--format markdown` prints: for a pull request's comment. */
  readonly markdown?: string;
  /** What `--format csv` prints: RFC 4180. */
  readonly csv?: string;
  /** For the reader and not for the next program in the pipe: shown on standard error in every format. */
  readonly notices?: readonly Text[];
}

/** A text with emphasis. */
export function emphasised(emphasis: Emphasis, text: string): Text {
  return { text, emphasis };
}

/** The report of a repository that did not load: every problem, and the exit code 1. */
export function refusalReport(problems: readonly Problem[]): Report {
  const count = problems.filter(({ severity }) => severity === 'error').length;
  const line = `The repository does not load: ${counted(count, 'error')}. Nothing was done.`;
  return {
    outcome: 'findings',
    sections: [
      { kind: 'problems', problems },
      { kind: 'lines', lines: [emphasised('bad', line)] },
    ],
    json: { problems: problems.map(problemJson) },
  };
}

/** A problem as every JSON output has it: its place, code and words, without the picture. */
export function problemJson({ frame: _frame, ...problem }: Problem): Omit<Problem, 'frame'> {
  return problem;
}

/** A number and its noun: `1 flag`, `1,000 flags`, `2 policies`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`;
}
