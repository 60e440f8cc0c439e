/** The YAML library's syntax errors, in words that say what to do. */
import type { YAMLParseError } from 'yaml';
import type { Refusal } from './refusal.js';

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

interface SyntaxRule {
  readonly matches: RegExp;
  /** Tells two mistakes apart that the library reports alike. */
  readonly when?: RegExp;
  readonly message: string;
  readonly expected?: string;
  readonly fix: string;
  /** Whether the cause is the next line that says something, rather than the place of the error. */
  readonly onNextLine?: true;
}

// The first that fits; `matches` is held against the library's message, `when` against the line from the error on.
const rules: readonly SyntaxRule[] = [
  {
    matches: /^Tabs are not allowed/,
    message: 'a tab indents this line',
    expected: 'spaces',
    fix: 'indent by two spaces a level',
  },
  {
    matches: /^Implicit (?:map )?keys need/,
    when: /^[^\s:#'"]+:[^\s/]/,
    message: 'there is no space after the colon of this key',
    expected: '`key: value`',
    fix: 'put a space after the colon',
  },
  {
    matches: /^Implicit keys? need/,
    when: /^- /,
    message: 'a list item stands among the keys of a mapping',
    expected: '`key: value`',
    fix: 'give the list a key of its own, or remove the `- `',
  },
  {
    matches: /^Nested mappings are not allowed/,
    when: /:(?:\s|$)/,
    message: 'this value holds a colon, which starts another key',
    expected: 'one `key: value` on a line',
    fix: 'quote the value, or move the inner key to the next line, indented',
  },
  {
    matches: /^Nested mappings are not allowed/,
    onNextLine: true,
    message: 'this line is indented deeper than the keys it belongs to',
    expected: 'the keys of a mapping at one column',
    fix: 'align it with the line before it',
  },
  {
    matches: /^All (?:mapping|sequence) items must start at the same column/,
    onNextLine: true,
    message: 'this line is aligned with nothing before it',
    expected: 'the keys or items of one level at one column',
    fix: 'align it with the other keys or items of its level',
  },
  {
    matches: /^Implicit (?:map )?keys need/,
    message: 'this is neither a key nor a part of the value before it',
    expected: '`key: value`',
    fix: 'add the colon that is missing, or quote the whole of a text',
  },
  {
    matches: /^Sequence item without - indicator/,
    onNextLine: true,
    message: 'this line stands among the items of a list and is none',
    expected: '`- `, or deeper indentation',
    fix: 'start it with `- `, or align it with the item that it belongs to',
  },
  {
    matches: /^Unexpected block-seq-ind on same line with key/,
    message: 'a list cannot start on the line of its key',
    fix: 'write each `- ` on a line of its own, or the list as `[a, b]`',
  },
  {
    matches: /^Unexpected scalar at node end/,
    when: /^[^\s:'"]+:(?:\s|$)/,
    message: 'a key stands where the value before it has ended',
    fix: 'align it with the keys that it belongs to',
  },
  {
    matches: /^Unexpected (?:double-quoted-|single-quoted-)?scalar at node end/,
    message: 'there is more text after the end of this value',
    expected: 'the end of the line, or a comment after a space',
    fix: "quote the whole value; inside, write \\\" for \" in double quotes and '' for ' in single ones",
  },
  {
    matches: /^Unexpected flow-(?:seq|map)-end/,
    message: 'this bracket closes nothing',
    fix: 'remove it, or quote the value that it belongs to',
  },
  {
    matches: /^Plain value cannot start with/,
    message: 'a text cannot start with this character without quotes',
    fix: 'quote the value',
  },
  {
    matches: /^Invalid escape sequence/,
    message: 'there is no such escape in double quotes',
    fix: 'write \\\\ for a backslash, or use single quotes',
  },
  {
    matches: /^Block scalar header/,
    message: 'after `|` or `>` a block of text starts on the next line',
    fix: 'quote the value',
  },
  {
    matches: /^Missing , (?:or : )?between/,
    message: 'there is no comma between these items',
    expected: '`,`',
    fix: 'add the comma',
  },
  {
    matches: /^Unexpected (?:,|empty item) in/,
    message: 'there is nothing before this comma',
    fix: 'remove the comma',
  },
  {
    matches: /^Block collections are not allowed within flow/,
    when: /:(?:\s|$)/,
    message: 'there is no comma before the next key',
    expected: '`,` between the entries',
    fix: 'add the comma, or quote the value if the colon is a part of it',
  },
  {
    matches: /^Missing space after :/,
    message: 'there is no space after the colon of this key',
    expected: '`key: value`',
    fix: 'put a space after the colon',
  },
  {
    matches: /^Comments must be separated/,
    message: 'a comment starts without a space before it',
    fix: 'put a space before the `#`, or quote the value that it belongs to',
  },
];

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
    if (lacksColon && /^All mapping items must start/.test(error.message)) continue;
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
  const rule = rules.find(({ matches, when }) => matches.test(error.message) && (when?.test(rest) ?? true));
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
