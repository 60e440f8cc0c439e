/** A verdict as a report: for a terminal, for a workflow's annotations, for a pull request's comment. */
import { changeMarkdown } from '../change/markdown.js';
import { changeSections } from '../change/rendering.js';
import { codeSpan } from '../change/words.js';
import { counted, emphasised, type Report, type Section, type Text } from '../report.js';
import type { Finding } from './finding.js';
import { approvalLines } from './approval-lines.js';
import { verdictJson, type Verdict } from './verdict.js';

const ORDER: readonly Finding['severity'][] = ['error', 'warning', 'notice'];

/** The report of a verdict. */
export function verdictReport(verdict: Verdict): Report {
  const findings = inOrder(verdict.findings);
  const sections: Section[] = [
    ...changeSections(verdict.flags),
    { kind: 'lines', lines: ['', ...tierLines(verdict), ...directionLines(verdict), ...approvalTexts(verdict), ''] },
    { kind: 'problems', problems: verdict.problems },
    { kind: 'findings', findings },
    { kind: 'lines', lines: [conclusion(verdict)] },
  ];
  return {
    outcome: verdict.outcome === 'passes' ? 'clean' : 'findings',
    sections,
    json: verdictJson(verdict),
    markdown: verdictMarkdown(verdict, findings),
  };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}

/** More reasons say no more than these. */
const MAX_REASONS = 5;

function tierLines({ tier, tierReasons, reason }: Verdict): readonly Text[] {
  const lines: Text[] = [[emphasised('strong', 'tier       '), tier]];
  for (const { why } of tierReasons.slice(0, MAX_REASONS)) lines.push(`           ${why}`);
  if (tierReasons.length > MAX_REASONS) lines.push(`           and ${tierReasons.length - MAX_REASONS} more reasons`);
  if (reason !== undefined) lines.push([emphasised('strong', 'reason     '), reason]);
  return lines;
}

function directionLines({ isReducing, notReducingBecause: because }: Verdict): readonly Text[] {
  const words = isReducing
    ? emphasised('good', 'reducing: everybody keeps what they have or gets the default')
    : `an ordinary change: ${because[0] ?? ''}${because.length > 1 ? ` (and ${counted(because.length - 1, 'more reason')})` : ''}`;
  return [[emphasised('strong', 'direction  '), words]];
}

function approvalTexts(verdict: Verdict): readonly Text[] {
  return approvalLines(verdict.approvals).map((line, index) => [
    emphasised('strong', index === 0 ? 'approvals  ' : '           '),
    line,
  ]);
}

function conclusion({ outcome, approvals, findings, problems }: Verdict): Text {
  const errors =
    findings.filter(({ severity }) => severity === 'error').length +
    problems.filter(({ severity }) => severity === 'error').length;
  if (outcome === 'refused') return emphasised('bad', `Refused: ${counted(errors, 'error')}.`);
  const isUnjudged = approvals.judged === undefined;
  return emphasised('good', isUnjudged ? 'Passes the rules; approvals are judged in CI.' : 'May be merged.');
}

/** A comment longer than this is refused by GitHub; changes have their own limit. */
const MAX_MARKDOWN = 20_000;

function verdictMarkdown(verdict: Verdict, findings: readonly Finding[]): string {
  const { outcome, tier, tierReasons, isReducing, notReducingBecause, reason, approvals, flags } = verdict;
  const title = outcome === 'refused' ? '### ❌ This flag change is refused' : '### ✅ This flag change may be merged';
  const direction = isReducing ? 'reducing (proved)' : `ordinary: ${notReducingBecause[0] ?? ''}`;
  const rows = [
    ['Tier', [`**${tier}**`, ...tierReasons.slice(0, MAX_REASONS).map(({ why }) => why)].join('<br>')],
    ['Direction', direction],
    ['Reason', reason === undefined ? '—' : codeSpan(reason)],
    ['Approvals', approvalLines(approvals).join('<br>')],
  ].map(([name = '', text = '']) => `| ${name} | ${cell(text)} |`);
  const problems = verdict.problems.map(({ severity, code, file, line, message }) =>
    bullet(severity, code, `${codeSpan(`${file}:${line}`)} ${message}`, undefined),
  );
  const texts = [...problems, ...findings.map((one) => bullet(one.severity, one.code, one.message, one.fix))];
  const list = cut(texts, MAX_MARKDOWN);
  const table = ['| | |', '|---|---|', ...rows].join('\n');
  return [title, table, list, '', changeMarkdown(flags)].filter((part) => part !== '').join('\n\n');
}

const SIGNS: Readonly<Record<Finding['severity'], string>> = { error: '❌', warning: '⚠️', notice: 'ℹ️' };

function bullet(severity: Finding['severity'], code: string, message: string, fix: string | undefined): string {
  const [first = '', ...more] = (fix ?? '').split('\n');
  const block = more.length === 0 ? '' : `\n  \`\`\`yaml\n${more.map((line) => `  ${line}`).join('\n')}\n  \`\`\``;
  return `- ${SIGNS[severity]} **${code}**: ${inert(message)}${first === '' ? '' : `\n  *${inert(first)}*`}${block}`;
}

/** Nothing of a message notifies anybody, or is HTML. */
function inert(text: string): string {
  return text
    .replaceAll('<', '&lt;')
    .replaceAll(/@(?=\w)/g, '@\u2060')
    .replaceAll('\n', ' ');
}

function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
    .replaceAll(/@(?=\w)/g, '@\u2060');
}

function cut(texts: readonly string[], maxLength: number): string {
  let length = 0;
  const end = texts.findIndex((text) => (length += text.length + 1) > maxLength);
  if (end === -1) return texts.join('\n');
  return [...texts.slice(0, end), `- and ${texts.length - end} more`].join('\n');
}
