/** The YAML library's syntax errors, in words that say what to do. */
import type { YAMLParseError } from 'yaml';
import type { Refusal } from './refusal.js';
import { syntaxRules } from './syntax-rules.js';

/** A part of a text; the end is inclusive here, for that is where errors about something missing are. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Where an error is, and the rest of its line. */
interface Spot {
  readonly error: YAMLParseError;
  readonly start: number;
  readonly rest: string;
}

/** The refusals that errors come to: the first of each line, for the others follow from it; none inside of `reported`. */
export function* syntaxRefusals(
  errors: readonly YAMLParseError[],
  text: string,
  reported: readonly Stretch[],
): Generator<Refusal> {
  let reportedUntil = -1;
  let lacksColon = false;
  for (const error of errors.toSorted((left, right) => left.pos[0] - right.pos[0])) {
    const start = Math.min(error.pos[0], text.length);
    // What stands below a key without a colon seems misaligned.
    if (lacksColon && error.message.startsWith('All mapping items must start')) continue;
    if (start < reportedUntil || reported.some((stretch) => start >= stretch.start && start <= stretch.end)) continue;
    const lineEnd = endOfLine(text, start);
    const refusal = refusalOf({ error, start, rest: text.slice(start, lineEnd) }, text);
    reportedUntil = Math.max(lineEnd, endOfLine(text, refusal.start));
    lacksColon = /^Implicit (?:map )?keys need/.test(error.message);
    yield refusal;
  }
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}

function refusalOf({ error, start, rest }: Spot, text: string): Refusal {
  const rule = syntaxRules.find(({ matches, when }) => matches.test(error.message) && (when?.test(rest) ?? true));
  if (rule === undefined) return unexplained(error, start);
  const { message, expected, fix } = rule;
  const from = rule.onNextLine ? nextContent(text, start) : start;
  const end = Math.max(from + 1, Math.min(error.pos[1], endOfLine(text, from)));
  return { code: 'yaml-syntax', start: from, end, message, ...(expected === undefined ? {} : { expected }), fix };
}

/** From the start of a line its first character; from within a line the first character of the next that has one. */
function nextContent(text: string, start: number): number {
  const isAtLineStart = start === 0 || /^ *$/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start));
  const from = isAtLineStart ? start : endOfLine(text, start);
  const content = text.slice(from).search(/\S/);
  return content === -1 ? start : from + content;
}

const unexplained = (error: YAMLParseError, start: number): Refusal => ({
  code: 'yaml-syntax',
  start,
  end: Math.max(start, error.pos[1]),
  message: `not YAML: ${lowerFirst(error.message.split(/[\n:;]/, 1)[0] ?? '')}`,
  fix: 'correct the line, or quote the text that is meant',
});

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
