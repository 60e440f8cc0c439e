/** Sides of a change out of files in memory, loaded as `check` loads them: the result with the base as its previous. */
import { load, type LoadedRepository } from '../../../provider/repository/index.js';
import { memoryTree } from '../../../provider/repository/testing/memory-tree.js';
import type { ChangedFile, Direction, FlagChange, Side } from '../change.js';
import { compareSides, type DirectionOf } from '../compare.js';

/** Path to text. */
export type Files = Readonly<Record<string, string>>;

/** Two sides and the files between them: what {@link compareSides} takes. */
export interface Sides {
  readonly base: Side;
  readonly result: Side;
  readonly files: readonly ChangedFile[];
}

/** Loads one side. */
export async function sideOf(files: Files, previous?: LoadedRepository): Promise<Side> {
  const tree = memoryTree(files);
  const result = await load(tree, previous);
  const problems = result.ok ? result.warnings : result.problems;
  return { revision: tree.revision, loaded: result.ok ? result.loaded : undefined, problems, codeowners: new Map() };
}

/** Loads both sides; neither needs to load. */
export async function sidesOf(before: Files, after: Files): Promise<Sides> {
  const base = await sideOf(before);
  return { base, result: await sideOf(after, base.loaded), files: changedFiles(before, after) };
}

/** What a change does; both sides must load. */
export async function changesOf(
  before: Files,
  after: Files,
  directionOf: DirectionOf = other,
): Promise<readonly FlagChange[]> {
  const { base, result, files } = await sidesOf(before, after);
  for (const { loaded, problems } of [base, result]) {
    if (loaded !== undefined) continue;
    throw new Error(`does not load: ${problems.map(({ file, message }) => `${file}: ${message}`).join('; ')}`);
  }
  return compareSides(base, result, files, directionOf);
}

/** A change's items as lines: "production: [rollout] rollout 5 % → 25 %". */
export function itemLines({ items }: Pick<FlagChange, 'items'>): readonly string[] {
  return items.map(
    ({ environment, kind, text }) => `${environment === undefined ? '' : `${environment}: `}[${kind}] ${text}`,
  );
}

const other = (): Direction => 'other';

function changedFiles(before: Files, after: Files): readonly ChangedFile[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .sort()
    .map((path) => ({
      path,
      status: before[path] === undefined ? 'added' : after[path] === undefined ? 'deleted' : 'modified',
    }));
}
