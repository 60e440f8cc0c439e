/** The flags of a change as a report for a terminal. */
import { wrapped } from '../output/wrap.js';
import { emphasised, type Section, type Text } from '../report.js';
import type { ChangeItem, EnvironmentEffect, FlagChange } from './change.js';
import { wideningOf } from './exposure.js';
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
  responsibleWords,
  shownEnvironments,
} from './shown.js';

/** Sections of a report: each flag with what changes, then the flags that are only reached, as a table. */
export function changeSections(flags: readonly FlagChange[]): readonly Section[] {
  if (flags.length === 0) return [lineSection(['No flag changes.'])];
  const { edited, reached } = partsOf(flags);
  const lines = edited.slice(0, MAX_SHOWN_FLAGS).flatMap((flag) => [...flagLines(flag), '']);
  const more = moreLines(edited.length - MAX_SHOWN_FLAGS, 'flag').flatMap((line) => [line, '']);
  const isLast = reached.length === 0;
  return [
    ...(edited.length === 0 ? [] : [lineSection([...lines, ...more].slice(0, isLast ? -1 : undefined))]),
    ...(isLast ? [] : reachedSections(reached)),
  ];
}

function flagLines(flag: FlagChange): readonly Text[] {
  return [
    [emphasised('strong', flag.key), emphasised('faint', `  ${headingWords(flag)}`)],
    ...(flag.items.length === 0 ? ['  only comments or layout'] : []),
    ...(flag.via.length === 0 ? [] : wrapped(`reached through ${causeWords(flag, String)}`, '  ', '    ')),
    ...itemLines(itemsEverywhere(flag), '  '),
    ...shownEnvironments(flag).flatMap(({ environment, effect, items }) => [
      ['  ', emphasised('strong', environment), ...effectText(effect)],
      ...itemLines(items, '    '),
    ]),
  ];
}

function effectText(effect: EnvironmentEffect | undefined): readonly Text[] {
  const words = effectWords(effect);
  if (effect === undefined || words === '') return [];
  const isWider = wideningOf(effect.exposure.before, effect.exposure.after) > 0;
  const emphasis = effect.direction === 'reducing' ? 'good' : isWider ? 'warning' : 'faint';
  return ['  ', emphasised(emphasis, words)];
}

function itemLines(items: readonly ChangeItem[], indent: string): readonly string[] {
  const texts = items.map(({ text }) => text);
  return cutList(texts, MAX_SHOWN_ITEMS, 'item').flatMap((text) => wrapped(text, indent, `${indent}  `));
}

function reachedSections(reached: readonly FlagChange[]): readonly Section[] {
  const rows = reached
    .slice(0, MAX_SHOWN_FLAGS)
    .map((flag) => [flag.key, ...responsibleWords(flag), causeWords(flag, String)]);
  const columns = [
    { heading: 'REACHED', isElastic: true },
    { heading: 'OWNER' },
    { heading: 'TIER' },
    { heading: 'THROUGH', isElastic: true },
  ];
  const texts = cutList(reachingTexts(reached), MAX_SHOWN_ITEMS, 'item');
  const more = moreLines(reached.length - MAX_SHOWN_FLAGS, 'flag');
  return [
    { kind: 'table', table: { columns, rows } },
    lineSection([...more, '', ...texts.flatMap((text) => wrapped(text, '  ', '    '))]),
  ];
}

function lineSection(lines: readonly Text[]): Section {
  return { kind: 'lines', lines };
}
