/** A tree: one revision of a flag repository as a list of files whose bytes can be read. */

/** One file of a tree. */
export interface TreeEntry {
  /** From the repository's root, with slashes: `flags/payments/checkout/new-flow.yaml`. */
  readonly path: string;
  /** Changes whenever the bytes do: a git blob id, or a content digest. */
  readonly id: string;
  /** Symlinks and submodules are never followed; `load` reports them where a flag file was expected. */
  readonly kind: 'file' | 'symlink' | 'submodule';
  /** In bytes, where it is known before reading. */
  readonly size?: number;
}

/** A revision and its files. */
export interface Tree {
  /** A commit's full hash, or `sha256:` and the digest of a directory. */
  readonly revision: string;
  /** The repository's name. */
  readonly repository: string;
  /** The flags folder from the repository's root, without a slash at either end; may be empty: the root itself. */
  readonly root: string;
  /** The files under `root`, and (where the tree reaches beyond it) the CODEOWNERS files. */
  readonly entries: readonly TreeEntry[];
  /** Whether `entries` would hold a CODEOWNERS file if there were one. A source of flags alone cannot tell. */
  readonly hasCodeowners: boolean;
  /**
   * The bytes of some entries, by id. A file larger than `maxBytes` is left out of the answer.
   * @throws SyncError when they can't be read.
   */
  read(entries: readonly TreeEntry[], maxBytes: number): Promise<ReadonlyMap<string, Uint8Array>>;
}
