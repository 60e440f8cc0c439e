/** Every key that a flag ever had on a branch: on its first-parent history, or in its ledger. */
import type { RetiredEntry } from '../../../provider/engine/index.js';
import {
  isolated,
  MAX_FILE_BYTES,
  parse,
  parsePath,
  placeOf,
  readHistory,
  SyncError,
  visitBlobs,
  type FileState,
  type GitRepository,
  type HistoryCommit,
  type IsolatedRepository,
} from '../../../provider/repository/index.js';
import { keyOf } from './key.js';

/** Where and until when a key lived. */
export interface KeyRecord {
  readonly key: string;
  /** The file that had it last, from the repository's root. */
  readonly path: string;
  /** Whether it lives at the base. */
  readonly isLive: boolean;
  /** The commit by which it went; of a key that lives, the one that changed its file last. */
  readonly commit: string;
  /** What that commit says of its date, which nobody has checked; RFC 3339. */
  readonly date: string | undefined;
}

/** Every key that is taken. */
export interface KeyHistory {
  /** By key, those that only the ledger knows excepted. */
  readonly records: ReadonlyMap<string, KeyRecord>;
  /** The ledger at the base; where it can't be read there, as it was read last. */
  readonly ledger: readonly RetiredEntry[];
  /** Whether a flag ever had this key, or the ledger has it. */
  has(key: string): boolean;
  /** Where it lived last; undefined where it never did. */
  where(key: string): KeyRecord | undefined;
}

/** A content that a path has, or had. */
interface Life extends Omit<KeyRecord, 'key'> {
  readonly id: string;
  /** What the path says; undefined where it is none of a flag. */
  readonly keyOfPath: string | undefined;
}

/**
 * Reads the history of the keys below a flags folder. Flags that were elsewhere before the folder got its name are
 * known by the ledger alone.
 * @param base the full hash of the branch's tip
 * @throws SyncError for a shallow clone, or when the history can't be read
 */
export async function keyHistory(repository: GitRepository, base: string, flagsRoot: string): Promise<KeyHistory> {
  return isolated(repository, {}, async (store) => {
    const root = parsePath(flagsRoot);
    const past = new Past(root);
    for await (const commit of readHistory(store, { until: base, paths: [root] })) past.add(commit);
    return keyHistoryOf(await recordsOf(store, past.lives), await ledgerOf(store, past.ledgers));
  });
}

/** A history of keys out of its parts. */
export function keyHistoryOf(records: ReadonlyMap<string, KeyRecord>, ledger: readonly RetiredEntry[]): KeyHistory {
  const retired = new Set(ledger.map(({ key }) => key));
  return {
    records,
    ledger,
    has: (key) => records.has(key) || retired.has(key),
    where: (key) => records.get(key),
  };
}

/** What paths held, newest first. */
class Past {
  /** By path, then by content. */
  readonly #lives = new Map<string, Map<string, Life>>();
  /** Newest first. */
  readonly lives: Life[] = [];
  readonly #places = new Map<string, ReturnType<typeof placeOf>>();
  /** Contents of the ledger, the newest first. */
  readonly ledgers = new Set<string>();

  constructor(private readonly root: string) {}

  /** Takes the next older commit. */
  add({ id: commit, committer: { date }, files }: HistoryCommit): void {
    for (const { path, before, after } of files) {
      const place = this.#placeOf(path);
      if (place.kind === 'retired') {
        for (const state of [after, before]) if (state?.kind === 'file') this.ledgers.add(state.id);
      } else if (place.kind === 'flag' || place.kind === 'unexpected') {
        const keyOfPath = place.kind === 'flag' ? place.name : undefined;
        const rest = { path, keyOfPath, commit, date };
        this.#note(after, { ...rest, isLive: true });
        this.#note(before, { ...rest, isLive: false });
      }
    }
  }

  /** Whatever a newer commit said of the same content holds. */
  #note(state: FileState | undefined, life: Omit<Life, 'id'>): void {
    if (state?.kind !== 'file') return;
    const contents = this.#lives.get(life.path) ?? new Map<string, Life>();
    if (contents.has(state.id)) return;
    const noted = { ...life, id: state.id };
    this.#lives.set(life.path, contents.set(state.id, noted));
    this.lives.push(noted);
  }

  #placeOf(path: string): ReturnType<typeof placeOf> {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    // The policy's naming may have been another at the time.
    const place = placeOf(this.root === '' ? path : path.slice(this.root.length + 1), () => true);
    this.#places.set(path, place);
    return place;
  }
}

async function recordsOf(store: IsolatedRepository, lives: readonly Life[]): Promise<ReadonlyMap<string, KeyRecord>> {
  const byId = new Map<string, Life[]>();
  for (const life of lives) {
    const same = byId.get(life.id);
    if (same === undefined) byId.set(life.id, [life]);
    else same.push(life);
  }
  const keys = new Map<Life, string>();
  await visitBlobs(store, new Set(byId.keys()), MAX_FILE_BYTES, (id, bytes) => {
    for (const life of byId.get(id) ?? []) {
      const key = keyOf(life.path, life.keyOfPath, bytes);
      if (key !== undefined) keys.set(life, key);
    }
  });
  const records = new Map<string, KeyRecord>();
  for (const life of lives) {
    const key = keys.get(life);
    if (key === undefined) continue;
    const known = records.get(key);
    if (known !== undefined && (known.isLive || !life.isLive)) continue;
    const { path, isLive, commit, date } = life;
    records.set(key, { key, path, isLive, commit, date });
  }
  return records;
}

async function ledgerOf(store: IsolatedRepository, ids: ReadonlySet<string>): Promise<readonly RetiredEntry[]> {
  for (const id of ids) {
    let ledger: readonly RetiredEntry[] | undefined;
    await visitBlobs(store, new Set([id]), MAX_FILE_BYTES, (_, bytes) => {
      const parsed = bytes && parse('retired.yaml', bytes);
      if (parsed?.ok === true && Array.isArray(parsed.value)) ledger = entriesOf(parsed.value);
    });
    if (ledger !== undefined) return ledger;
  }
  if (ids.size === 0) return [];
  throw new SyncError('no version of the ledger of retired keys can be read', 'later');
}

function entriesOf(values: readonly unknown[]): readonly RetiredEntry[] | undefined {
  const isEntry = (value: unknown): value is RetiredEntry =>
    typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string';
  return values.every(isEntry) ? values : undefined;
}
