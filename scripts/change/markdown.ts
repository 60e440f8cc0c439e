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
export const MAX_CHANGES_LENGTH = 40_000;

/** In characters, of {@link MAX_CHANGES_LENGTH}: the flags that are only reached are told even where the others are long. */
const MAX_REACHED_LENGTH = 10_000;

/**
 * Each flag under a heading with its items by environment; then the flags that are only reached. Ends in a newline.
 * @param maxLength in characters; at least twice what the flags that are only reached may take
 */
export function changeMarkdown(flags: readonly FlagChange[], maxLength = MAX_CHANGES_LENGTH): string {
  if (flags.length === 0) return 'No flag changes.\n';
  const { edited, reached } = partsOf(flags);
  const blocks = [
    ...fitting(edited, flagBlock, { maxLength: maxLength - MAX_REACHED_LENGTH, noun: 'flag', bullet: '' }),
    ...(reached.length === 0 ? [] : [reachedBlock(reached)]),
  ];
  return blocks.map((text) => (text.endsWith('\n') ? text : `${text}\n`)).join('\n');
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
  const maxLength = MAX_REACHED_LENGTH / 2;
  return block([
    '#### Reached without a change of their own',
    '',
    ...fitting(reachingTexts(reached), (text) => `- ${text}`, { maxLength, noun: 'item', bullet: '- ' }),
    '',
    ...fitting(reached, reachedLine, { maxLength, noun: 'flag', bullet: '- ' }),
  ]);
}

function reachedLine(flag: FlagChange): string {
  return `- ${codeSpan(flag.key)} · ${headingWords(flag)} · through ${causeWords(flag, codeSpan)}`;
}

/** As many things as are shown and fit, from the first on, each as a text; and a line on how many do not. */
function fitting<T>(
  things: readonly T[],
  textOf: (thing: T) => string,
  { maxLength, noun, bullet }: { readonly maxLength: number; readonly noun: string; readonly bullet: string },
): readonly string[] {
  const shown: string[] = [];
  let length = 0;
  for (const thing of things.slice(0, MAX_SHOWN_FLAGS)) {
    const text = textOf(thing);
    length += text.length + 1;
    if (length > maxLength) break;
    shown.push(text);
  }
  return [...shown, ...moreLines(things.length - shown.length, noun).map((line) => bullet + line)];
}

function block(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
