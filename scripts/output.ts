/** A report as text, JSON, workflow annotations, SARIF, Markdown or CSV. */
import type { Problem } from '../provider/repository/index.js';
import type { ReportFormat } from './command.js';
import type { Finding } from './control/finding.js';
import { findingLines } from './output/finding-text.js';
import { findingAnnotations, githubAnnotations, withoutCommands } from './output/github.js';
import { problemLines } from './output/problem-text.js';
import { sarifLog } from './output/sarif.js';
import { paint, type Screen } from './output/screen.js';
import { tableLines } from './output/table.js';
import type { Report, Section } from './report.js';

export type { Screen } from './output/screen.js';

/** What goes to standard output; ends in a newline unless it is empty. */
export function renderReport(report: Report, format: ReportFormat, screen: Screen): string {
  switch (format) {
    case 'text':
      return report.sections.map((section) => sectionText(section, screen)).join('');
    case 'json':
      return `${JSON.stringify(report.json, undefined, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarifLog(problemsOf(report)), undefined, 2)}\n`;
    case 'markdown':
      return report.markdown ?? '';
    case 'csv':
      return report.csv ?? '';
    case 'github': {
      const rest = report.sections.filter(({ kind }) => kind !== 'problems' && kind !== 'findings');
      const annotations = githubAnnotations(problemsOf(report)) + findingAnnotations(findingsOf(report));
      return annotations + withoutCommands(rest.map((section) => sectionText(section, screen)).join(''));
    }
  }
}

/** What goes to standard error. */
export function renderNotices({ notices = [] }: Report, screen: Screen): string {
  return joined(notices.map((notice) => paint(notice, screen)));
}

function sectionText(section: Section, screen: Screen): string {
  switch (section.kind) {
    case 'lines':
      return joined(section.lines.map((line) => paint(line, screen)));
    case 'table':
      return joined(tableLines(section.table, screen));
    case 'problems':
      return joined(problemLines(section.problems).map((line) => paint(line, screen)));
    case 'findings':
      return joined(findingLines(section.findings).map((line) => paint(line, screen)));
    case 'document':
      return section.text;
  }
}

function findingsOf({ sections }: Report): readonly Finding[] {
  return sections.flatMap((section) => (section.kind === 'findings' ? section.findings : []));
}

function problemsOf({ sections }: Report): readonly Problem[] {
  return sections.flatMap((section) => (section.kind === 'problems' ? section.problems : []));
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
