/** Problems and findings as annotations of a GitHub workflow run. */
import type { Problem } from '../../provider/repository/index.js';
import type { Finding } from '../control/finding.js';

/**
 * One workflow command a line.
 * Escapes as the runner unescapes them: github.com/actions/toolkit, packages/core/src/command.ts.
 */
export function githubAnnotations(problems: readonly Problem[]): string {
  return problems.map(annotation).join('');
}

/** One workflow command a finding; of the whole run where it is about no file. */
export function findingAnnotations(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, code, file, ...words }) =>
      command(severity, { ...(file === undefined ? {} : { file }), title: code }, messageOf(words)),
    )
    .join('');
}

/**
 * A text of which no line is a command to the runner, whoever wrote what is in it: one begins a line with two colons, or
 * stands anywhere as `##[` (github.com/actions/runner, src/Runner.Common/ActionCommand.cs).
 */
export function withoutCommands(text: string): string {
  return text.replaceAll(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '## [');
}

function annotation({ severity, file, line, column, endLine, endColumn, code, ...words }: Problem): string {
  // A column is only understood where the annotation is of one line.
  const end = endLine === line ? { endColumn } : { endLine };
  return command(severity, { file, line, col: column, ...end, title: code }, messageOf(words));
}

function command(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${written.join(',')}::${escapeMessage(message)}\n`;
}

/** The whole problem in a few lines of plain text. */
export function messageOf({
  message,
  found,
  expected,
  fix,
}: Pick<Problem, 'message' | 'found' | 'expected'> & Pick<Finding, 'fix'>): string {
  const details = Object.entries({ found, expected, fix }).flatMap(([name, text]) =>
    text === undefined ? [] : [`${name}: ${text}`],
  );
  return [message, ...details].join('\n');
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
