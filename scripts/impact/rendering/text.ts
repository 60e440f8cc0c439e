/** A preview as a report for a terminal: how many, flag by flag, which groups, what to know, and what it is made of. */
import { word } from '../../change/words.js';
import { inOrder } from '../../control/verdict-words.js';
import { wrapped } from '../../output/wrap.js';
import { widthOf } from '../../output/screen.js';
import { counted, emphasised, type Section, type Text } from '../../report.js';
import { bar, percentWord } from './figures.js';
import { elsewhereOf, headlineOf, peopleWord, shareWord } from './headline.js';
import { contextLines, intervalLine, type Spelling } from './population-words.js';
import type { Preview } from '../preview.js';
import { estimateRows, groupWord, movedRows, servedWord, tellingOf, unmovedFlags, type MovedRow } from './rows.js';

/** Flags and environments; a reader who wants more takes `--json`. */
const MAX_BLOCKS = 50;

/** Of a flag in an environment; three variants have nine. */
const MAX_TRANSITIONS = 12;

const MAX_GROUPS = 20;
const MAX_FINDINGS = 20;

/** Keys in a sentence. */
const MAX_LISTED = 10;

/** The sections of a report. */
export function previewSections(preview: Preview): readonly Section[] {
  const { findings } = preview;
  return [
    lines([
      ...wrapped(`${headlineOf(preview)}.`).map((line) => emphasised('strong', line)),
      ...elsewhereOf(preview).map((text) => `  ${text}`),
      '',
    ]),
    ...movedSections(movedRows(preview)),
    ...estimateSections(preview),
    ...unmovedSections(preview),
    ...groupSections(preview),
    { kind: 'findings', findings: inOrder(findings).slice(0, MAX_FINDINGS) },
    ...(findings.length > MAX_FINDINGS ? [lines([...moreLines(findings.length - MAX_FINDINGS, 'finding'), ''])] : []),
    ...populationSections(preview),
  ];
}

function movedSections(rows: readonly MovedRow[]): readonly Section[] {
  const texts = rows.slice(0, MAX_BLOCKS).flatMap((row) => [...blockOf(row), '']);
  return texts.length === 0 ? [] : [lines([...texts, ...moreBlocks(rows.length - MAX_BLOCKS)])];
}

/** Who changes at all, and below it each transition. */
function blockOf(row: MovedRow): readonly Text[] {
  const { key, environment, changed, transitions } = row;
  const cells = transitions.slice(0, MAX_TRANSITIONS).map(({ from, to, isChange, users }) => ({
    texts: [`${servedWord(from)} → ${servedWord(to)}`, shareWord(users), counted(users.contexts, 'context')],
    isChange,
  }));
  const widths = [0, 1].map((index) => Math.max(...cells.map(({ texts }) => widthOf(texts[index] ?? ''))));
  const told = cells.map(({ texts, isChange }) => {
    const line = `  ${texts.map((text, index) => text + ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(text)))).join('  ')}`;
    return isChange ? line : emphasised('faint', line);
  });
  return [
    [emphasised('strong', key), `  ${environment}  `, emphasised('warning', peopleWord(changed))],
    ...barsOf(row),
    ...told,
    ...moreLines(transitions.length - MAX_TRANSITIONS, 'transition').map((line) => `  ${line}`),
  ];
}

function barsOf(row: MovedRow): readonly string[] {
  const told = tellingOf(row);
  if (told === undefined) return [];
  const [before, after] = [told.before, told.after].map((share) => `${bar(share)} ${percentWord(share)}`);
  return [`  ${servedWord(told.served)}  ${before} → ${after}`];
}

function estimateSections(preview: Preview): readonly Section[] {
  if (preview.population !== undefined) return [];
  const rows = estimateRows(preview);
  const texts = rows
    .slice(0, MAX_BLOCKS)
    .flatMap(({ key, environment, texts }) => [
      [emphasised('strong', key), `  ${environment}`],
      ...texts.flatMap((text) => wrapped(text, '  ', '    ')),
      '',
    ]);
  return texts.length === 0 ? [] : [lines([...texts, ...moreBlocks(rows.length - MAX_BLOCKS)])];
}

function unmovedSections(preview: Preview): readonly Section[] {
  const { proved, unseen } = unmovedFlags(preview);
  const sentence = (keys: readonly string[], words: string): readonly string[] => {
    if (keys.length === 0) return [];
    const rest = keys.length - MAX_LISTED;
    const more = rest > 0 ? ` and ${rest.toLocaleString('en')} more` : '';
    return wrapped(`${words}: ${keys.slice(0, MAX_LISTED).join(', ')}${more}`, '', '  ');
  };
  const texts = [
    ...sentence(unseen, 'Moves nobody in these contexts'),
    ...sentence(proved, 'Moves nobody, as the rules prove'),
  ];
  return texts.length === 0 ? [] : [lines([...texts, ''])];
}

function groupSections({ environments }: Preview): readonly Section[] {
  const rows = environments.flatMap(({ environment, groups }) =>
    groups.map((group) => [
      word(environment),
      groupWord(group),
      percentWord(group.members.share),
      shareWord(group.changed),
    ]),
  );
  const columns = [
    { heading: 'ENVIRONMENT' },
    { heading: 'GROUP', isElastic: true },
    { heading: 'OF ALL USERS' },
    { heading: 'OF THEM GET SOMETHING ELSE' },
  ];
  if (rows.length === 0) return [];
  const table = { columns, rows: rows.slice(0, MAX_GROUPS) };
  return [{ kind: 'table', table }, lines([...moreLines(rows.length - MAX_GROUPS, 'group'), ''])];
}

/** A terminal obeys nothing of a line: `paint` spells it out. */
const SPELLING: Spelling = { name: String, sentence: (text) => text };

function populationSections(preview: Preview): readonly Section[] {
  const { population } = preview;
  if (population === undefined) {
    const told = 'No contexts were given: --contexts FILE replays users, and counts them.';
    return [lines(wrapped(told).map((line) => emphasised('faint', line)))];
  }
  const texts = [...contextLines(population, SPELLING).flatMap((line) => wrapped(line, '', '  ')), ''];
  return [lines([...texts, ...wrapped(intervalLine(preview))].map((line) => emphasised('faint', line)))];
}

function moreBlocks(rest: number): readonly string[] {
  return moreLines(rest, 'flag and environment', 'flags and environments').flatMap((line) => [line, '']);
}

function moreLines(rest: number, noun: string, plural = `${noun}s`): readonly string[] {
  return rest > 0 ? [`… and ${rest.toLocaleString('en')} more ${rest === 1 ? noun : plural}; --json has them all`] : [];
}

function lines(texts: readonly Text[]): Section {
  return { kind: 'lines', lines: texts };
}
