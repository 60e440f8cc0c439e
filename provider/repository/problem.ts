/** A problem of a flag author's making: its code, its place, and its rendering. */
import type { ProblemCode } from './problem-code.js';
import { spellInvisible } from './yaml/invisible.js';

export { problemCodes, textProblemCodes, type ProblemCode } from './problem-code.js';

/** The way from a document's root to a node. */
export type Pointer = readonly (string | number)[];

/** A problem before its place in the text is looked up, unless whoever found it read the text and knows. */
export interface UnplacedProblem extends Partial<Span> {
  readonly code: ProblemCode;
  /** Left out: `error`. An error refuses the whole revision; a warning is only shown. */
  readonly severity?: 'error' | 'warning';
  /** The file's path from the repository's root, with slashes. */
  readonly file: string;
  /** Where in the document; the root when left out. */
  readonly pointer?: Pointer;
  /** Whether the key of the node is meant, or (left out) its value. */
  readonly at?: 'key' | 'value';
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  readonly found?: string;
  readonly expected?: string;
  /** What to do about it, in the imperative. */
  readonly fix?: string;
}

/** A stretch of text: lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A problem with its place and the lines around it. */
export interface Problem extends Span {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly message: string;
  readonly found?: string;
  readonly expected?: string;
  readonly fix?: string;
  /** The line with the line before and after it, and carets below the place; empty where the file has no text to show. */
  readonly frame: string;
}

/** A problem with the place and the frame that were found for it. */
export function withPlace(problem: UnplacedProblem, span: Span, frame: string): Problem {
  const { code, severity = 'error', file, message, found, expected, fix } = problem;
  return {
    code,
    severity,
    file,
    message,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    ...(fix === undefined ? {} : { fix }),
    ...span,
    frame,
  };
}

/** A problem of a file that has no text to show: at its known place, or at its start, without a frame. */
export function problemOf(problem: UnplacedProblem): Problem {
  const { line = 1, column = 1, endLine = line, endColumn = column } = problem;
  return withPlace(problem, { line, column, endLine, endColumn }, '');
}

/** Orders problems by file (by code units), line, column and code. */
export function compareProblems(left: Problem, right: Problem): number {
  return (
    compareText(left.file, right.file) ||
    left.line - right.line ||
    left.column - right.column ||
    compareText(left.code, right.code)
  );
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/**
 * A problem as a few lines of text without colours or a newline at the end. What a file or its name brings along is
 * shown as `U+XXXX` where a terminal would act on it.
 */
export function renderProblem(problem: Problem): string {
  const { code, severity, file, line, column, message, found, expected, fix, frame } = problem;
  const lines = [`${spellInvisible(file)}:${line}:${column}  ${severity} ${code}`, spellInvisible(message)];
  if (frame !== '') lines.push(frame);
  for (const [label, text] of Object.entries({ found, expected, fix })) {
    if (text !== undefined) lines.push(`${label}: ${spellInvisible(text)}`);
  }
  return lines.join('\n');
}
