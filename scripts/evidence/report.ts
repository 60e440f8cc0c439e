/** Reports of recording and verifying. */
import { shortHash } from '../approval/wording.js';
import type { Finding } from '../control/finding.js';
import { inertMarkdown } from './inert-text.js';
import { counted, emphasised, type Report, type Text } from '../report.js';
import type { RecordOutcome } from './record-evidence.js';
import type { Verification } from './verify-evidence.js';

/** The report of a verification; `--format json` prints all of it. */
export function verificationReport(verification: Verification): Report {
  const { branch, commits, since, tip, findings } = verification;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const range = since === null ? `up to ${shortHash(tip)}` : `${shortHash(since)}..${shortHash(tip)}`;
  const looked = `${counted(commits, 'commit')} of ${branch} (${range})`;
  const named = counted(new Set(errors.map(({ commit }) => commit)).size, 'commit');
  const line =
    errors.length === 0
      ? emphasised('good', `Verified: ${looked}.`)
      : emphasised('bad', `Not verified: ${looked}; ${counted(errors.length, 'error')} about ${named}.`);
  return {
    outcome: errors.length === 0 ? 'clean' : 'findings',
    sections: [
      { kind: 'findings', findings },
      { kind: 'lines', lines: [line] },
    ],
    json: { version: 1, verified: errors.length === 0, ...verification },
    markdown: markdownOf(errors.length === 0 ? '✅' : '❌', looked, findings),
  };
}

/** The report of what was recorded, and of what could not be notified. */
export function recordReport({ recorded, kept, findings }: RecordOutcome, notices: readonly Finding[]): Report {
  const lines = recorded.map(({ record }): Text => {
    const { commit, pullRequest, verdict } = record;
    const source = pullRequest === null ? 'pushed directly' : `#${pullRequest.number}`;
    const said = verdict === null ? 'the first commit' : `${verdict.tier}, ${verdict.outcome}`;
    return `recorded ${shortHash(commit)}  ${source}  ${said}`;
  });
  const all: readonly Finding[] = [...findings, ...notices];
  const end = recorded.length === 0 ? 'Nothing to record.' : `Recorded ${counted(recorded.length, 'commit')}.`;
  return {
    outcome: all.some(({ severity }) => severity === 'error') ? 'findings' : 'clean',
    sections: [
      { kind: 'lines', lines },
      { kind: 'findings', findings: all },
      { kind: 'lines', lines: [emphasised('good', end)] },
    ],
    json: { version: 1, recorded: recorded.map(({ record }) => record), kept, findings: all },
  };
}

/** A comment or a summary holds no more. */
const MAX_MARKDOWN_FINDINGS = 200;

function markdownOf(sign: string, looked: string, findings: Verification['findings']): string {
  const shown = findings.slice(0, MAX_MARKDOWN_FINDINGS);
  const rows = shown.map(
    ({ code, commit, message, fix }) =>
      `- **${code}** \`${shortHash(commit)}\`: ${inertMarkdown(message)}${fix === undefined ? '' : `\n  *${inertMarkdown(fix)}*`}`,
  );
  const more = findings.length > shown.length ? [`- and ${findings.length - shown.length} more`] : [];
  return [`### ${sign} Evidence of ${inertMarkdown(looked)}`, '', ...rows, ...more].join('\n');
}
