/** Problems for a reader. */
import { renderProblem, type Problem } from '../../provider/repository/index.js';
import { counted, emphasised, type Text } from '../report.js';

/** A reader mends these and looks again; more would push the first ones off the screen. */
export const MAX_SHOWN_PROBLEMS = 100;

/** The first hundred problems with a blank line after each, and how many there are besides. */
export function problemLines(problems: readonly Problem[]): readonly Text[] {
  const lines = problems.slice(0, MAX_SHOWN_PROBLEMS).flatMap((problem) => [...linesOf(problem), '']);
  const rest = problems.length - MAX_SHOWN_PROBLEMS;
  return rest <= 0 ? lines : [...lines, `… and ${counted(rest, 'more problem')}; --json shows them all`, ''];
}

function linesOf(problem: Problem): readonly Text[] {
  const emphasis = problem.severity === 'error' ? 'bad' : 'warning';
  return renderProblem(problem)
    .split('\n')
    .map((line, index) => {
      if (/^[\s|]*\^+$/.test(line)) return emphasised(emphasis, line);
      if (index > 0) return line;
      const at = line.lastIndexOf(`${problem.severity} ${problem.code}`);
      return [emphasised('strong', line.slice(0, at)), emphasised(emphasis, line.slice(at))];
    });
}
