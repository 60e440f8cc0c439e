/** The one loading path: a tree in; a ruleset or every problem of the repository out. */
import {
  Ruleset,
  type CaseDocument,
  type FlagDocument,
  type GuardrailDocument,
  type PolicyDocument,
  type RetiredEntry,
  type SegmentDocument,
  type Stored,
  type StoredReferrer,
} from '../engine/index.js';
import { fileNames, type CheckedRepository } from './check/checked-repository.js';
import { checkOwnership } from './check/ownership.js';
import { checkRepository } from './check/repository.js';
import { readDocument, type DocumentFile } from './document.js';
import { MAX_FILE_BYTES } from './parse.js';
import { placeEntries, type PlacedEntry } from './placement.js';
import { isError, placeProblems, placeWarnings } from './placed-problems.js';
import type { Problem } from './problem.js';
import { Slices } from './slices.js';
import type { Tree, TreeEntry } from './tree.js';

/** A repository that loaded: what it means, and what the next load can take over. */
export interface LoadedRepository {
  readonly ruleset: Ruleset;
  /** The cases of each flag that has some, by the flag's key. */
  readonly cases: ReadonlyMap<string, Stored<readonly CaseDocument[]>>;
  /** By path. */
  readonly files: ReadonlyMap<string, DocumentFile>;
  /** The flags folder that it was loaded from, as {@link Tree.root}. */
  readonly root: string;
}

/** What of a tree its ruleset has to know. */
type LoadedTree = Pick<Tree, 'revision' | 'repository' | 'root'>;

/** A ruleset, or all that is wrong. Warnings never refuse anything. */
export type LoadResult =
  | { readonly ok: true; readonly loaded: LoadedRepository; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Loads a tree. Parses only the files whose ids differ from those of `previous`, and checks again only what depends on
 * them; works in slices, so that an application goes on answering.
 * @throws SyncError when the tree can't be read
 */
export async function load(tree: Tree, previous?: LoadedRepository): Promise<LoadResult> {
  const slices = new Slices();
  const reader = new Reader(tree, slices, previous);
  const policy = await reader.readPolicy();
  const { placed, problems: misplaced } = await placeEntries(tree, policy, slices, previous?.files);
  const files = await reader.readAll(placed);
  const repository = assemble(tree.root, files, previous);
  const known = previous && { documents: previous.ruleset.documents, cases: previous.cases };
  const problems = misplaced.concat(
    files.flatMap((file) => file.problems),
    await checkRepository(repository, slices, known),
    await checkOwnership(tree, repository),
  );
  if (slices.isOver) await slices.pause();
  if (problems.some(isError)) return { ok: false, problems: await placeProblems(tree, problems) };
  return {
    ok: true,
    warnings: await placeWarnings(tree, files, problems),
    loaded: finish(tree, repository, files, previous),
  };
}

/**
 * Loads files that were read, and admitted by these very rules, before.
 * @throws Error where they are no repository
 */
export function loadFiles(tree: LoadedTree, files: readonly DocumentFile[]): LoadResult {
  return { ok: true, warnings: [], loaded: finish(tree, assemble(tree.root, files, undefined), files, undefined) };
}

/** Reads and parses what is new; takes over the rest. */
class Reader {
  #policy: DocumentFile | undefined;

  constructor(
    private readonly tree: Tree,
    private readonly slices: Slices,
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
    for (const { entry, place: stands } of placed) {
      files.push(this.#unchanged(entry) ?? readDocument(entry, stands, bytes.get(entry.id)));
      if (this.slices.isOver) await this.slices.pause();
    }
    return files;
  }

  #unchanged({ path, id }: TreeEntry): DocumentFile | undefined {
    const file = path === this.#policy?.path ? this.#policy : this.previous?.files.get(path);
    return file?.id === id ? file : undefined;
  }
}

type Named<T> = Map<string, T>;

/** @param previous lends the policy that has been read before, so that it is the same object while it is the same file */
function assemble(
  root: string,
  files: readonly DocumentFile[],
  previous: LoadedRepository | undefined,
): CheckedRepository {
  const stored: Record<DocumentFile['place']['kind'], Named<unknown>> = {
    policy: new Map(),
    retired: new Map(),
    flag: new Map(),
    cases: new Map(),
    segment: new Map(),
    guardrail: new Map(),
  };
  const names = { flag: new Set<string>(), segment: new Set<string>(), guardrail: new Set<string>() };
  for (const file of files) {
    const { kind } = file.place;
    const name = 'name' in file.place ? file.place.name : '';
    if (file.json !== undefined) stored[kind].set(name, file);
    if (kind in names) names[kind as keyof typeof names].add(name);
  }
  const fileOf = fileNames(root);
  const policyFile = stored.policy.get('') as DocumentFile | undefined;
  const isSamePolicy = policyFile !== undefined && policyFile === previous?.files.get(fileOf.policy);
  const policy = isSamePolicy ? previous?.ruleset.documents.policy : policyFile?.read();
  const retired = (stored.retired.get('') as DocumentFile | undefined)?.read() ?? [];
  return {
    documents: {
      policy: policy as unknown as PolicyDocument | undefined,
      flags: stored.flag as Named<StoredReferrer<FlagDocument>>,
      segments: stored.segment as Named<StoredReferrer<SegmentDocument>>,
      guardrails: stored.guardrail as Named<Stored<GuardrailDocument>>,
      retired: retired as unknown as readonly RetiredEntry[],
    },
    cases: stored.cases as Named<Stored<readonly CaseDocument[]>>,
    names: { flags: names.flag, segments: names.segment, guardrails: names.guardrail },
    fileOf,
  };
}

function finish(
  tree: LoadedTree,
  { documents, cases }: CheckedRepository,
  files: readonly DocumentFile[],
  previous: LoadedRepository | undefined,
): LoadedRepository {
  const { policy } = documents;
  if (policy === undefined) throw new Error('a repository without a policy has a problem');
  const revision = { id: tree.revision, repository: tree.repository };
  const ruleset = new Ruleset(revision, { ...documents, policy }, previous?.ruleset);
  return { ruleset, cases, files: new Map(files.map((file) => [file.path, file])), root: tree.root };
}
