/** What a change did to flags, as lines with an indent: the same on a terminal and in Markdown. */
import { cutList, MAX_SHOWN_FLAGS, MAX_SHOWN_ITEMS, moreLines } from '../change/shown.js';
import { listed, word } from '../change/words.js';
import { counted } from '../report.js';
import type { RevisionEffect } from './effect.js';
import type { FlagEffect } from './flag-effect.js';

/** A line. Its text is safe in Markdown, except where `isRaw`. */
export interface EffectLine {
  readonly depth: 0 | 1 | 2;
  readonly text: string;
  /** The flag that the following lines are about. */
  readonly key?: string;
  readonly isRaw?: boolean;
}

/** Files besides the flags' own that are named. */
const MAX_FILES = 10;

/** Flags reached, in one line. */
const MAX_REACHED = 5;

/** The lines of an effect. */
export function effectLines({ flags, files, problems, problemCount, loads }: RevisionEffect): readonly EffectLine[] {
  const edited = flags.filter(({ status }) => status !== 'reached');
  const reached = flags.filter(({ status }) => status === 'reached');
  const flagFiles = edited.map(({ key }) => `${key.replaceAll('.', '/')}.yaml`);
  const others = withoutEndings(files, new Set(flagFiles));
  return [
    ...problems.map((text): EffectLine => ({ depth: 0, text, isRaw: true })),
    ...moreLines(problemCount - problems.length, 'problem').map((text): EffectLine => ({ depth: 0, text })),
    ...edited.slice(0, MAX_SHOWN_FLAGS).flatMap((flag) => flagLines(flag, loads)),
    ...moreLines(edited.length - MAX_SHOWN_FLAGS, 'flag').map((text): EffectLine => ({ depth: 0, text })),
    ...reachedLines(reached),
    ...others
      .slice(0, MAX_FILES)
      .map(({ path, status }): EffectLine => ({ depth: 0, text: `${path} ${status}`, isRaw: true })),
    ...moreLines(others.length - MAX_FILES, 'file').map((text): EffectLine => ({ depth: 0, text })),
  ];
}

/** The files whose paths do not end, after a folder, in one of these. */
function withoutEndings(files: RevisionEffect['files'], endings: ReadonlySet<string>): RevisionEffect['files'] {
  return files.filter(({ path }) => {
    const parts = path.split('/');
    return !parts.some((_, start) => endings.has(parts.slice(start).join('/')));
  });
}

function flagLines(flag: FlagEffect, loads: boolean): readonly EffectLine[] {
  const { key, heading, everywhere, renamed, environments, via } = flag;
  const shown = environments.filter(({ words, items }) => loads && (words !== '' || items.length > 0));
  const isQuiet = everywhere.length === 0 && shown.length === 0;
  return [
    { depth: 0, key, text: heading },
    ...(renamed?.from === undefined ? [] : [line(1, `renamed from ${word(renamed.from)}`)]),
    ...(renamed?.to === undefined ? [] : [line(1, `renamed to ${word(renamed.to)}`)]),
    ...(via.length === 0 ? [] : [line(1, `reached through ${listed(via.map(causeWord))}`)]),
    ...cutList(isQuiet && via.length === 0 ? ['only comments or layout'] : everywhere, MAX_SHOWN_ITEMS, 'item').map(
      (text) => line(1, text),
    ),
    ...shown.flatMap(({ environment, words, items }) => [
      line(1, `${word(environment)}${words === '' ? '' : `: ${words}`}`),
      ...cutList(items, MAX_SHOWN_ITEMS, 'item').map((text) => line(2, text)),
    ]),
  ];
}

function causeWord(cause: string): string {
  const space = cause.indexOf(' ');
  return `${cause.slice(0, space)} ${word(cause.slice(space + 1))}`;
}

function reachedLines(reached: readonly FlagEffect[]): readonly EffectLine[] {
  if (reached.length === 0) return [];
  const causes = [...new Set(reached.flatMap(({ via }) => via.map(causeWord)))];
  const texts = reached.flatMap(({ everywhere, environments }) => [
    ...everywhere,
    ...environments.flatMap(({ environment, items }) => items.map((text) => `${word(environment)}: ${text}`)),
  ]);
  const keys = reached.map(({ key }) => word(key));
  return [
    line(0, `reaches ${counted(reached.length, 'flag')} through ${listed(causes)}: ${listed(keys, MAX_REACHED)}`),
    ...cutList([...new Set(texts)], MAX_SHOWN_ITEMS, 'item').map((text) => line(1, text)),
  ];
}

function line(depth: EffectLine['depth'], text: string): EffectLine {
  return { depth, text };
}
