/** The flag files of one revision after the other, without asking git for each. */
import {
  MAX_FILE_BYTES,
  visitBlobs,
  type FileChange,
  type IsolatedRepository,
  type Tree,
  type TreeEntry,
} from '../../provider/repository/index.js';

/** Follows a branch from a revision on. */
export class GrowingTree {
  readonly #entries: Map<string, TreeEntry>;
  readonly #bytes = new Map<string, Uint8Array>();

  /** @param first where it begins, of the same store; undefined before the first commit */
  constructor(
    private readonly store: IsolatedRepository,
    readonly root: string,
    private readonly first: Tree | undefined,
  ) {
    this.#entries = new Map(first?.entries.map((entry) => [entry.path, entry]));
  }

  /** Whether a path is of a flag repository's file, as `readTree` lists them. */
  has({ path, before, after }: FileChange): boolean {
    if (this.root !== '' && !path.startsWith(`${this.root}/`)) return false;
    return /\.ya?ml$/i.test(path) || [before, after].some((state) => state !== undefined && state.kind !== 'file');
  }

  /** Takes the next revision's changes. */
  apply(files: readonly FileChange[]): void {
    for (const file of files) {
      if (!this.has(file)) continue;
      const { path, after } = file;
      const isListed = after !== undefined && (after.kind !== 'file' || /\.ya?ml$/i.test(path));
      if (isListed) this.#entries.set(path, { path, id: after.id, kind: after.kind });
      else this.#entries.delete(path);
    }
  }

  /** Reads contents ahead, and forgets those that were read ahead before. @throws SyncError */
  async readAhead(files: readonly FileChange[]): Promise<void> {
    this.#bytes.clear();
    const wanted = files.filter((file) => this.has(file) && file.after?.kind === 'file');
    await this.#fetch(new Set(wanted.flatMap(({ after }) => after?.id ?? [])), MAX_FILE_BYTES);
  }

  /** The tree as it is now. */
  at(revision: string): Tree {
    return {
      revision,
      repository: this.store.name,
      root: this.root,
      entries: [...this.#entries.values()],
      // What is served does not depend on who owns it.
      hasCodeowners: false,
      read: (entries, maxBytes) => this.#read(entries, maxBytes),
    };
  }

  async #read(entries: readonly TreeEntry[], maxBytes: number): Promise<ReadonlyMap<string, Uint8Array>> {
    // The sizes of those of the first tree are known, which saves asking for them.
    const isSized = ({ size }: TreeEntry): boolean => size !== undefined && this.first !== undefined;
    const files = entries.filter(({ kind, id }) => kind !== 'submodule' && !this.#bytes.has(id));
    const missing = new Set(files.filter((entry) => !isSized(entry)).map(({ id }) => id));
    const fetched = await this.#load(missing, maxBytes);
    const listed = await this.first?.read(files.filter(isSized), maxBytes);
    const ids = entries.map(({ id }) => id);
    return new Map(
      ids.flatMap((id) => {
        const bytes = this.#bytes.get(id) ?? fetched.get(id) ?? listed?.get(id);
        return bytes === undefined || bytes.length > maxBytes ? [] : [[id, bytes] as const];
      }),
    );
  }

  async #fetch(ids: ReadonlySet<string>, maxBytes: number): Promise<void> {
    for (const [id, bytes] of await this.#load(ids, maxBytes)) this.#bytes.set(id, bytes);
  }

  async #load(ids: ReadonlySet<string>, maxBytes: number): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    await visitBlobs(this.store, ids, maxBytes, (id, bytes) => {
      if (bytes !== undefined) found.set(id, bytes);
    });
    return found;
  }
}
