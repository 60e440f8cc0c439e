/** The audit trail as CSV by RFC 4180, for a spreadsheet: one row for each thing that a change did. */
import { subjectOf } from './message.js';
import { movedWords } from './moved.js';
import { personWords } from './people.js';
import type { AuditEntry, AuditTrail } from './trail.js';

const COLUMNS = [
  'time',
  'time_until',
  'time_source',
  'commit',
  'subject',
  'author',
  'committer',
  'contributors',
  'pull_request',
  'approvers',
  'approvers_source',
  'reason',
  'tier',
  'direction',
  'loads',
  'reverts',
  'review',
  'review_due',
  'moved',
  'flag',
  'flag_status',
  'environment',
  'reach_before',
  'reach_after',
  'change',
] as const;

/** A header and the rows; lines end in CR LF. */
export function auditCsv({ entries }: AuditTrail): string {
  return [COLUMNS, ...entries.flatMap(rowsOf)].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

type Row = readonly (string | number)[];

function rowsOf(entry: AuditEntry): readonly Row[] {
  const facts = factsOf(entry);
  return thingsOf(entry).map((thing) => [...facts, ...thing]);
}

function factsOf({ commit, moment, effect, review, ...entry }: AuditEntry): Row {
  const { approvers, pullRequest, reason, tier, contributors, reverts } = entry;
  return [
    new Date(moment.at).toISOString(),
    new Date(moment.until).toISOString(),
    moment.source,
    commit.id,
    subjectOf(commit),
    personWords(commit.author),
    personWords(commit.committer),
    contributors.join('; '),
    pullRequest?.value ?? '',
    approvers.value.join('; '),
    approvers.value.length === 0 && !approvers.isRecorded ? '' : approvers.isRecorded ? 'record' : 'claim',
    reason?.value ?? '',
    tier.value,
    effect.direction,
    effect.loads ? 'yes' : 'no',
    reverts.map((one) => one.commit ?? `#${one.pullRequest}`).join('; '),
    review?.state ?? '',
    review === undefined ? '' : new Date(review.due).toISOString(),
    movedWords(entry.impact) ?? '',
  ];
}

/** Flag, its status, environment, the reach before and after, and what happened. */
function thingsOf({ effect }: AuditEntry): readonly Row[] {
  if (!effect.loads) {
    const text = `did not load, nothing of it was served: ${effect.problems.join('; ')}`;
    return (effect.flags.length === 0 ? [undefined] : effect.flags).map((flag) => [
      flag?.key ?? '',
      flag?.status ?? '',
      '',
      '',
      '',
      text,
    ]);
  }
  const rows = effect.flags.flatMap(({ key, status, everywhere, environments, via }): readonly Row[] => {
    const shown = environments.filter(({ items, words }) => items.length > 0 || words !== '');
    const own: readonly Row[] = [
      ...everywhere.map((text): Row => [key, status, '', '', '', text]),
      ...shown.flatMap(({ environment, reach, items, words }) =>
        (items.length === 0 ? [words] : items).map((text): Row => [
          key,
          status,
          environment,
          reach.before,
          reach.after,
          text,
        ]),
      ),
    ];
    const quiet = via.length > 0 ? `reached through ${via.join(', ')}` : 'only comments or layout';
    return own.length > 0 ? own : [[key, status, '', '', '', quiet]];
  });
  if (rows.length > 0) return rows;
  return [['', '', '', '', '', effect.files.map(({ path, status }) => `${path} ${status}`).join('; ')]];
}

/** A spreadsheet takes a cell that begins so for a formula (OWASP, CSV Injection); the full-width ones count as well. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell, in quotes where it needs them; NUL, which no reader of CSV takes, is left out. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const plain = value.replaceAll('\0', '');
  const safe = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
