/** Tells of revisions that do not serve: in one line for a status, at length for a log. */
import { renderProblem, spellInvisible, type Problem } from '../repository/index.js';
import type { Log } from './log.js';
import type { RejectedRevision } from './status.js';

/** Problems that one log entry shows; a status has them all. */
const MAX_LOGGED_PROBLEMS = 5;

/** One line for a revision with problems. */
export function describeRejection(revision: string, problems: readonly Problem[]): string {
  const [first] = problems;
  const refused = `revision ${revision} is refused`;
  if (first === undefined) return refused;
  const { file, line, column, message } = first;
  return `${refused}: ${spellInvisible(`${file}:${line}:${column} ${message}`)} (${problems.length === 1 ? '1 problem' : `${problems.length} problems`})`;
}

/** Logs a revision that does not serve, and what does. */
export function logRejection(
  log: Log,
  { revision, reason, problems }: Omit<RejectedRevision, 'at'>,
  whatServes: string,
): void {
  if (problems.length === 0) return log.error(`guidon: ${reason}; ${whatServes}`);
  const rest = problems.length - MAX_LOGGED_PROBLEMS;
  const shown = problems.slice(0, MAX_LOGGED_PROBLEMS).map(renderProblem);
  const more = rest > 0 ? [`… and ${rest} more`] : [];
  log.error([`guidon: revision ${revision} is refused; ${whatServes}`, ...shown, ...more].join('\n'));
}
