/** Two versions of a file as a unified diff that `git apply` takes. */

/** As git shows it. */
const CONTEXT_LINES = 3;

/** The comparison takes the product of both sides' lines; a longer stretch is shown as replaced. */
const MAX_COMPARED_LINES = 2_000;

/** A line that stays, goes or comes. */
interface Step {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** The diff of a file that is in both versions; empty where they are the same. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const steps = compare(linesOf(before), linesOf(after));
  const hunks = hunksOf(steps).map((range) => hunkText(steps, range));
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunks.join('')}`;
}

/** Lines with their ends; the last may lack one. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function compare(before: readonly string[], after: readonly string[]): readonly Step[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const middle = changed(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...kept(before.slice(0, start)), ...middle, ...kept(before.slice(before.length - end))];
}

function kept(lines: readonly string[]): readonly Step[] {
  return lines.map((line) => ({ sign: ' ', line }));
}

function changed(before: readonly string[], after: readonly string[]): readonly Step[] {
  if (before.length > MAX_COMPARED_LINES || after.length > MAX_COMPARED_LINES) return replaced(before, after);
  const common = commonLengths(before, after);
  const steps: Step[] = [];
  let [row, column] = [0, 0];
  while (row < before.length && column < after.length) {
    if (before[row] === after[column]) {
      steps.push({ sign: ' ', line: before[row] ?? '' });
      row += 1;
      column += 1;
    } else if ((common[row + 1]?.[column] ?? 0) >= (common[row]?.[column + 1] ?? 0)) {
      steps.push({ sign: '-', line: before[row] ?? '' });
      row += 1;
    } else {
      steps.push({ sign: '+', line: after[column] ?? '' });
      column += 1;
    }
  }
  return [...steps, ...replaced(before.slice(row), after.slice(column))];
}

function replaced(before: readonly string[], after: readonly string[]): readonly Step[] {
  const gone = before.map((line): Step => ({ sign: '-', line }));
  return [...gone, ...after.map((line): Step => ({ sign: '+', line }))];
}

/** How long the longest common subsequence of what is left from each pair of lines on is. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const lengthAt = (down: 0 | 1, right: 0 | 1): number => lengths[row + down]?.[column + right] ?? 0;
      const isSame = before[row] === after[column];
      lengths[row]?.fill(isSame ? lengthAt(1, 1) + 1 : Math.max(lengthAt(0, 1), lengthAt(1, 0)), column, column + 1);
    }
  }
  return lengths;
}

/** The stretches of steps that show each change with its surroundings, as [start, end). */
function hunksOf(steps: readonly Step[]): readonly (readonly [number, number])[] {
  const hunks: [number, number][] = [];
  for (const [index, { sign }] of steps.entries()) {
    if (sign === ' ') continue;
    const end = Math.min(steps.length, index + 1 + CONTEXT_LINES);
    const last = hunks.at(-1);
    if (last !== undefined && index - CONTEXT_LINES <= last[1]) last[1] = end;
    else hunks.push([Math.max(0, index - CONTEXT_LINES), end]);
  }
  return hunks;
}

function hunkText(steps: readonly Step[], [start, end]: readonly [number, number]): string {
  const shown = steps.slice(start, end);
  const range = (other: '-' | '+'): string => {
    const isOnSide = ({ sign }: Step): boolean => sign === ' ' || sign === other;
    const count = shown.filter(isOnSide).length;
    const skipped = steps.slice(0, start).filter(isOnSide).length;
    return `${count === 0 ? skipped : skipped + 1},${count}`;
  };
  const lines = shown.map(({ sign, line }) =>
    line.endsWith('\n') ? `${sign}${line}` : `${sign}${line}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range('-')} +${range('+')} @@\n${lines.join('')}`;
}
