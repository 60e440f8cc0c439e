/** The audit trail as a report. */
import { emphasised, type Report, type Text } from '../report.js';
import { auditCsv } from './csv.js';
import { effectLines } from './flag-words.js';
import { auditJson } from './json.js';
import { auditMarkdown } from './markdown.js';
import type { AuditEntry, AuditTrail } from './trail.js';
import { countWords, debtWords, factsOf, shortHash, titleOf, whenWords } from './wording.js';

/** The widest label and two spaces. */
const LABEL_WIDTH = 10;

/** The report; its outcome is `findings` where reviews that were asked for are overdue. */
export function auditReport(trail: AuditTrail, { isDebtsOnly }: { readonly isDebtsOnly: boolean }): Report {
  const debt = debtWords(trail);
  const lines: readonly Text[] = [...trail.entries.flatMap((entry) => [...entryLines(entry), '']), countWords(trail)];
  const isOverdue = trail.entries.some(({ review }) => review?.state === 'overdue');
  return {
    outcome: isDebtsOnly && isOverdue ? 'findings' : 'clean',
    sections: [{ kind: 'lines', lines }],
    notices: [...trail.remarks, ...(debt === undefined || isDebtsOnly ? [] : [emphasised('warning', debt)])],
    json: auditJson(trail),
    csv: auditCsv(trail),
    markdown: auditMarkdown(trail),
  };
}

function entryLines(entry: AuditEntry): readonly Text[] {
  const emphases = { failed: 'bad', review: entry.review?.state === 'given' ? 'good' : 'warning' } as const;
  return [
    [
      emphasised('strong', whenWords(entry)),
      '  ',
      emphasised('faint', shortHash(entry.commit.id)),
      '  ',
      emphasised('strong', titleOf(entry)),
    ],
    ...factsOf(entry, (text) => text).map(([label, words]): Text => [
      emphasised('faint', `  ${label.padEnd(LABEL_WIDTH)}`),
      label === 'failed' || label === 'review' ? emphasised(emphases[label], words) : words,
    ]),
    ...effectLines(entry.effect).map(({ depth, key, text }): Text => {
      const indent = '  '.repeat(depth + 1);
      return key === undefined
        ? `${indent}${text}`
        : [indent, emphasised('strong', key), emphasised('faint', `  ${text}`)];
    }),
  ];
}
