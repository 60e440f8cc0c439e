/** The comments of a text, by their places. */
import { Lexer } from 'yaml';

/** A comment as it stands in the text. */
export interface Comment {
  /** From its `#` on, without white space at the end. */
  readonly text: string;
  readonly offset: number;
  /** In its line, from 0. */
  readonly column: number;
  /** Whether nothing but white space precedes it in its line. */
  readonly isOwnLine: boolean;
}

/** Tokens that stand for no text: the start of a document or of a scalar, and the end of a flow collection. */
const MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);
const SCALAR_MARK = '\u001f';

/** All comments in the order of the text. */
export function findComments(text: string): readonly Comment[] {
  const comments: Comment[] = [];
  let offset = 0;
  let previous = '';
  for (const token of new Lexer().lex(text)) {
    if (token.startsWith('#') && previous !== SCALAR_MARK) comments.push(commentAt(text, token, offset));
    if (!MARKS.has(token)) offset += token.length;
    previous = token;
  }
  return comments;
}

function commentAt(text: string, token: string, offset: number): Comment {
  const column = offset - (text.lastIndexOf('\n', offset - 1) + 1);
  const isOwnLine = text.slice(offset - column, offset).trim() === '';
  return { text: token.trimEnd(), offset, column, isOwnLine };
}

/** Whether the line before the one of `offset` is blank, and nothing but white space precedes `offset` in its own. */
export function isAfterBlankLine(text: string, offset: number): boolean {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  if (line === 0 || text.slice(line, offset).trim() !== '') return false;
  return text.slice(text.lastIndexOf('\n', line - 2) + 1, line).trim() === '';
}
