/** Text as a terminal may have it: nothing in it can move the cursor, and colours only where they are wanted. */
import { styleText } from 'node:util';
import type { Emphasis, Text } from '../report.js';

/** Where text goes. */
export interface Screen {
  /** In characters; undefined where nothing limits a line. */
  readonly columns: number | undefined;
  readonly hasColour: boolean;
}

type Style = Parameters<typeof styleText>[0];

const styles: Readonly<Record<Emphasis, Style>> = {
  strong: 'bold',
  faint: 'gray',
  good: 'green',
  bad: 'red',
  warning: 'yellow',
};

/** Everything that is no character to be seen: control characters, and those that hide or reorder others. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A line of text with whatever a terminal would obey written as an escape. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === '\t' ? '  ' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** A text for the screen, cut to `width` characters where it is given. */
export function paint(text: Text, { hasColour }: Pick<Screen, 'hasColour'>, width = Number.POSITIVE_INFINITY): string {
  let left = width;
  let painted = '';
  for (const { text: part, emphasis } of partsOf(text)) {
    const characters = Array.from(part);
    const isCut = characters.length > left;
    const shown = isCut ? `${characters.slice(0, Math.max(0, left - 1)).join('')}…` : part;
    painted +=
      hasColour && emphasis !== undefined ? styleText(styles[emphasis], shown, { validateStream: false }) : shown;
    left -= characters.length;
    if (left <= 0) break;
  }
  return painted;
}

/** How many columns a text takes: one for each character, as in the scripts that keys and names are written in. */
export function widthOf(text: Text): number {
  return partsOf(text).reduce((width, { text: part }) => width + Array.from(part).length, 0);
}

function partsOf(text: Text): readonly { readonly text: string; readonly emphasis?: Emphasis }[] {
  if (typeof text === 'string') return [{ text: printable(text) }];
  if ('emphasis' in text) return [{ ...text, text: printable(text.text) }];
  return text.flatMap(partsOf);
}
