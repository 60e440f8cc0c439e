/** Text that others had a hand in, as Markdown in which nothing is active: a comment speaks with the voice of the host's App. */

/** In characters, of one sentence: a message may name what somebody wrote at any length. */
const MAX_LENGTH = 600;

/** What a host makes a reference or a mention of: it would notify people, or link the comment to another thread. */
const REFERENCE = /(?<![A-Za-z0-9])@[A-Za-z0-9][\w./-]*|[\w./-]{0,100}[#!&]\d+|(?<![A-Za-z0-9])gh-\d+/i;

/** Code spans stay, as CommonMark finds them; everything else is plain text on one line. */
export function inert(text: string, maxLength = MAX_LENGTH): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  const shown = characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
  return joined(partsOf(shown).flatMap(({ isCode, part }) => (isCode ? [part] : plain(part))));
}

/** A block of text that somebody may copy; nothing in it can end it. */
export function codeBlock(lines: readonly string[], language: string, indent: string): string {
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].map((line) => indent + line).join('\n');
}

interface Part {
  readonly isCode: boolean;
  readonly part: string;
}

/** CommonMark 6.1: a span ends at the next run of as many backticks as it began with; other runs are text. */
function partsOf(text: string): readonly Part[] {
  const runs = [...text.matchAll(/`+/g)];
  const parts: Part[] = [];
  let end = 0;
  for (const [index, run] of runs.entries()) {
    if (run.index < end) continue;
    const close = runs.slice(index + 1).find(([other]) => other.length === run[0].length);
    if (close === undefined) continue;
    parts.push({ isCode: false, part: text.slice(end, run.index) });
    end = close.index + close[0].length;
    parts.push({ isCode: true, part: text.slice(run.index, end) });
  }
  return [...parts, { isCode: false, part: text.slice(end) }];
}

/** What stands behind a span begins a text of its own, where a host looks for references afresh. */
function plain(text: string): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  for (let match = REFERENCE.exec(rest); match !== null; match = REFERENCE.exec(rest)) {
    pieces.push(escaped(rest.slice(0, match.index)), `\`${match[0]}\``);
    rest = rest.slice(match.index + match[0].length);
  }
  return [...pieces, escaped(rest)];
}

/** Two spans side by side would be one of another length. */
function joined(pieces: readonly string[]): string {
  return pieces.reduce((text, piece) => text + (text.endsWith('`') && piece.startsWith('`') ? ' ' : '') + piece, '');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>&~|$]/g, '\\$&');
}
