/** A tree out of files in memory, as a source of its own: it keeps the contract of {@link Tree} to the letter. */
import { createHash } from 'node:crypto';
import type { Tree, TreeEntry } from '../tree.js';

/** A file's content, or a link or submodule, which has none. */
export type MemoryFile = string | Uint8Array | { readonly kind: 'symlink' | 'submodule' };

/** A tree that also tells what was read of it. */
export interface MemoryTree extends Tree {
  /** The paths that were asked for, in order. */
  readonly reads: readonly string[];
}

/** Makes a tree of files by their path from the repository's root; its flags folder is `flags`. */
export function memoryTree(files: Readonly<Record<string, MemoryFile>>): MemoryTree {
  const contents = new Map<string, Uint8Array>();
  const reads: string[] = [];
  const entries = Object.entries(files)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, file]): TreeEntry => {
      if (typeof file === 'object' && 'kind' in file) return { path, id: file.kind, kind: file.kind };
      const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
      const id = digest(bytes);
      contents.set(id, bytes);
      return { path, id, kind: 'file', size: bytes.length };
    });
  return {
    revision: `sha256:${digest(entries.map(({ path, id }) => `${path}\0${id}\n`).join(''))}`,
    repository: 'flags',
    root: 'flags',
    entries,
    hasCodeowners: true,
    reads,
    read: (wanted, maxBytes) => {
      reads.push(...wanted.map(({ path }) => path));
      const found = wanted.map(({ id }) => [id, contents.get(id)] as const);
      return Promise.resolve(
        new Map(found.filter((one): one is [string, Uint8Array] => one[1] !== undefined && one[1].length <= maxBytes)),
      );
    },
  };
}

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
