/** Scalars outside of brackets, which may span lines. */
import type { ScalarNode } from './node.js';
import { hasInvisible, writeString } from './scalar.js';
import { LINE_WIDTH, type Style } from './style.js';

/**
 * A scalar's lines without their indentation: one, or a block scalar's header and its lines.
 * @param used how many characters precede it in its line
 * @param column how many will precede each further line
 */
export function writeLines(node: ScalarNode, style: Style, used: number, column: number): readonly string[] {
  const { value, source } = node;
  if (typeof value === 'number') return [source];
  if (typeof value !== 'string') return [String(value)];
  const oneLine = writeString(value, { isFlow: false, isExempt: style.isExempt });
  if (value.includes('\n')) return literal(value) ?? [oneLine];
  return (used + oneLine.length > LINE_WIDTH ? folded(value, LINE_WIDTH - column) : undefined) ?? [oneLine];
}

/** A literal block scalar: undefined where the text has what one can't show. */
function literal(text: string): readonly string[] | undefined {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n');
  const isShown = lines.every((line) => !hasInvisible(line) && !line.endsWith(' '));
  if (!isShown || body.startsWith(' ') || body.startsWith('\n') || body.endsWith('\n') || body === '') return undefined;
  return [text.endsWith('\n') ? '|' : '|-', ...lines];
}

/** A folded block scalar, broken at single spaces: undefined where the text has what one can't show, or no such space. */
function folded(text: string, width: number): readonly string[] | undefined {
  if (hasInvisible(text) || text.startsWith(' ') || text.endsWith(' ')) return undefined;
  const [first = '', ...words] = text.split(/(?<! ) (?! )/);
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return lines.length === 0 ? undefined : ['>-', ...lines, line];
}
