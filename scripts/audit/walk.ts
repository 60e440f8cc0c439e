/** Walks along the main branch and finds what each wanted commit did, compared with what was served before it. */
import {
  changedFiles,
  load,
  readHistory,
  readTree,
  type FileChange,
  type IsolatedRepository,
  type LoadedRepository,
  type LoadResult,
  type Tree,
} from '../../provider/repository/index.js';
import { effectOf, type RevisionEffect } from './effect.js';
import { GrowingTree } from './growing-tree.js';

/** Where to walk. */
export interface WalkRequest {
  readonly store: IsolatedRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
  /** Full hashes of the branch's commits, oldest first. */
  readonly line: readonly string[];
  /** Indexes into it. */
  readonly wanted: ReadonlySet<number>;
  readonly progress: (message: string) => void;
}

/** The effects of the wanted commits, by hash; null of one that touches nothing that counts. */
export type Effects = ReadonlyMap<string, RevisionEffect | null>;

/** Commits whose files are read at once: a few megabytes. */
const PORTION = 500;

/** Commits between two words on how far it is. */
const PROGRESS_STEP = 25;

/** Walks. @throws SyncError where objects are missing or the history is cut */
export async function walk(request: WalkRequest): Promise<Effects> {
  const { wanted, store, line, root, progress } = request;
  const effects = new Map<string, RevisionEffect | null>();
  if (wanted.size === 0) return effects;
  const [first, last] = extremesOf(wanted);
  progress('reading the history');
  const changes = await changesOf(store, line, first, last);
  const before = line[first - 1];
  const tree = before === undefined ? undefined : await readTree(store, before, root);
  const walker = new Walker(request, new GrowingTree(store, root, tree), before);
  for (let index = first; index <= last; index += 1) {
    const commit = line[index] ?? '';
    const files = changes.get(commit) ?? [];
    if ((index - first) % PORTION === 0) {
      const portion = indexesFrom(index, index + PORTION).filter((one) => wanted.has(one));
      await walker.tree.readAhead(portion.flatMap((one) => changes.get(line[one] ?? '') ?? []));
    }
    if (!wanted.has(index)) {
      walker.pass(commit, files);
      continue;
    }
    effects.set(commit, (await walker.take(commit, files)) ?? null);
    if (effects.size % PROGRESS_STEP === 0) progress(`comparing ${effects.size} of ${wanted.size} revisions`);
  }
  return effects;
}

function extremesOf(indexes: ReadonlySet<number>): readonly [first: number, last: number] {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const index of indexes) [first, last] = [Math.min(first, index), Math.max(last, index)];
  return [first, last];
}

function indexesFrom(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, offset) => start + offset);
}

async function changesOf(
  store: IsolatedRepository,
  line: readonly string[],
  first: number,
  last: number,
): Promise<ReadonlyMap<string, readonly FileChange[]>> {
  const changes = new Map<string, readonly FileChange[]>();
  const range = { until: line[last] ?? '', since: line[first - 1] };
  for await (const { id, files } of readHistory(store, range)) changes.set(id, files);
  return changes;
}

interface Served {
  readonly commit: string;
  readonly loaded: LoadedRepository;
}

/** What is known at one place of the branch. */
class Walker {
  #served: Served | undefined;
  /** The last commit that was passed; undefined before the first. */
  #at: string | undefined;
  /** The outcome at it; undefined where nobody has looked. */
  #outcome: LoadResult | undefined;

  constructor(
    private readonly request: Pick<WalkRequest, 'store' | 'root'>,
    readonly tree: GrowingTree,
    before: string | undefined,
  ) {
    this.#at = before;
  }

  /** Goes on over a commit that nobody asks for. */
  pass(commit: string, files: readonly FileChange[]): void {
    if (files.some((file) => this.tree.has(file))) this.#outcome = undefined;
    this.tree.apply(files);
    this.#at = commit;
  }

  /** Goes on over a commit, and tells what it did. */
  async take(commit: string, files: readonly FileChange[]): Promise<RevisionEffect | undefined> {
    const [before, served] = [this.#at, await this.#servedHere()];
    const isSame = this.#outcome !== undefined && !files.some((file) => this.tree.has(file));
    this.pass(commit, files);
    const result =
      isSame && this.#outcome !== undefined ? this.#outcome : await load(this.tree.at(commit), served?.loaded);
    this.#outcome = result;
    if (result.ok) this.#served = { commit, loaded: result.loaded };
    const loaded = result.ok ? result.loaded : undefined;
    const isGap = result.ok && served !== undefined && served.commit !== before;
    return effectOf({
      commit,
      root: this.request.root,
      served,
      empty: loaded !== undefined && served === undefined ? await withoutFlags(this.tree.at(commit)) : undefined,
      loaded,
      problems: result.ok ? result.warnings : result.problems,
      files: isGap ? await changedFiles(this.request.store, served.commit, commit) : files,
    });
  }

  /** What is served at this place: the last revision up to it that loads. */
  async #servedHere(): Promise<Served | undefined> {
    if (this.#at === undefined) return undefined;
    if (this.#outcome === undefined) {
      this.#outcome = await load(this.tree.at(this.#at), this.#served?.loaded);
      this.#served = this.#outcome.ok
        ? { commit: this.#at, loaded: this.#outcome.loaded }
        : await this.#lastServed(this.#at);
    } else if (this.#outcome.ok && this.#served !== undefined) this.#served = { ...this.#served, commit: this.#at };
    return this.#served;
  }

  async #lastServed(until: string): Promise<Served | undefined> {
    const { store, root } = this.request;
    let previous: Tree | undefined;
    // Up to the commit that broke it the revision that loads was served, whatever else than flags changed meanwhile.
    let commit: string | undefined = until;
    for await (const { id, parents } of readHistory(store, { until, paths: [root] })) {
      previous = await readTree(store, id, root, { previous });
      const result = await load(previous, this.#served?.loaded);
      if (result.ok) return commit === undefined ? undefined : { commit, loaded: result.loaded };
      [commit] = parents;
    }
    return undefined;
  }
}

/** A revision's policy alone. */
async function withoutFlags(tree: Tree): Promise<LoadedRepository | undefined> {
  const policy = tree.root === '' ? 'policy.yaml' : `${tree.root}/policy.yaml`;
  const result = await load({ ...tree, entries: tree.entries.filter(({ path }) => path === policy) });
  return result.ok ? result.loaded : undefined;
}
