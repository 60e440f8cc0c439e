/** A whole revision as one JSON text, for where there is neither git nor a folder of files. */
import { createHash } from 'node:crypto';
import type { JsonValue } from '../engine/index.js';
import { load, type LoadedRepository, type LoadResult } from './load.js';
import { MAX_FILE_BYTES } from './parse.js';
import { SyncError } from './sync-error.js';
import type { Tree, TreeEntry } from './tree.js';

/** The format's name and version; another version is another format. */
const FORMAT = 'guidon-bundle/1';
/** 50,000 files, as many as a tree may hold, of a kilobyte each. */
const MAX_BUNDLE_LENGTH = 64 * 1024 * 1024;

/** A document of the revision. */
interface BundledDocument {
  /** From the flags folder, with slashes. */
  readonly path: string;
  /** The id of the file that it was read from. */
  readonly id: string;
  readonly value: JsonValue;
}

/** What a bundle holds. */
interface Bundle {
  readonly format: typeof FORMAT;
  readonly repository: string;
  /** A commit's full hash, or `sha256:` and the digest of a directory. */
  readonly revision: string;
  /** `sha256:` and the digest of the documents' JSON without white space, keys in the order of the files. */
  readonly digest: string;
  readonly documents: readonly BundledDocument[];
}

/**
 * The bundle of a loaded repository; the same revision always gives the same text.
 * @param root the flags folder that it was loaded from, as {@link Tree} has it
 * @throws SyncError (never) where a document is longer as JSON than a file may be, so that it could not be read back
 */
export function writeBundle({ ruleset, files }: LoadedRepository, root: string): string {
  const documents: BundledDocument[] = [];
  for (const file of files.values()) {
    const { path, id } = file;
    const value = file.read();
    if (documentText(value).length > MAX_FILE_BYTES) throw new SyncError(`${path} is too long for a bundle`, 'never');
    documents.push({ path: root === '' ? path : path.slice(root.length + 1), id, value });
  }
  documents.sort((a, b) => (a.path < b.path ? -1 : 1));
  const { id: revision, repository } = ruleset.revision;
  const bundle: Bundle = { format: FORMAT, repository, revision, digest: digestOf(documents), documents };
  return `${JSON.stringify(bundle)}\n`;
}

/**
 * Loads a bundle by the one loading path, so that it gives the ruleset of its revision or the same problems.
 * @throws SyncError (later) for a text that is no bundle, or a damaged one
 */
export async function readBundle(text: string): Promise<LoadResult> {
  const { repository, revision, documents } = parseBundle(text);
  const texts = new Map(documents.map(({ path, value }) => [path, documentText(value)]));
  const tree: Tree = {
    revision,
    repository,
    root: '',
    entries: documents.map(({ path }): TreeEntry => ({ path, id: path, kind: 'file' })),
    hasCodeowners: false,
    read: (entries) => Promise.resolve(new Map(entries.map(({ id }) => [id, texts.get(id) ?? new Uint8Array()]))),
  };
  return load(tree);
}

function parseBundle(text: string): Bundle {
  if (text.length > MAX_BUNDLE_LENGTH) throw refused(`it has more than ${MAX_BUNDLE_LENGTH} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused('it is not JSON', cause);
  }
  const format: unknown = isMap(value) ? value['format'] : undefined;
  if (format !== FORMAT) throw refused(`its format is ${JSON.stringify(format)}, not ${JSON.stringify(FORMAT)}`);
  if (!isBundle(value)) throw refused('it lacks what a bundle holds');
  if (digestOf(value.documents) !== value.digest)
    throw refused('its documents are not those that its digest was made of');
  return value;
}

function isBundle(value: unknown): value is Bundle {
  if (!isMap(value) || !Array.isArray(value['documents'])) return false;
  if (!['repository', 'revision', 'digest'].every((key) => typeof value[key] === 'string')) return false;
  const documents: readonly unknown[] = value['documents'];
  return documents.every(isDocument) && new Set(documents.map(({ path }) => path)).size === documents.length;
}

function isDocument(value: unknown): value is BundledDocument {
  return isMap(value) && typeof value['path'] === 'string' && typeof value['id'] === 'string' && 'value' in value;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON is YAML, save that a character a YAML file must escape may stand as it is in JSON. */
function documentText(value: JsonValue): Uint8Array {
  const text = JSON.stringify(value);
  const escaped = text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return new TextEncoder().encode(escaped);
}

function digestOf(documents: readonly BundledDocument[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(documents)).digest('hex')}`;
}

function refused(reason: string, cause?: unknown): SyncError {
  return new SyncError(`this bundle can't be read: ${reason}`, 'later', { cause });
}
