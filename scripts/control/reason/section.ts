/** What a Markdown text visibly says under a heading, in time linear in its length. */

interface Line {
  readonly text: string;
  /** A heading's level and words; undefined for any other line. */
  readonly heading: { readonly level: number; readonly words: string } | undefined;
}

/**
 * The lines under each heading with these words, up to the next heading that is not below it; without lines that
 * nobody sees, and without the headings below it.
 */
export function sectionsOf(markdown: string, words: string): readonly (readonly string[])[] {
  const sections: string[][] = [];
  let level: number | undefined;
  for (const { text, heading } of linesOf(withoutComments(markdown))) {
    if (heading?.words === words) {
      sections.push([]);
      level = heading.level;
    } else if (heading !== undefined) {
      if (level !== undefined && heading.level <= level) level = undefined;
    } else if (level !== undefined && text.trim() !== '' && !isDefinition(text)) {
      sections.at(-1)?.push(text);
    }
  }
  return sections;
}

/** Takes HTML comments away; one that nobody closes hides all that follows it, as on a rendered page. */
function withoutComments(markdown: string): string {
  const kept: string[] = [];
  let from = 0;
  for (;;) {
    const start = markdown.indexOf('<!--', from);
    if (start < 0) return kept.join('') + markdown.slice(from);
    kept.push(markdown.slice(from, start));
    const end = markdown.indexOf('-->', start + 4);
    if (end < 0) return kept.join('');
    from = end + 3;
  }
}

/** CommonMark, sections 4.2, 4.3 and 4.5: headings of both kinds, but none within a fence. */
function linesOf(markdown: string): readonly Line[] {
  const lines: Line[] = [];
  let fence: string | undefined;
  for (const text of markdown.split(/\r\n|\r|\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark !== undefined && fence === undefined) fence = mark;
    else if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) fence = undefined;
      else lines.push({ text, heading: undefined });
    } else {
      const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(text)?.[1];
      const above = lines.at(-1);
      if (underline !== undefined && above?.heading === undefined && above?.text.trim()) {
        lines[lines.length - 1] = { ...above, heading: headingOf(underline.startsWith('=') ? 1 : 2, above.text) };
      } else {
        const marks = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(text);
        const level = marks?.[1]?.length;
        lines.push({ text, heading: level && marks ? headingOf(level, text.slice(marks[0].length)) : undefined });
      }
    }
  }
  return lines;
}

/** Longer than any heading that is asked for; bounds the time that one takes. */
const MAX_HEADING_LENGTH = 200;

/** The words of a heading in lower case, without closing marks, emphasis and punctuation around them. */
function headingOf(level: number, text: string): NonNullable<Line['heading']> {
  if (text.length > MAX_HEADING_LENGTH) return { level, words: '' };
  return { level, words: text.toLowerCase().replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') };
}

/** CommonMark, section 4.7: a link reference definition, `[//]: # (…)`, is not rendered. */
function isDefinition(line: string): boolean {
  return /^ {0,3}\[[^\]]{1,999}\]:/.test(line);
}
