/** A place in a text, and how it moves over lines and scalars. */
import { COLON, DOUBLE_QUOTE, HASH, NEWLINE, SPACE } from './characters.js';
import { endOfDoubleQuoted, endOfPlain, endOfSingleQuoted } from './scalar-end.js';

/** Moves through a text, without tabs and carriage returns, from its start to its end. */
export class Cursor {
  /** The offset of the next character. */
  at = 0;
  /** The indentation of the line that was gone to; -1 when there is none with content left. */
  column = 0;
  /** At least as many tokens as the YAML library makes of the text so far; the first of them starts the document. */
  tokens = 1;

  constructor(readonly text: string) {}

  /** Whether there was no line with content left to go to. */
  get isAtEnd(): boolean {
    return this.column === -1;
  }

  /** The next character's UTF-16 unit; NaN at the end of the text. */
  code(): number {
    return this.text.charCodeAt(this.at);
  }

  /** Goes from the start of a line to the first content there or further on, past blank lines and comments. */
  toContent(lineStart: number): void {
    const { text } = this;
    for (let start = lineStart; start < text.length;) {
      this.at = start;
      this.skipSpaces();
      const code = this.code();
      if (code !== NEWLINE && code !== HASH && this.at < text.length) {
        this.column = this.at - start;
        return;
      }
      const isComment = code === HASH;
      this.tokens += isComment ? 2 : 1;
      const end = isComment ? text.indexOf('\n', this.at) : this.at;
      start = end === -1 ? text.length : end + 1;
    }
    this.at = text.length;
    this.column = -1;
  }

  /** Goes to the next line with content; false where this one goes on with more than white space and a comment. */
  endLine(): boolean {
    const next = this.nextLine();
    if (next === undefined) return false;
    this.toContent(next);
    return true;
  }

  /** Where the next line starts; undefined where this one goes on with more than white space and a comment. */
  nextLine(): number | undefined {
    const { text, at: start } = this;
    this.skipSpaces();
    const code = this.code();
    const isEnd = code === NEWLINE || this.at === text.length;
    if (!isEnd && (code !== HASH || this.at === start)) return undefined;
    this.tokens += isEnd ? 1 : 2;
    if (isEnd) return this.at + 1;
    const end = text.indexOf('\n', this.at);
    return end === -1 ? text.length : end + 1;
  }

  /** Goes behind the next character, an indicator. */
  pass(): void {
    this.at += 1;
    this.tokens += 1;
  }

  /** Goes behind the spaces that are next. */
  skipSpaces(): void {
    const { text, at: start } = this;
    let at = start;
    while (text.charCodeAt(at) === SPACE) at += 1;
    if (at === start) return;
    this.at = at;
    this.tokens += 1;
  }

  /** Goes behind a colon that ends a key, where one is next: white space or the end of the text follows it. */
  passColon(): boolean {
    if (this.code() !== COLON) return false;
    const next = this.text.charCodeAt(this.at + 1);
    if (next !== SPACE && next !== NEWLINE && this.at + 1 < this.text.length) return false;
    this.pass();
    return true;
  }

  /** Goes behind the plain scalar that starts here, and returns it; its first character is the caller's to judge. */
  plain(isFlow: boolean): string {
    const { text, at: start } = this;
    this.at = endOfPlain(text, start, isFlow);
    this.tokens += 2;
    return text.slice(start, this.at);
  }

  /** Goes behind the quoted scalar that starts here, and returns its text; undefined where it is not in the subset. */
  quoted(): string | undefined {
    const { text, at: start } = this;
    const isDouble = this.code() === DOUBLE_QUOTE;
    const end = isDouble ? endOfDoubleQuoted(text, start) : endOfSingleQuoted(text, start);
    if (end === undefined) return undefined;
    this.at = end;
    this.tokens += 1;
    const content = text.slice(start + 1, end - 1);
    return isDouble && content.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : content;
  }
}
