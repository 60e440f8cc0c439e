/** The one loading path: a tree in; a ruleset or every problem of the repository out. */
import { setImmediate } from 'node:timers/promises';
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
import { namingOf, placeOf, type Naming, type Place } from './layout.js';
import { MAX_FILE_BYTES } from './parse.js';
import { placeAll } from './place.js';
import { compareProblems, type Problem, type UnplacedProblem } from './problem.js';
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

/** Parsing pauses after this long, in milliseconds, so that an application goes on answering while flags load. */
const SLICE_MS = 8;

/**
 * Loads a tree. Parses only the files whose ids differ from those of `previous`; judges all of them.
 * @throws SyncError when the tree can't be read
 */
export async function load(tree: Tree, previous?: LoadedRepository): Promise<LoadResult> {
  const reader = new Reader(tree, previous);
  const problems: UnplacedProblem[] = [];
  const policy = await reader.readPolicy();
  const placed = place(tree, policy, problems);
  const files = await reader.readAll(placed);
  for (const file of files) problems.push(...file.problems);
  const repository = assemble(tree, placed, files);
  if (repository.documents.policy === undefined && !placed.some(({ place: { kind } }) => kind === 'policy')) {
    problems.push(policyMissing(repository.fileOf.policy));
  }
  problems.push(...checkRepository(repository), ...(await checkOwnership(tree, repository)));
  const all = (await placeAll(tree, problems)).sort(compareProblems);
  if (all.some(({ severity }) => severity === 'error')) return { ok: false, problems: all };
  return { ok: true, warnings: all, loaded: finish(tree, repository, files, previous) };
}

/** A YAML file of the tree and what it stands for. */
interface PlacedEntry {
  readonly entry: TreeEntry;
  readonly place: Exclude<Place, { kind: 'ignored' | 'unexpected' }>;
}

function place(tree: Tree, policy: DocumentFile | undefined, problems: UnplacedProblem[]): readonly PlacedEntry[] {
  const naming = namingFrom(policy);
  const placed: PlacedEntry[] = [];
  for (const entry of tree.entries) {
    const path = pathUnderRoot(tree, entry);
    const stands = path === undefined ? { kind: 'ignored' as const } : placeOf(path, naming);
    if (stands.kind === 'ignored') continue;
    if (entry.kind !== 'file') problems.push(notAFile(entry));
    else if (stands.kind === 'unexpected') problems.push(unexpectedFile(entry.path, stands.reason, stands.fix));
    else placed.push({ entry, place: stands });
  }
  return placed;
}

function namingFrom(policy: DocumentFile | undefined): Naming {
  const value = policy?.problems.length === 0 ? (policy.value as unknown as PolicyDocument) : undefined;
  return namingOf(value?.naming?.pattern);
}

function pathUnderRoot({ root }: Tree, { path }: TreeEntry): string | undefined {
  if (root === '') return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
}

/** Reads and parses what is new; takes over the rest. */
class Reader {
  readonly #policyPath: string;

  constructor(
    private readonly tree: Tree,
    private readonly previous: LoadedRepository | undefined,
  ) {
    this.#policyPath = fileNames(tree.root).policy;
  }

  /** The policy comes first: it says how flags are named. */
  async readPolicy(): Promise<DocumentFile | undefined> {
    const entry = this.tree.entries.find(({ path, kind }) => path === this.#policyPath && kind === 'file');
    if (entry === undefined) return undefined;
    const [file] = await this.readAll([{ entry, place: { kind: 'policy' } }]);
    return file;
  }

  async readAll(placed: readonly PlacedEntry[]): Promise<readonly DocumentFile[]> {
    const fresh = placed.filter(({ entry }) => this.#unchanged(entry) === undefined).map(({ entry }) => entry);
    const bytes = fresh.length === 0 ? new Map<string, Uint8Array>() : await this.tree.read(fresh, MAX_FILE_BYTES);
    const files: DocumentFile[] = [];
    let sliceEnd = performance.now() + SLICE_MS;
    for (const { entry, place: stands } of placed) {
      files.push(this.#unchanged(entry) ?? readDocument(entry, stands, bytes.get(entry.id)));
      if (performance.now() < sliceEnd) continue;
      await setImmediate();
      sliceEnd = performance.now() + SLICE_MS;
    }
    return files;
  }

  #unchanged({ path, id }: TreeEntry): DocumentFile | undefined {
    const file = this.previous?.files.get(path);
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
  const flags = namesOf('flag');
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
      flags,
      foldedFlags: new Map([...flags].map((key) => [key.toLowerCase(), key])),
      segments: namesOf('segment'),
      guardrails: namesOf('guardrail'),
    },
    paths: placed.map(({ entry }) => entry.path),
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

const unexpectedFile = (file: string, found: string, fix: string): UnplacedProblem => ({
  code: 'unexpected-file',
  file,
  message: 'this YAML file is none of the kinds that a flags folder holds',
  found,
  expected: 'a flag, its cases, a segment, a guardrail, policy.yaml or retired.yaml',
  fix,
});

const notAFile = ({ path, kind }: TreeEntry): UnplacedProblem => ({
  code: 'symlink',
  file: path,
  message: 'a flag file must be a regular file: links are never followed',
  found: `a ${kind}`,
  expected: 'a regular file',
  fix: 'replace it by the file itself',
});

const policyMissing = (file: string): UnplacedProblem => ({
  code: 'policy-missing',
  file,
  message: 'a flags folder has a policy, and this one has none',
  found: `no \`${file}\``,
  expected: '`policy.yaml` with at least `bucketing`, `environments` and `teams`',
  fix: 'add it, or point at the folder that holds it',
});
