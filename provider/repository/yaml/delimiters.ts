/** Brackets and quotes that do not pair up. The YAML library reports them where the text ends, or (a quote after an escape) not at all. */
import { CST } from 'yaml';
import type { Refusal } from './refusal.js';

interface Opener {
  readonly bracket: string;
  readonly offset: number;
}

const closerOf: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** Watches the tokens of a text go by, and keeps what it finds, each with the stretch that cannot be trusted after it. */
export class Delimiters {
  readonly unpaired: { readonly refusal: Refusal; readonly until: number }[] = [];
  #open: Opener[] = [];

  /** @param token any token but a plain or block scalar */
  see(token: string, offset: number): void {
    switch (token.charAt(0)) {
      case '[':
      case '{':
        this.#open.push({ bracket: token, offset });
        break;
      case ']':
      case '}':
        this.#close(token, offset);
        break;
      case CST.FLOW_END:
        this.end(offset);
        break;
      case '"':
      case "'":
        if (!isClosed(token)) this.#report(unclosedQuote(token, offset), offset + token.length);
    }
  }

  /** The text, or a stretch of it that brackets may span, has ended. */
  end(offset: number): void {
    const opener = this.#open.at(-1);
    this.#open = [];
    // An earlier one is why this bracket seems unclosed.
    const isConsequence = this.unpaired.some(({ until }) => opener !== undefined && until >= opener.offset);
    if (opener !== undefined && !isConsequence) this.#report(unclosedBracket(opener), offset);
  }

  #close(bracket: string, offset: number): void {
    const opener = this.#open.pop();
    if (opener === undefined || closerOf[opener.bracket] === bracket) return;
    this.#report(wrongBracket(opener, bracket, offset), offset + 1);
  }

  #report(refusal: Refusal, until: number): void {
    this.unpaired.push({ refusal, until });
  }
}

function isClosed(quoted: string): boolean {
  const quote = quoted[0];
  const end = quoted.length - 1;
  if (end === 0 || quoted[end] !== quote) return false;
  const repeated = quote === '"' ? '\\' : "'";
  let start = end;
  while (start > 1 && quoted[start - 1] === repeated) start -= 1;
  return (end - start) % 2 === 0;
}

const unclosedQuote = (token: string, offset: number): Refusal => ({
  code: 'yaml-syntax',
  start: offset,
  end: offset + 1,
  message: 'this quote is never closed',
  found: 'the end of the text, or a line that is indented less, before the closing quote',
  expected: `a closing ${token[0]}`,
  fix: token[0] === '"' ? 'close it; a quote inside is written \\"' : "close it; an apostrophe inside is written ''",
});

const unclosedBracket = ({ bracket, offset }: Opener): Refusal => ({
  code: 'yaml-syntax',
  start: offset,
  end: offset + 1,
  message: `this \`${bracket}\` is never closed`,
  expected: `\`${closerOf[bracket]}\``,
  fix: `add the \`${closerOf[bracket]}\`, and indent what is between them deeper than the key; quote it if it is text`,
});

const wrongBracket = (opener: Opener, bracket: string, offset: number): Refusal => ({
  code: 'yaml-syntax',
  start: offset,
  end: offset + 1,
  message: `this bracket does not close the \`${opener.bracket}\` before it`,
  found: `\`${bracket}\``,
  expected: `\`${closerOf[opener.bracket]}\``,
  fix: `write \`${closerOf[opener.bracket]}\`, or add the bracket that is missing`,
});
