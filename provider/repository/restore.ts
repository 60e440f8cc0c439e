/** The content of a bundle to a loaded repository. */
import { treeOf, type BundleContent } from './bundle.js';
import { DocumentFile } from './document.js';
import { placeOf, type Naming } from './layout.js';
import { load, loadFiles, type LoadResult } from './load.js';
import { checkedBy } from './schema.js';
import { Slices } from './slices.js';

/** The policy was asked when the file was admitted. */
const ADMITTED: Naming = () => true;

/**
 * Loads the content of a bundle. What these very rules have admitted is not checked again; what other rules have (those
 * of an earlier version, say) goes through {@link load}, so that nothing serves that would be refused today.
 */
export async function restoreBundle(content: BundleContent): Promise<LoadResult> {
  if (content.checkedBy !== checkedBy) return load(treeOf(content));
  const { repository, revision, root, documents } = content;
  const prefix = root === '' ? '' : `${root}/`;
  const slices = new Slices();
  const files: DocumentFile[] = [];
  for (const { path, id, json } of documents) {
    const place = placeOf(path, ADMITTED);
    if (place.kind === 'ignored' || place.kind === 'unexpected') return load(treeOf(content));
    files.push(new DocumentFile(`${prefix}${path}`, id, place, json));
    if (slices.isOver) await slices.pause();
  }
  return loadFiles({ revision, repository, root }, files);
}
