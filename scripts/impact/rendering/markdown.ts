/**
 * A preview as Markdown, for a comment at a pull request: one screen, with details folded. Nothing that somebody wrote is
 * active in it.
 */
import { codeSpan, listed, valueSpan, word } from '../../change/words.js';
import type { MarkdownColumn } from '../../output/markdown-table.js';
import { counted } from '../../report.js';
import { bar, percentWord } from './figures.js';
import { countWord, elsewhereOf, headlineOf, isExact, peopleWord, shareWord } from './headline.js';
import { fittingLines, fittingTable, sentence } from './markdown-fitting.js';
import { detailBlocks } from './markdown-details.js';
import { pictureOf } from './picture.js';
import type { GroupImpact, Preview, Share } from '../preview.js';
import { estimateRows, groupWord, movedRows, servedWord, tellingOf, unmovedFlags, type MovedRow } from './rows.js';

/** In characters; with the parts' own limits a preview takes 20,000 of the 65,536 that a comment may have. */
const MAX_TABLE_LENGTH = 4_000;
const MAX_ESTIMATE_LENGTH = 6_000;
const MAX_GROUPS_LENGTH = 1_500;

/** One screen. */
const MAX_ROWS = 8;
const MAX_ESTIMATES = 15;
const MAX_GROUPS = 5;

/** Flags or environments in a sentence. */
const MAX_LISTED = 3;

/** In characters, of one line of an estimate. */
const MAX_LINE_LENGTH = 300;

/** The preview as one screen, with its details folded. Ends in a newline. */
export function previewMarkdown(preview: Preview): string {
  const rows = movedRows(preview);
  const parts = [
    `**${headlineOf(preview)}**`,
    elsewhereLine(preview),
    movedTable(rows),
    estimateList(preview),
    unmovedLine(preview),
    estimateLine(preview),
    rows[0] === undefined ? '' : pictureOf(rows[0]),
    groupList(preview, rows),
    findingLine(preview),
    ...detailBlocks(preview, rows),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function elsewhereLine(preview: Preview): string {
  const all = elsewhereOf(preview);
  const rest = all.length - MAX_LISTED;
  const more = rest > 0 ? [`and ${counted(rest, 'more environment')}`] : [];
  return [...all.slice(0, MAX_LISTED), ...more].join(' · ');
}

const COLUMNS: readonly MarkdownColumn[] = [
  { heading: 'Flag' },
  { heading: 'Environment' },
  { heading: 'Changed' },
  { heading: 'Mostly' },
  { heading: 'Before → after' },
];

function movedTable(rows: readonly MovedRow[]): string {
  if (rows.length === 0) return '';
  const cells = rows
    .slice(0, MAX_ROWS)
    .map((row) => [
      codeSpan(row.key),
      word(row.environment),
      usersAndShare(row.changed),
      `${servedWord(row.main.from)} → ${servedWord(row.main.to)}`,
      bars(row),
    ]);
  return fittingTable(COLUMNS, cells, { total: rows.length, maxLength: MAX_TABLE_LENGTH, noun: 'row' });
}

/** `4.2 M, 3.7 % (3.6–3.8 %)`: the details have the interval of both. */
function usersAndShare(share: Share): string {
  return share.users === undefined || isExact(share) ? peopleWord(share) : `${countWord(share)}, ${shareWord(share)}`;
}

function bars(row: MovedRow): string {
  const told = tellingOf(row);
  if (told === undefined) return '';
  const { served, before, after } = told;
  return `${servedWord(served)} \`${bar(before)}\` ${percentWord(before)} → \`${bar(after)}\` ${percentWord(after)}`;
}

function estimateList(preview: Preview): string {
  if (preview.population !== undefined) return '';
  const lines = estimateRows(preview).map(({ key, environment, texts }) => {
    const text = texts.map((one) => sentence(one, MAX_LINE_LENGTH)).join('; ');
    return `- ${codeSpan(key)} in ${word(environment)}: ${text}`;
  });
  return fittingLines(lines, { maxCount: MAX_ESTIMATES, maxLength: MAX_ESTIMATE_LENGTH, noun: 'line' }).join('\n');
}

function estimateLine({ population, environments }: Preview): string {
  if (population !== undefined || environments.length === 0) return '';
  return 'No contexts were given, so nobody is counted: `flagctl preview --contexts FILE` replays users.';
}

function unmovedLine(preview: Preview): string {
  const { proved, unseen } = unmovedFlags(preview);
  const sentence = (keys: readonly string[], words: string): readonly string[] =>
    keys.length === 0
      ? []
      : [
          `${words}: ${listed(
            keys.map((key) => codeSpan(key)),
            MAX_LISTED,
          )}`,
        ];
  return [
    ...sentence(unseen, 'Moves nobody in these contexts'),
    ...sentence(proved, 'Moves nobody, as the rules prove'),
  ].join(' · ');
}

/** Of the environment in which the first row is. */
function groupList({ environments }: Preview, [first]: readonly MovedRow[]): string {
  const main = environments.find(({ environment }) => environment === first?.environment);
  const groups = (main?.groups ?? []).filter(({ changed }) => changed.contexts > 0);
  if (main === undefined || groups.length === 0) return '';
  const lines = groups.slice(0, MAX_GROUPS).map((group) => `- ${groupSentence(group)}`);
  const shown = fittingLines(lines, { maxCount: MAX_GROUPS, maxLength: MAX_GROUPS_LENGTH, noun: 'group' });
  return [`Most affected in ${word(main.environment)}:`, '', ...shown].join('\n');
}

function groupSentence(group: GroupImpact): string {
  return `${groupWord(group)} (${percentWord(group.members.share)} of users): ${shareWord(group.changed)} get something else`;
}

function findingLine({ findings }: Preview): string {
  const told = (['error', 'warning'] as const).flatMap((severity) => {
    const codes = findings.filter((finding) => finding.severity === severity).map(({ code }) => code);
    if (codes.length === 0) return [];
    const named = listed(
      [...new Set(codes)].map((code) => valueSpan(code)),
      MAX_LISTED,
    );
    return [`${severity === 'error' ? '❌' : '⚠️'} ${counted(codes.length, severity)}: ${named}`];
  });
  return told.join(' · ');
}
