/** A description as a report: a table for the terminal, JSON, and Markdown. */
import { codeSpan, valueSpan } from '../../change/words.js';
import { markdownTable } from '../../output/markdown-table.js';
import { counted, emphasised, type Report, type Section, type Text } from '../../report.js';
import { refusedNotices } from '../refused-notices.js';
import type { AttributeDescription, ContextsDescription } from './description.js';
import { distinctWords, kindWords, percentOf, summaryLines, valueWords } from './words.js';

/** Flags that are named for an attribute that contexts lack; the rest is counted. */
const SHOWN_FLAGS = 3;

/** The report; contexts that lack what flags read are said, and no finding: a sample need not have all. */
export function describeReport(description: ContextsDescription): Report {
  const { attributes, lacking = [] } = description;
  const isInside = description.lacking !== undefined;
  const sections: Section[] = [{ kind: 'lines', lines: [...summaryLines(description), ''] }];
  if (attributes.length > 0) sections.push({ kind: 'table', table: tableOf(attributes, isInside) });
  if (lacking.length > 0) {
    const lines = lacking.map(({ path, flags }) => `  ${path}: ${flagWords(flags, (key) => key)}`);
    sections.push({ kind: 'lines', lines: ['', emphasised('warning', LACKING), ...lines] });
  }
  return {
    outcome: 'clean',
    sections,
    json: description,
    markdown: markdownOf(description),
    notices: noticesOf(description),
  };
}

const LACKING = 'Flags read these attributes, and no context has them:';

function tableOf(attributes: readonly AttributeDescription[], isInside: boolean) {
  return {
    columns: [
      { heading: 'ATTRIBUTE' },
      { heading: 'USERS' },
      { heading: 'KIND' },
      { heading: 'VALUES' },
      ...(isInside ? [{ heading: 'FLAGS' }] : []),
      { heading: 'COMMONEST', isElastic: true },
    ],
    rows: attributes.map((attribute): readonly Text[] => [
      attribute.path,
      percentOf(attribute.share),
      kindWords(attribute),
      distinctWords(attribute),
      ...(isInside ? [flagCount(attribute)] : []),
      valueWords(attribute, (value) => value),
    ]),
  };
}

/** A dash where no flag reads it: it could be left out. */
function flagCount({ flags = [] }: AttributeDescription): string {
  return flags.length === 0 ? '–' : String(flags.length);
}

function flagWords(flags: readonly string[], show: (key: string) => string): string {
  const rest = flags.length - SHOWN_FLAGS;
  const shown = flags.slice(0, SHOWN_FLAGS).map(show).join(', ');
  return rest > 0 ? `${shown} and ${counted(rest, 'other flag')}` : shown;
}

function markdownOf(description: ContextsDescription): string {
  const { attributes, lacking = [] } = description;
  const isInside = description.lacking !== undefined;
  const table = markdownTable(
    [
      { heading: 'Attribute' },
      { heading: 'Users', isNumeric: true },
      { heading: 'Kind' },
      { heading: 'Values', isNumeric: true },
      ...(isInside ? [{ heading: 'Flags', isNumeric: true }] : []),
      { heading: 'Commonest' },
    ],
    attributes.map((attribute) => [
      codeSpan(attribute.path),
      percentOf(attribute.share).replace('<', '&lt;'),
      kindWords(attribute).replaceAll('<', '&lt;'),
      distinctWords(attribute),
      ...(isInside ? [flagCount(attribute)] : []),
      valueWords(attribute, valueSpan).replaceAll(/(^|, )< /g, '$1&lt; '),
    ]),
  );
  const lines = summaryLines(description).map((line) => `- ${line}`);
  const missing = lacking.map(({ path, flags }) => `- ${codeSpan(path)}: ${flagWords(flags, codeSpan)}`);
  return (
    [
      lines.join('\n'),
      ...(attributes.length > 0 ? [table] : []),
      ...(missing.length > 0 ? [LACKING, missing.join('\n')] : []),
    ].join('\n\n') + '\n'
  );
}

function noticesOf({ refused, undescribed }: ContextsDescription): readonly Text[] {
  const notices = refusedNotices(refused);
  if (undescribed === 0) return notices;
  const text =
    'There are more than a thousand attributes; names that are values, such as identifiers, belong into values.';
  return [...notices, emphasised('warning', text)];
}
