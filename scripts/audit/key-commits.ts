/** The commits that may have changed what a flag serves: of its file, and of all that it depends on. */
import type { FlagDocument } from '../../provider/engine/index.js';
import { isPlan } from '../../provider/engine/index.js';
import {
  changedFiles,
  MAX_FILE_BYTES,
  placeOf,
  readDocument,
  readHistory,
  visitBlobs,
  type DocumentFile,
  type FileChange,
  type IsolatedRepository,
} from '../../provider/repository/index.js';
import { pathsOf } from '../control/paths.js';
import { contentOf } from './flag-effect.js';

/** Where a flag's past is to be found. */
export interface KeyCommits {
  /** The key, and those that the same flag had before its file was renamed. */
  readonly keys: ReadonlySet<string>;
  readonly commits: ReadonlySet<string>;
}

/** A flag's key, so that its path is a path. */
const KEY = /^[A-Za-z0-9_@+=~-]+(?:\.[A-Za-z0-9_@+=~-]+)*$/;

/** As long as a key may be. */
const MAX_KEY_LENGTH = 200;

/** Renames of one flag; the search has to end. */
const MAX_RENAMES = 20;

/** Finds them; undefined where no commit up to `tip`, a full hash, has a file of this flag. @throws SyncError */
export async function keyCommits(
  store: IsolatedRepository,
  tip: string,
  root: string,
  key: string,
): Promise<KeyCommits | undefined> {
  if (key.length > MAX_KEY_LENGTH || !KEY.test(key)) return undefined;
  const search = new Search(store, tip, root);
  const keys = new Set<string>();
  for (let next: string | undefined = key; next !== undefined && keys.size < MAX_RENAMES;) {
    keys.add(next);
    const added = await search.follow(pathsOf(root).flag(next));
    if (search.commits.size === 0) return undefined;
    next = added && (await search.renamedFrom(added));
    if (next !== undefined && keys.has(next)) break;
  }
  return { keys, commits: search.commits };
}

interface Addition {
  readonly commit: string;
  readonly parent: string;
  readonly file: FileChange;
}

class Search {
  readonly commits = new Set<string>();
  readonly #seen = new Set<string>();

  constructor(
    private readonly store: IsolatedRepository,
    private readonly tip: string,
    private readonly root: string,
  ) {}

  /** Takes in the commits of a flag's file and of what it depends on; gives the oldest that added the file. */
  async follow(path: string): Promise<Addition | undefined> {
    let added: Addition | undefined;
    let paths = [path];
    while (paths.length > 0) {
      for (const one of paths) this.#seen.add(one);
      const contents = new Map<string, string>();
      for await (const { id, parents, files } of readHistory(this.store, { until: this.tip, paths })) {
        this.commits.add(id);
        for (const file of files) {
          for (const state of [file.before, file.after]) if (state?.kind === 'file') contents.set(state.id, file.path);
          const [parent] = parents;
          if (file.path === path && file.status === 'added' && parent !== undefined)
            added = { commit: id, parent, file };
        }
      }
      const documents = await this.#read(contents);
      paths = [...new Set(documents.flatMap((document) => this.#dependenciesOf(document)))];
    }
    return added;
  }

  /** The key of the flag that went, with the same content, when this one came. */
  async renamedFrom({ commit, parent, file }: Addition): Promise<string | undefined> {
    const gone = (await changedFiles(this.store, parent, commit)).filter(({ status }) => status === 'deleted');
    const contents = [file.after, ...gone.map(({ before }) => before)];
    const paths = [file.path, ...gone.map(({ path }) => path)];
    const pairs = contents.flatMap((state, index) =>
      state === undefined ? [] : ([[state.id, paths[index] ?? '']] as const),
    );
    const [now, ...before] = await this.#read(
      new Map(pairs),
      pairs.map(([id]) => id),
    );
    if (now?.json === undefined || now.place.kind !== 'flag') return undefined;
    const content = contentOf(flagOf(now));
    const same = before.find(
      (one) => one.json !== undefined && one.place.kind === 'flag' && contentOf(flagOf(one)) === content,
    );
    return same?.place.kind === 'flag' ? same.place.name : undefined;
  }

  /** Documents by the ids of their contents, in the order of `order`. */
  async #read(pathsById: ReadonlyMap<string, string>, order?: readonly string[]): Promise<readonly DocumentFile[]> {
    const documents = new Map<string, DocumentFile>();
    await visitBlobs(this.store, new Set(pathsById.keys()), MAX_FILE_BYTES, (id, bytes) => {
      const path = pathsById.get(id) ?? '';
      const place = placeOf(this.root === '' ? path : path.slice(this.root.length + 1), () => true);
      if (place.kind === 'ignored' || place.kind === 'unexpected') return;
      documents.set(id, readDocument({ path, id, kind: 'file' }, place, bytes));
    });
    return (order ?? [...pathsById.keys()]).flatMap((id) => documents.get(id) ?? []);
  }

  #dependenciesOf(document: DocumentFile): readonly string[] {
    if (document.json === undefined) return [];
    const { segments, prerequisites } = document.references;
    const folder = this.root === '' ? '' : `${this.root}/`;
    const paths = [
      ...segments.flat().map((name) => `${folder}segments/${name}.yaml`),
      ...prerequisites.map((key) => pathsOf(this.root).flag(key)),
      ...(document.place.kind === 'flag' ? guardrailsOf(flagOf(document)) : []).map(
        (name) => `${folder}guardrails/${name}.yaml`,
      ),
    ];
    return paths.filter((path) => !this.#seen.has(path));
  }
}

function flagOf(document: DocumentFile): FlagDocument {
  return document.read() as unknown as FlagDocument;
}

function guardrailsOf({ environments = {} }: FlagDocument): readonly string[] {
  return Object.values(environments).flatMap(({ rollout = 0 }) => (isPlan(rollout) ? (rollout.guardrails ?? []) : []));
}
