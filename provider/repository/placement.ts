/** What each file of a tree stands for, and the files that may not be where they are. */
import type { PolicyDocument } from '../engine/index.js';
import { fileNames } from './check/checked-repository.js';
import type { DocumentFile } from './document.js';
import { anyNaming, isHidden, namingOf, placeOf, type Naming, type Place } from './layout.js';
import type { UnplacedProblem } from './problem.js';
import type { Slices } from './slices.js';
import type { Tree, TreeEntry } from './tree.js';

/** A problem of a whole file is at its first character, whatever that is. */
const START = { line: 1, column: 1 };

/** A YAML file of the tree and the document that it holds. */
export interface PlacedEntry {
  readonly entry: TreeEntry;
  readonly place: Exclude<Place, { kind: 'ignored' | 'unexpected' }>;
}

interface UnexpectedEntry {
  readonly entry: TreeEntry;
  readonly place: Extract<Place, { kind: 'unexpected' }>;
}

/**
 * Sorts a tree's files by what they stand for.
 * @param policy as it was read; undefined where the tree has none
 * @param known files placed before, which are where they are for as long as the policy is the same
 */
export async function placeEntries(
  tree: Tree,
  policy: DocumentFile | undefined,
  slices: Slices,
  known?: ReadonlyMap<string, DocumentFile>,
): Promise<{ readonly placed: readonly PlacedEntry[]; readonly problems: readonly UnplacedProblem[] }> {
  const naming = namingFrom(policy);
  const isSamePolicy = policy !== undefined && known?.get(policy.path) === policy;
  const placed: PlacedEntry[] = [];
  const unexpected: UnexpectedEntry[] = [];
  const problems: UnplacedProblem[] = [];
  let hasNew = false;
  for (const entry of tree.entries) {
    if (slices.isOver) await slices.pause();
    const before = isSamePolicy && entry.kind === 'file' ? known?.get(entry.path)?.place : undefined;
    hasNew ||= before === undefined;
    const path = pathUnderRoot(tree, entry);
    if (path === undefined || isHidden(path)) continue;
    const place = before ?? placeOf(path, naming);
    if (entry.kind !== 'file') problems.push(...linkProblems(entry, place));
    else if (place.kind === 'unexpected') unexpected.push({ entry, place });
    else if (place.kind !== 'ignored') placed.push({ entry, place });
  }
  if (hasNew || unexpected.length > 0) problems.push(...(await twins(placed, unexpected, slices)));
  const policyPath = fileNames(tree.root).policy;
  if (!tree.entries.some((entry) => entry.path === policyPath)) problems.push(policyMissing(policyPath));
  return { placed, problems };
}

/** While the policy is broken every possible key is allowed, so that one file is one problem. */
function namingFrom(policy: DocumentFile | undefined): Naming {
  if (policy === undefined) return namingOf();
  if (policy.json === undefined || policy.problems.length > 0) return anyNaming;
  return namingOf((policy.read() as unknown as PolicyDocument).naming?.pattern);
}

function pathUnderRoot({ root }: Tree, { path }: TreeEntry): string | undefined {
  if (root === '') return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
}

/** Where a file system folds case, two such files are one. A file that may not have its name is the one to rename. */
async function twins(
  placed: readonly PlacedEntry[],
  unexpected: readonly UnexpectedEntry[],
  slices: Slices,
): Promise<readonly UnplacedProblem[]> {
  const problems: UnplacedProblem[] = [];
  const seen = new Map<string, string>();
  for (const { entry, place } of [...placed, ...unexpected]) {
    if (slices.isOver) await slices.pause();
    const { path } = entry;
    const folded = path.toLowerCase();
    const twin = seen.get(folded);
    if (twin === undefined) seen.set(folded, path);
    if (twin !== undefined) problems.push(caseTwin(path, twin));
    else if (place.kind === 'unexpected') problems.push(unexpectedFile(path, place.reason, place.fix));
  }
  return problems;
}

/** A link or submodule is refused where it hides flags: under a flag file's name, or where a folder could be. */
function linkProblems(entry: TreeEntry, { kind }: Place): readonly UnplacedProblem[] {
  const mayBeFolder = entry.kind === 'submodule' || !entry.path.slice(entry.path.lastIndexOf('/')).includes('.');
  return kind === 'ignored' && !mayBeFolder ? [] : [notFollowed(entry)];
}

const caseTwin = (file: string, twin: string): UnplacedProblem => ({
  code: 'case-twin',
  file,
  ...START,
  message: 'this file’s name differs from that of another by case alone',
  found: `\`${file}\` beside \`${twin}\``,
  expected: 'names that differ when case is folded',
  fix: 'rename one of them',
});

const unexpectedFile = (file: string, found: string, fix: string): UnplacedProblem => ({
  code: 'unexpected-file',
  file,
  ...START,
  message: 'this YAML file is none of the kinds that a flags folder holds',
  found,
  expected: 'a flag, its cases, a segment, a guardrail, `policy.yaml` or `retired.yaml`',
  fix,
});

const notFollowed = ({ path, kind }: TreeEntry): UnplacedProblem => ({
  code: 'symlink',
  file: path,
  message: 'links and submodules are never followed, so what they lead to would be missing',
  found: `a ${kind}`,
  expected: 'the file or folder itself',
  fix: 'replace it by what it leads to, or remove it',
});

const policyMissing = (file: string): UnplacedProblem => ({
  code: 'policy-missing',
  file,
  message: 'a flags folder has a policy, and this one has none',
  found: `no \`${file}\``,
  expected: '`policy.yaml` with at least `bucketing`, `environments` and `teams`',
  fix: 'add it, or point at the folder that holds it',
});
