import { describe, expect, it } from 'vitest';
import { reasonOf } from './reason.js';

const TEMPLATE =
  '## What changes, and for whom\n\n## Reason\n\n<!-- For a flag: why now. -->\nSay why this is needed now.\n\n## Checklist\n';
const GOOD = 'The pilot ran two weeks without an error.';

describe('a reason in the description', () => {
  it.each<[string, string, string | undefined]>([
    ['a section', `## Reason\n\n${GOOD}\n`, GOOD],
    ['the first level', `# Reason\n${GOOD}`, GOOD],
    ['the sixth level', `###### Reason\n${GOOD}`, GOOD],
    ['seven marks are no heading', `####### Reason\n${GOOD}`, undefined],
    ['no space after the marks', `##Reason\n${GOOD}`, undefined],
    ['other letters', `## REASON\n${GOOD}`, GOOD],
    ['marks at the end, emphasis and a colon', `## **Reason:** ##\n${GOOD}`, GOOD],
    ['underlined', `Reason\n------\n${GOOD}`, GOOD],
    ['underlined twice', `Reason\n===\n${GOOD}`, GOOD],
    ['CRLF', `## Reason\r\n\r\n${GOOD}\r\n## Other\r\nMore.`, GOOD],
    ['several lines', '## Reason\nOne\ntwo.\n\n- three', 'One two. - three'],
    ['up to the next heading', `## Reason\n${GOOD}\n## Checklist\n- [x] tested`, GOOD],
    ['with what is below it', `## Reason\n${GOOD}\n### Ticket\nABC-123`, `${GOOD} ABC-123`],
    ['up to a higher heading', `### Reason\n${GOOD}\n# Other\nmore`, GOOD],
    ['the second section of two', `## Reason\n\n## Other\nx\n## Reason\n${GOOD}`, GOOD],
    ['a link alone', '## Reason\n<https://tickets.example.com/ABC-123>', '<https://tickets.example.com/ABC-123>'],
    ['another alphabet', '## Reason\n修正错误', '修正错误'],
    ['no section', GOOD, undefined],
    ['the word within a line', `The Reason\n${GOOD}`, undefined],
    ['another heading', `## Reasons\n${GOOD}`, undefined],
    ['a heading within a fence', `\`\`\`\n## Reason\n${GOOD}\n\`\`\``, undefined],
    ['a text within a fence', `## Reason\n~~~\n${GOOD}\n~~~`, GOOD],
    ['a look-alike heading', `## Rеason\n${GOOD}`, undefined],
    ['empty', '## Reason\n\n', undefined],
    ['a comment', `## Reason\n<!-- ${GOOD} -->`, undefined],
    ['a comment over lines', `## Reason\n<!--\n${GOOD}\n-->\n`, undefined],
    ['a comment that nobody closes', `## Reason\n<!-- ${GOOD}\n## Other`, undefined],
    ['a comment around the heading', `<!--\n## Reason\n-->\n${GOOD}`, undefined],
    ['text beside a comment', `## Reason\n<!-- why? -->${GOOD}<!-- ok -->`, GOOD],
    ['the template’s text', TEMPLATE, undefined],
    ['the template’s text, and more', TEMPLATE.replace('now.\n', `now.\n${GOOD}\n`), GOOD],
    ['a link definition, which nobody sees', `## Reason\n[//]: # (${GOOD})`, undefined],
    ['tags alone', '## Reason\n<details><summary></summary></details>\n<br/>', undefined],
    ['a rule alone', '## Reason\n\n***\n', undefined],
    ['marks alone', '## Reason\n- [ ] \n> ...', undefined],
    ['two letters', '## Reason\nok', undefined],
    ['n/a', '## Reason\nn/a', undefined],
    ['TBD', '## Reason\n**TBD**', undefined],
    ['none', '## Reason\nNone.', undefined],
    ['invisible letters', '## Reason\n\u{115f}\u{3164}\u{ffa0}\u{200b}\u{200b}', undefined],
    ['control characters', `## Reason\n\u{1b}[31m${GOOD}\u{7}\u{202e}`, `[31m${GOOD}`],
  ])('%s', (_what, body, reason) => {
    expect(reasonOf(body, [], TEMPLATE)).toBe(reason);
  });
});

describe('a reason in a commit', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['a trailer', [`Widen\n\nReason: ${GOOD}`], GOOD],
    ['among others', [`Widen\n\nBody.\n\nSigned-off-by: A <a@x>\nReason: ${GOOD}\nCo-authored-by: B <b@x>\n`], GOOD],
    ['other letters', [`Widen\n\nREASON : ${GOOD}`], GOOD],
    ['continued', ['Widen\n\nReason: The pilot ran\n  two weeks.\n'], 'The pilot ran two weeks.'],
    ['of any commit', ['Widen', 'Fix', `Go\n\nReason: ${GOOD}`], GOOD],
    ['of a squash', [`Widen (#12)\n\n* one\n\nReason: ${GOOD}\n\n* two\n\nCo-authored-by: B <b@x>`], GOOD],
    ['the second of two', [`Widen\n\nReason: TBD\nReason: ${GOOD}`], GOOD],
    ['the subject is none', [`Reason: ${GOOD}`], undefined],
    ['within a line', [`Widen\n\nThe Reason: ${GOOD}`], undefined],
    ['empty', ['Widen\n\nReason:\n'], undefined],
    ['continued by a paragraph', ['Widen\n\nReason:\n\nnothing here'], undefined],
    ['no commit', [], undefined],
  ])('%s', (_what, messages, reason) => {
    expect(reasonOf('## Reason\n\n', messages)).toBe(reason);
    expect(reasonOf(undefined, messages)).toBe(reason);
  });

  it('comes after the description', () => {
    expect(reasonOf(`## Reason\n${GOOD}`, ['x\n\nReason: Another one.'])).toBe(GOOD);
  });
});

describe('its limits', () => {
  it('keeps 2,000 characters', () => {
    const reason = reasonOf(`## Reason\n${'a'.repeat(1_998)}😀${'b'.repeat(10)}`, []);
    expect(reason).toBe(`${'a'.repeat(1_998)}…`);
  });

  it('does not look beyond what a host keeps', () => {
    expect(reasonOf(`${' '.repeat(1_048_576)}\n## Reason\n${GOOD}`, [])).toBeUndefined();
  });

  it.each<[string, string]>([
    ['open comments', '<!--'],
    ['comments', '<!---->'],
    ['open tags', '<a'],
    ['fences', '```\n'],
    ['headings', '## Reason\n'],
    ['marks', '#'],
    ['brackets', '[a'],
    ['underlines', 'x\n---\n'],
    ['blanks', ' \t'],
    ['blank lines', '\n'],
    ['trailers', '\n\nReason:'],
    ['quotes', '`'],
    ['invisible characters', '\u{200b}'],
  ])('reads the longest text in one go: %s', (_what, part) => {
    // Anything worse than linear would not end within a test's time.
    const text = `## Reason\n${part.repeat(Math.floor(1_048_000 / part.length))}`;
    expect((reasonOf(text, [text], text) ?? '').length).toBeLessThanOrEqual(2_000);
  });
});
