/** One flag as one revision has it, and what the repository would be with the flag's file edited. */
import { isDeepStrictEqual } from 'node:util';
import type { FlagDocument } from '../../provider/engine/index.js';
import {
  MAX_FILE_BYTES,
  load,
  placeAll,
  placeOf,
  readDocument,
  type LoadedRepository,
  type Problem,
  type Tree,
  type TreeEntry,
} from '../../provider/repository/index.js';
import { failedCases } from '../cases.js';
import { withChanges } from '../overlay.js';
import { requireKnown } from '../require-known.js';

/** A flag and its surroundings. */
export interface FlagRevision {
  readonly key: string;
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
  readonly document: FlagDocument;
  readonly tree: Tree;
  /** Undefined where the repository does not load, for `problems`. */
  readonly loaded: LoadedRepository | undefined;
  readonly problems: readonly Problem[];
}

/** A flag, or why its file can't be edited. */
export type FoundFlag =
  { readonly ok: true; readonly flag: FlagRevision } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Finds a flag, also in a repository that does not load. @throws UsageError for an unknown key, with the nearest */
export async function findFlag(tree: Tree, key: string): Promise<FoundFlag> {
  const files = flagFiles(tree);
  requireKnown('flag', [key], [...files.keys()]);
  const entry = files.get(key);
  if (entry === undefined) throw new Error(`${key} is known`);
  const result = await load(tree);
  const bytes = (await tree.read([entry], MAX_FILE_BYTES)).get(entry.id);
  const document = readFlag(entry, key, bytes);
  if (bytes === undefined || document === undefined) {
    const problems = result.ok ? [] : result.problems.filter(({ file }) => file === entry.path);
    return { ok: false, problems };
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const { path } = entry;
  const common = { key, path, text, document, tree };
  return result.ok
    ? { ok: true, flag: { ...common, loaded: result.loaded, problems: [] } }
    : { ok: true, flag: { ...common, loaded: undefined, problems: result.problems } };
}

/** A flag's document out of its file's text alone; undefined where it is none. */
export function parseFlag(key: string, path: string, text: string): FlagDocument | undefined {
  return readFlag({ path, id: '', kind: 'file' }, key, new TextEncoder().encode(text));
}

/** What an edit of a flag's file leaves. */
export interface EditResult {
  /** Why it may not be; none where it loads. In a repository that did not load before, only those of the file itself. */
  readonly problems: readonly Problem[];
  /** The files of cases that expected what was before, and would now fail `validate`. */
  readonly failingCases: readonly string[];
  /** The repository with the edit; undefined where it does not load. */
  readonly loaded: LoadedRepository | undefined;
}

/**
 * Holds an edit of the flag's file against the whole repository.
 * @throws SyncError where the tree can't be read; Error where the file would say something else than `expected`
 */
export async function judgeEdit(
  { key, path, tree, loaded }: FlagRevision,
  text: string,
  expected: FlagDocument,
): Promise<EditResult> {
  const edited = withChanges(tree, new Map([[path, text]]));
  const result = await load(edited, loaded);
  if (loaded !== undefined && !result.ok) return { problems: result.problems, failingCases: [], loaded: undefined };
  const document = parseFlag(key, path, text);
  if (document === undefined) {
    return { problems: await ownProblems(edited, key, path, text), failingCases: [], loaded: undefined };
  }
  if (!isDeepStrictEqual(document, expected)) throw new Error(`the edit of ${path} says something else than intended`);
  const isNew = newlyFailing(loaded);
  if (!result.ok) return { problems: [], failingCases: [], loaded: undefined };
  return { problems: [], failingCases: filesOfCases(result.loaded).filter(isNew), loaded: result.loaded };
}

function newlyFailing(before: LoadedRepository | undefined): (path: string) => boolean {
  const failing = new Set(before === undefined ? [] : filesOfCases(before));
  return (path) => !failing.has(path);
}

/** The files of cases of which some fail. */
function filesOfCases(loaded: LoadedRepository): readonly string[] {
  return [...new Set(failedCases(loaded).flatMap(({ file, severity }) => (severity === 'warning' ? [] : file)))];
}

async function ownProblems(tree: Tree, key: string, path: string, text: string): Promise<readonly Problem[]> {
  const bytes = new TextEncoder().encode(text);
  const { problems } = readDocument({ path, id: '', kind: 'file' }, { kind: 'flag', name: key }, bytes);
  return placeAll(tree, problems);
}

/** The files of flags, by the key that their paths give, whatever they hold. */
function flagFiles({ root, entries }: Tree): ReadonlyMap<string, TreeEntry> {
  const prefix = root === '' ? '' : `${root}/`;
  const files = new Map<string, TreeEntry>();
  for (const entry of entries) {
    if (entry.kind !== 'file' || !entry.path.startsWith(prefix)) continue;
    const place = placeOf(entry.path.slice(prefix.length), () => true);
    if (place.kind === 'flag') files.set(place.name, entry);
  }
  return files;
}

function readFlag(entry: TreeEntry, key: string, bytes: Uint8Array | undefined): FlagDocument | undefined {
  if (bytes === undefined) return undefined;
  const file = readDocument(entry, { kind: 'flag', name: key }, bytes);
  const hasErrors = file.problems.some(({ severity = 'error' }) => severity === 'error');
  return file.json === undefined || hasErrors ? undefined : (file.read() as unknown as FlagDocument);
}
