/** The content of a bundle to a loaded repository. */
import { treeOf, type BundleContent } from './bundle.js';
import { DocumentFile } from './document.js';
import { anyNaming, placeOf } from './layout.js';
import { load, loadFiles, type LoadResult } from './load.js';
import { checkedBy } from './schema.js';
import { Slices } from './slices.js';

/**
 * Loads the content of a bundle. What these very rules have admitted is not checked again; what other rules have (those
 * of an earlier version, say) goes through {@link load}, so that nothing serves that would be refused today.
 */
export async function restoreBundle(content: BundleContent): Promise<LoadResult> {
  const tree = treeOf(content);
  if (content.checkedBy !== checkedBy) return load(tree);
  const slices = new Slices();
  const files: DocumentFile[] = [];
  for (const [index, { path, id, json }] of content.documents.entries()) {
    const place = placeOf(path, anyNaming);
    if (place.kind === 'ignored' || place.kind === 'unexpected') return load(tree);
    files.push(new DocumentFile(tree.entries[index]?.path ?? path, id, place, json));
    if (slices.isOver) await slices.pause();
  }
  return loadFiles(tree, files);
}
