/** A tree as it would be after a change: what lets a command judge its result before it writes anything. */
import { createHash } from 'node:crypto';
import type { Tree, TreeEntry } from '../provider/repository/index.js';

/** Path from the repository's root to the new text; undefined removes the file. */
export type FileChanges = ReadonlyMap<string, string | undefined>;

/** The tree with some files added, replaced or removed. */
export function withChanges(tree: Tree, changes: FileChanges): Tree {
  const written = new Map<string, Uint8Array>();
  const added: TreeEntry[] = [];
  for (const [path, text] of changes) {
    if (text === undefined) continue;
    const bytes = new TextEncoder().encode(text);
    const id = sha256(bytes);
    written.set(id, bytes);
    added.push({ path, id, kind: 'file', size: bytes.length });
  }
  const kept = tree.entries.filter(({ path }) => !changes.has(path));
  const entries = [...kept, ...added].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    ...tree,
    revision: `sha256:${sha256(entries.map(({ path, id }) => `${path}\0${id}\n`).join(''))}`,
    entries,
    read: async (wanted, maxBytes) => {
      const old = await tree.read(
        wanted.filter(({ id }) => !written.has(id)),
        maxBytes,
      );
      const fresh = wanted.flatMap(({ id }) => {
        const bytes = written.get(id);
        return bytes === undefined || bytes.length > maxBytes ? [] : [[id, bytes] as const];
      });
      return new Map([...old, ...fresh]);
    },
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
