/** A whole revision as one text, for where there is neither git nor a folder of files. */
import { decodeBundle } from './bundle/decode.js';
import { unreadable, unwritable, type BundleContent, type BundleDocument } from './bundle/content.js';
import { encodeBundle } from './bundle/encode.js';
import { load, type LoadedRepository, type LoadResult } from './load.js';
import { MAX_FILE_BYTES } from './parse.js';
import { checkedBy } from './schema.js';
import type { Tree, TreeEntry } from './tree.js';

export type { BundleContent };

/** A loaded repository as what a bundle holds, without labels. */
export function contentOf({ ruleset, files, root }: LoadedRepository): BundleContent {
  const documents: BundleDocument[] = [];
  for (const { path, id, json } of files.values()) {
    if (json !== undefined) documents.push({ path: root === '' ? path : path.slice(root.length + 1), id, json });
  }
  const { id: revision, repository } = ruleset.revision;
  return { repository, revision, root, checkedBy, labels: {}, documents };
}

/**
 * The revision that a bundle holds as a tree of the files that it was made of, with their paths and ids, to be loaded
 * with every check. Their bytes are another spelling of what the files held.
 * @throws SyncError (later) where two documents of one id differ
 */
export function treeOf({ repository, revision, root, documents }: BundleContent): Tree {
  const jsonById = new Map<string, string>();
  for (const { path, id, json } of documents) {
    if ((jsonById.get(id) ?? json) !== json) throw unreadable(`${path} differs from another document of its id, ${id}`);
    jsonById.set(id, json);
  }
  const prefix = root === '' ? '' : `${root}/`;
  return {
    revision,
    repository,
    root,
    entries: documents.map(({ path, id }): TreeEntry => ({ path: `${prefix}${path}`, id, kind: 'file' })),
    hasCodeowners: false,
    read: (entries, maxBytes) => {
      const read = entries.map(({ id }) => [id, yamlOf(jsonById.get(id) ?? '')] as const);
      return Promise.resolve(new Map(read.filter(([, bytes]) => bytes.length <= maxBytes)));
    },
  };
}

/**
 * The bundle of a loaded repository; the same revision always gives the same text.
 * @throws SyncError (later) where it could not be read back: a document is longer as JSON than a file may be, or all are
 */
export async function writeBundle(loaded: LoadedRepository): Promise<string> {
  const content = contentOf(loaded);
  for (const { path, json } of content.documents) {
    if (yamlOf(json).length > MAX_FILE_BYTES) throw unwritable(`${path} is longer as JSON than a file may be`);
  }
  return Buffer.concat(await encodeBundle(content)).toString();
}

/**
 * Loads a bundle by the one loading path, so that it gives the ruleset of its revision or the same problems.
 * @throws SyncError (later) for a text that is no bundle, or a damaged one
 */
export async function readBundle(bytes: Buffer): Promise<LoadResult> {
  return load(treeOf(await decodeBundle(bytes)));
}

/** JSON is YAML, save that a character a YAML file must escape may stand as it is in JSON. */
function yamlOf(json: string): Uint8Array {
  const escaped = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return new TextEncoder().encode(escaped);
}
