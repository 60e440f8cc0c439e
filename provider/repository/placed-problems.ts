/** The problems of a load at their places: as many of each file as anybody mends, and none placed twice. */
import type { DocumentFile } from './document.js';
import { placeAll } from './place.js';
import { compareProblems, type Problem, type UnplacedProblem } from './problem.js';
import type { Tree } from './tree.js';

/** Nobody mends more of one file in one go, and each takes time to place. */
const MAX_PROBLEMS_PER_FILE = 100;

/** The warnings of files that were placed before: a file is the same object for as long as its bytes are the same. */
const placed = new WeakMap<DocumentFile, readonly Problem[]>();

/** Whether a problem refuses the revision. */
export function isError({ severity = 'error' }: UnplacedProblem): boolean {
  return severity === 'error';
}

/** Problems at their places, in the order of the files. @throws SyncError when the tree can't be read */
export async function placeProblems(tree: Tree, problems: readonly UnplacedProblem[]): Promise<readonly Problem[]> {
  return problems.length === 0 ? [] : (await placeAll(tree, limited(problems))).sort(compareProblems);
}

/**
 * As {@link placeProblems}, for a load without errors: to place the warnings of a file it has to be parsed again, which
 * is done once for each.
 * @param warnings all that there are, those of the files among them
 */
export async function placeWarnings(
  tree: Tree,
  files: readonly DocumentFile[],
  warnings: readonly UnplacedProblem[],
): Promise<readonly Problem[]> {
  if (warnings.length === 0) return [];
  const warned = files.filter(({ problems }) => problems.length > 0);
  const known = new Map(warned.flatMap((file) => (placed.has(file) ? [[file.path, placed.get(file) ?? []]] : [])));
  const fresh = await placeProblems(
    tree,
    warnings.filter(({ file }) => !known.has(file)),
  );
  for (const file of warned) {
    if (!known.has(file.path))
      placed.set(
        file,
        fresh.filter((problem) => problem.file === file.path),
      );
  }
  return [...fresh, ...[...known.values()].flat()].sort(compareProblems);
}

/** At most a hundred errors and a hundred warnings of each file; the last of them tells that there are more. */
function limited(problems: readonly UnplacedProblem[]): readonly UnplacedProblem[] {
  const groups = new Map<string, UnplacedProblem[]>();
  for (const problem of problems) {
    const name = `${problem.severity ?? 'error'} ${problem.file}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [problem]);
    else group.push(problem);
  }
  return [...groups.values()].flatMap((group) => {
    const shown = group.slice(0, MAX_PROBLEMS_PER_FILE);
    const last = shown.at(-1);
    if (last === undefined || shown.length === group.length) return shown;
    const fix = `${last.fix ?? 'correct it'}; then look again: more problems of this file are not shown`;
    return [...shown.slice(0, -1), { ...last, fix }];
  });
}
