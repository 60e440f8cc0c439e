/** The flags of a change as Markdown, for a comment at a pull request. */
import type { ChangeItem, FlagChange } from './change.js';
import {
  causeWords,
  cutList,
  effectWords,
  headingWords,
  itemsEverywhere,
  MAX_SHOWN_FLAGS,
  MAX_SHOWN_ITEMS,
  moreLines,
  partsOf,
  reachingTexts,
  shownEnvironments,
} from './shown.js';
import { codeSpan, word } from './words.js';

/** In characters: GitHub refuses a comment of more than 65,536, and a verdict stands above the changes. */
const MAX_LENGTH = 40_000;

/** In characters, of {@link MAX_LENGTH}: the flags that are only reached are told even where the others are long. */
const MAX_REACHED_LENGTH = 10_000;

/** Each flag under a heading with its items by environment; then the flags that are only reached. Ends in a newline. */
export function changeMarkdown(flags: readonly FlagChange[]): string {
  if (flags.length === 0) return 'No flag changes.\n';
  const { edited, reached } = partsOf(flags);
  const blocks = [
    ...fitting(edited.map(flagBlock), MAX_LENGTH - MAX_REACHED_LENGTH, 'flag', '\n'),
    ...(reached.length === 0 ? [] : [reachedBlock(reached)]),
  ];
  return blocks.join('\n');
}

function flagBlock(flag: FlagChange): string {
  return block([
    `#### ${codeSpan(flag.key)} · ${headingWords(flag)}`,
    '',
    ...(flag.items.length === 0 ? ['- only comments or layout'] : []),
    ...(flag.via.length === 0 ? [] : [`- reached through ${causeWords(flag, codeSpan)}`]),
    ...itemLines(itemsEverywhere(flag), '- '),
    ...shownEnvironments(flag).flatMap(({ environment, effect, items }) => {
      const words = effectWords(effect);
      return [`- **${word(environment)}**${words === '' ? '' : ` · ${words}`}`, ...itemLines(items, '  - ')];
    }),
  ]);
}

function itemLines(items: readonly ChangeItem[], bullet: string): readonly string[] {
  const texts = items.map(({ text }) => text);
  return cutList(texts, MAX_SHOWN_ITEMS, 'item').map((text) => bullet + text);
}

function reachedBlock(reached: readonly FlagChange[]): string {
  const lines = reached.map(
    (flag) => `- ${codeSpan(flag.key)} · ${headingWords(flag)} · through ${causeWords(flag, codeSpan)}`,
  );
  const texts = reachingTexts(reached).map((text) => `- ${text}`);
  return block([
    '#### Reached without a change of their own',
    '',
    ...fitting(texts, MAX_REACHED_LENGTH / 2, 'item', '- '),
    '',
    ...fitting(lines, MAX_REACHED_LENGTH / 2, 'flag', '- '),
  ]);
}

/** As many texts, from the first on, as fit; and a line on how many do not. */
function fitting(texts: readonly string[], maxLength: number, noun: string, bullet: string): readonly string[] {
  let length = 0;
  const firstLeftOut = texts.findIndex((text) => (length += text.length + 1) > maxLength);
  const shown = texts.slice(0, Math.min(firstLeftOut < 0 ? texts.length : firstLeftOut, MAX_SHOWN_FLAGS));
  return [...shown, ...moreLines(texts.length - shown.length, noun).map((line) => `${bullet}${line}`.trimStart())];
}

function block(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
