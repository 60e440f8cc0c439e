/** Problems as annotations of a GitHub workflow run. */
import type { Problem } from '../../provider/repository/index.js';

/**
 * One workflow command a line.
 * Escapes as the runner unescapes them: github.com/actions/toolkit, packages/core/src/command.ts.
 */
export function githubAnnotations(problems: readonly Problem[]): string {
  return problems.map((problem) => `${annotation(problem)}\n`).join('');
}

function annotation({ severity, file, line, column, endLine, endColumn, code, ...words }: Problem): string {
  // A column is only understood where the annotation is of one line.
  const end = endLine === line ? { endColumn } : { endLine };
  const properties = Object.entries({ file, line, col: column, ...end, title: code });
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${severity} ${written}::${escapeMessage(messageOf(words))}`;
}

/** The whole problem in a few lines of plain text. */
export function messageOf({
  message,
  found,
  expected,
  fix,
}: Pick<Problem, 'message' | 'found' | 'expected' | 'fix'>): string {
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
