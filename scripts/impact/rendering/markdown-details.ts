/** What a preview's comment folds: who gets what, groups, findings, and what the figures are made of. */
import { codeSpan, word } from '../../change/words.js';
import { bulletList, findingBullet } from '../../control/finding-markdown.js';
import { inOrder } from '../../control/verdict-words.js';
import type { MarkdownColumn } from '../../output/markdown-table.js';
import { counted } from '../../report.js';
import { exactWord } from './figures.js';
import { peopleWord, shareWord } from './headline.js';
import { fittingTable, sentence, visible } from './markdown-fitting.js';
import { contextLines, intervalLine, type Spelling } from './population-words.js';
import type { Preview } from '../preview.js';
import { groupWord, servedWord, type MovedRow } from './rows.js';

/** In characters. */
const MAX_MATRICES_LENGTH = 4_500;
const MAX_MATRIX_LENGTH = 1_500;
const MAX_GROUPS_LENGTH = 1_500;
const MAX_FINDINGS_LENGTH = 2_500;

/** Transitions of a flag in an environment; three variants have nine. */
const MAX_TRANSITIONS = 12;

/** Groups of an environment. */
const MAX_GROUPS = 12;

/** The folded blocks, those that would say nothing left out. */
export function detailBlocks(preview: Preview, rows: readonly MovedRow[]): readonly string[] {
  const { population, findings } = preview;
  return [
    folded('Who gets what, flag by flag', matrices(rows)),
    folded('Groups of users', groupTables(preview)),
    folded(counted(findings.length, 'finding'), findingList(preview)),
    population === undefined
      ? ''
      : folded(
          'What was replayed, and how sure the figures are',
          [...contextLines(population, SPELLING).map((line) => `- ${line}`), '', intervalLine(preview)].join('\n'),
        ),
  ].filter((block) => block !== '');
}

const SPELLING: Spelling = { name: codeSpan, sentence };

/** GitHub reads Markdown within HTML only behind a blank line. */
function folded(summary: string, content: string): string {
  return content === '' ? '' : `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

const TRANSITION_COLUMNS: readonly MarkdownColumn[] = [
  { heading: 'Before' },
  { heading: 'After' },
  { heading: 'Users' },
  { heading: 'Contexts', isNumeric: true },
];

function matrices(rows: readonly MovedRow[]): string {
  const blocks: string[] = [];
  let length = 0;
  for (const row of rows) {
    const block = matrix(row);
    length += block.length + 2;
    if (length > MAX_MATRICES_LENGTH) break;
    blocks.push(block);
  }
  const rest = rows.length - blocks.length;
  const more = rest === 0 ? [] : [`and ${counted(rest, 'more table')}; \`flagctl preview\` has them all`];
  return [...blocks, ...more].join('\n\n');
}

function matrix({ key, environment, transitions }: MovedRow): string {
  const cells = transitions
    .slice(0, MAX_TRANSITIONS)
    .map(({ from, to, isChange, users }) => [
      servedWord(from),
      isChange ? `**${servedWord(to)}**` : servedWord(to),
      peopleWord(users),
      exactWord(users.contexts),
    ]);
  const limits = { total: transitions.length, maxLength: MAX_MATRIX_LENGTH, noun: 'transition' };
  return `${codeSpan(key)} in ${word(environment)}\n\n${fittingTable(TRANSITION_COLUMNS, cells, limits)}`;
}

const GROUP_COLUMNS: readonly MarkdownColumn[] = [
  { heading: 'Environment' },
  { heading: 'Group' },
  { heading: 'Of all users' },
  { heading: 'Of them get something else' },
];

function groupTables({ environments }: Preview): string {
  const rows = environments.flatMap(({ environment, groups }) => groups.map((group) => ({ environment, group })));
  if (rows.length === 0) return '';
  const cells = rows
    .slice(0, MAX_GROUPS)
    .map(({ environment, group }) => [
      word(environment),
      groupWord(group),
      shareWord(group.members),
      shareWord(group.changed),
    ]);
  return fittingTable(GROUP_COLUMNS, cells, { total: rows.length, maxLength: MAX_GROUPS_LENGTH, noun: 'group' });
}

function findingList({ findings }: Preview): string {
  const told = inOrder(findings).map(({ message, fix, ...about }) =>
    findingBullet({ ...about, message: visible(message), fix: fix === undefined ? fix : visible(fix) }),
  );
  return bulletList(told, {
    maxLength: MAX_FINDINGS_LENGTH,
    command: 'flagctl preview',
  });
}
