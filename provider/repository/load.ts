/** The one loading path: a tree in; a ruleset or every problem of the repository out. */
import {
  Ruleset,
  type CaseDocument,
  type FlagDocument,
  type GuardrailDocument,
  type PolicyDocument,
  type RetiredEntry,
  type SegmentDocument,
} from '../engine/index.js';
import { fileNames, type CheckedRepository } from './check/checked-repository.js';
import { checkOwnership } from './check/ownership.js';
import { checkRepository } from './check/repository.js';
import { readDocument, type DocumentFile } from './document.js';
import type { Place } from './layout.js';
import { MAX_FILE_BYTES } from './parse.js';
import { placeAll } from './place.js';
import { placeEntries, type PlacedEntry } from './placement.js';
import { compareProblems, type Problem, type UnplacedProblem } from './problem.js';
import { Slices } from './slices.js';
import type { Tree, TreeEntry } from './tree.js';

/** A repository that loaded: what it means, and what the next load can take over. */
export interface LoadedRepository {
  readonly ruleset: Ruleset;
  /** The cases of each flag that has some, by the flag's key. */
  readonly cases: ReadonlyMap<string, readonly CaseDocument[]>;
  /** By path. */
  readonly files: ReadonlyMap<string, DocumentFile>;
}

/** A ruleset, or all that is wrong. Warnings never refuse anything. */
export type LoadResult =
  | { readonly ok: true; readonly loaded: LoadedRepository; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Nobody mends more of one file in one go, and each takes time to place. */
const MAX_PROBLEMS_PER_FILE = 100;

/**
 * Loads a tree. Parses only the files whose ids differ from those of `previous`; judges all of them.
 * @throws SyncError when the tree can't be read
 */
export async function load(tree: Tree, previous?: LoadedRepository): Promise<LoadResult> {
  const reader = new Reader(tree, previous);
  const { placed, problems: misplaced } = placeEntries(tree, await reader.readPolicy());
  const files = await reader.readAll(placed);
  const repository = assemble(tree, placed, files);
  const problems = misplaced.concat(
    files.flatMap((file) => file.problems),
    checkRepository(repository),
    await checkOwnership(tree, repository),
  );
  const shown = (await placeAll(tree, limited(problems))).sort(compareProblems);
  if (problems.some(({ severity = 'error' }) => severity === 'error')) return { ok: false, problems: shown };
  return { ok: true, warnings: shown, loaded: finish(tree, repository, files, previous) };
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

/** Reads and parses what is new; takes over the rest. */
class Reader {
  #policy: DocumentFile | undefined;

  constructor(
    private readonly tree: Tree,
    private readonly previous: LoadedRepository | undefined,
  ) {}

  /** The policy comes first: it says how flags are named. */
  async readPolicy(): Promise<DocumentFile | undefined> {
    const policyPath = fileNames(this.tree.root).policy;
    const entry = this.tree.entries.find(({ path, kind }) => path === policyPath && kind === 'file');
    if (entry !== undefined) [this.#policy] = await this.readAll([{ entry, place: { kind: 'policy' } }]);
    return this.#policy;
  }

  async readAll(placed: readonly PlacedEntry[]): Promise<readonly DocumentFile[]> {
    const fresh = placed.filter(({ entry }) => this.#unchanged(entry) === undefined).map(({ entry }) => entry);
    const bytes = fresh.length === 0 ? new Map<string, Uint8Array>() : await this.tree.read(fresh, MAX_FILE_BYTES);
    const files: DocumentFile[] = [];
    const slices = new Slices();
    for (const { entry, place: stands } of placed) {
      files.push(this.#unchanged(entry) ?? readDocument(entry, stands, bytes.get(entry.id)));
      await slices.pause();
    }
    return files;
  }

  #unchanged({ path, id }: TreeEntry): DocumentFile | undefined {
    const file = path === this.#policy?.path ? this.#policy : this.previous?.files.get(path);
    return file?.id === id ? file : undefined;
  }
}

function assemble(tree: Tree, placed: readonly PlacedEntry[], files: readonly DocumentFile[]): CheckedRepository {
  const valuesOf = <T>(kind: Place['kind']): Map<string, T> => {
    const chosen = files.filter((file) => file.place.kind === kind && file.value !== undefined);
    return new Map(chosen.map(({ place: stands, value }) => ['name' in stands ? stands.name : '', value as T]));
  };
  const namesOf = (kind: Place['kind']): Set<string> =>
    new Set(placed.flatMap(({ place: stands }) => (stands.kind === kind && 'name' in stands ? [stands.name] : [])));
  return {
    documents: {
      policy: valuesOf<PolicyDocument>('policy').get(''),
      flags: valuesOf<FlagDocument>('flag'),
      segments: valuesOf<SegmentDocument>('segment'),
      guardrails: valuesOf<GuardrailDocument>('guardrail'),
      retired: valuesOf<readonly RetiredEntry[]>('retired').get('') ?? [],
    },
    cases: valuesOf<readonly CaseDocument[]>('cases'),
    names: {
      flags: namesOf('flag'),
      segments: namesOf('segment'),
      guardrails: namesOf('guardrail'),
    },
    fileOf: fileNames(tree.root),
  };
}

function finish(
  tree: Tree,
  { documents, cases }: CheckedRepository,
  files: readonly DocumentFile[],
  previous: LoadedRepository | undefined,
): LoadedRepository {
  const { policy } = documents;
  if (policy === undefined) throw new Error('a repository without a policy has a problem');
  const revision = { id: tree.revision, repository: tree.repository };
  const ruleset = new Ruleset(revision, { ...documents, policy }, previous?.ruleset);
  return { ruleset, cases, files: new Map(files.map((file) => [file.path, file])) };
}
