/** The co-authors that a commit's message names, wherever they stand in it and however they are spelled. */

/** What a message's `Co-authored-by` lines say. */
export interface CoAuthors {
  /** As written, without repetition; a host is asked for the account of each. */
  readonly addresses: readonly string[];
  /** What stands behind a `Co-authored-by:` that gives no address. */
  readonly nameless: readonly string[];
}

/** Hyphens that look alike are one, and a blank or nothing at all may stand for them. */
const LABEL = /co[-_ \u2010-\u2015]?authored[-_ \u2010-\u2015]?by[ \t]*:/i;
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
/** What squashed, quoted and listed messages put before a line. */
const LINE_START = /^[\s>*\-•#|"'`]*/;
const BETWEEN_ADDRESSES = /[\s,;()"'`<>[\]]+/;

/** Reads a message in time that is linear in its length. */
export function coAuthorsOf(message: string): CoAuthors {
  const addresses = new Set<string>();
  const nameless = new Set<string>();
  for (const { text, isOwnLine } of valuesOf(message)) {
    const found = addressesIn(text);
    for (const address of found) addresses.add(address);
    if (found.length === 0 && isOwnLine) nameless.add(text.trim());
  }
  return { addresses: [...addresses], nameless: [...nameless] };
}

interface LabelledValue {
  readonly text: string;
  /** Whether the label begins its line, so that it is no mention in a sentence. */
  readonly isOwnLine: boolean;
}

/** What follows each label: the rest of its line, and the lines below that are indented deeper. */
function* valuesOf(message: string): Generator<LabelledValue> {
  // A zero-width character within the label would hide it from this reader and from no other.
  const visible = message.replaceAll(/\p{Cf}/gu, '');
  if (!LABEL.test(visible)) return;
  const lines = visible.split(LINE_END);
  for (let index = 0; index < lines.length;) {
    const line = lines[index++] ?? '';
    const label = LABEL.exec(line);
    if (label === null) continue;
    const parts = [line.slice(label.index + label[0].length)];
    while (index < lines.length && indentOf(lines[index] ?? '') > indentOf(line)) parts.push(lines[index++] ?? '');
    yield { text: parts.join('\n'), isOwnLine: (LINE_START.exec(line)?.[0].length ?? 0) >= label.index };
  }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** What stands in angle brackets, whatever it is, and every other word that looks like an address. */
function addressesIn(text: string): readonly string[] {
  const addresses: (readonly string[])[] = [];
  let from = 0;
  for (;;) {
    const close = text.indexOf('>', from);
    const open = close === -1 ? -1 : text.lastIndexOf('<', close);
    if (open < from) break;
    addresses.push(wordsOf(text.slice(from, open)).filter(isAddress), wordsOf(text.slice(open, close)));
    from = close + 1;
  }
  return [...addresses, wordsOf(text.slice(from)).filter(isAddress)].flat();
}

function wordsOf(text: string): readonly string[] {
  return text
    .split(BETWEEN_ADDRESSES)
    .map((word) => word.replace(/^mailto:/i, '').replace(/[.:!?]{1,3}$/, ''))
    .filter((word) => word !== '');
}

function isAddress(word: string): boolean {
  const at = word.lastIndexOf('@');
  return at > 0 && at < word.length - 1;
}
