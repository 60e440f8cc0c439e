/** The subset's texts of several lines: `|`, `|-` and `>-`. */
import { BAR, DASH, SPACE } from './characters.js';
import type { Cursor } from './cursor.js';

/**
 * Reads the text whose header is at the cursor, and goes to the next content; undefined where it is not in the subset.
 * @param indent how far its lines are indented, in spaces
 */
export function readTextBlock(cursor: Cursor, indent: number): string | undefined {
  const { text } = cursor;
  const isLiteral = cursor.code() === BAR;
  cursor.at += 1;
  const isStripped = cursor.code() === DASH;
  if (isStripped) cursor.at += 1;
  const start = isLiteral || isStripped ? cursor.nextLine() : undefined;
  const lines = start === undefined ? undefined : linesFrom(text, start, indent, isLiteral);
  if (lines === undefined) return undefined;
  // The header, the mark of a scalar, and the scalar.
  cursor.tokens += 3;
  cursor.toContent(lines.end);
  return lines.content.join(isLiteral ? '\n' : ' ') + (isStripped ? '' : '\n');
}

interface Lines {
  /** Without indentation, and without blank lines at the end. */
  readonly content: readonly string[];
  /** Where the last of them ends. */
  readonly end: number;
}

/** The lines that are indented; undefined where they are not in the subset. */
function linesFrom(text: string, start: number, indent: number, isLiteral: boolean): Lines | undefined {
  const content: string[] = [];
  let [end, blank] = [start, 0];
  for (let at = start; at < text.length;) {
    const newline = text.indexOf('\n', at);
    if (newline === at) blank += 1;
    else {
      const width = indentation(text, at);
      if (width < indent && at + width !== newline) break;
      if (!isPlainLine(text, at + width, newline)) return undefined;
      // The first line sets the indentation, and folded lines that differ from it, or are apart, are kept apart.
      if ((content.length === 0 || !isLiteral) && (width > indent || blank > 0)) return undefined;
      for (; blank > 0; blank -= 1) content.push('');
      content.push(text.slice(at + indent, newline));
      end = newline + 1;
    }
    at = newline + 1;
  }
  return content.length === 0 ? undefined : { content, end };
}

function indentation(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === SPACE) at += 1;
  return at - start;
}

/** Whether a line whose content begins at `start` has some, and ends with a newline and no space before it. */
function isPlainLine(text: string, start: number, newline: number): boolean {
  return newline > start && text.charCodeAt(newline - 1) !== SPACE;
}
