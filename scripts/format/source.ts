/** Places in a text, and changes at them. */
import type { Item, Node } from './node.js';

/** The text with what is between two offsets replaced. */
export function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** The text's line break: that of its first line. */
export function lineBreakOf(text: string): '\r\n' | '\n' {
  return text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n';
}

/** Where the line of an offset begins. */
export function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line of an offset ends, before its line break. */
export function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

/** Where the line after that of an offset begins; the text's length after its last. */
export function startOfNextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** Whether a value is null by being left out. */
export function isAbsent(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null && node.source === '';
}

/** Where a key's colon or a dash ends; where the key ends if it has no colon. */
export function endOfLabel(text: string, { key, labelEnd }: Item): number {
  if (key === undefined) return labelEnd;
  // Between a key and its colon are only white space and, behind a `?`, comments.
  const [before] = /^(?:\s|#[^\n]*\n)*/.exec(text.slice(labelEnd)) as RegExpExecArray;
  const colon = labelEnd + before.length;
  return text[colon] === ':' ? colon + 1 : labelEnd;
}

/** Where an item ends, its colon counted where nothing follows it. */
export function endOfItem(text: string, item: Item): number {
  return isAbsent(item.value) ? endOfLabel(text, item) : item.end;
}
