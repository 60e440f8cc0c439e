/** What the rules of permanence are given, and what of it they all ask for. */
import type { FlagDocument, RetiredEntry, Stored } from '../../../provider/engine/index.js';
import type { LoadedRepository } from '../../../provider/repository/index.js';
import type { ChangedFile, Side } from '../../change/change.js';
import { keyHistoryOf, type KeyHistory } from './key-history.js';

/** A change, and the keys that are taken at its base. */
export interface JudgedChange {
  readonly base: Side;
  readonly result: Side;
  readonly files: readonly ChangedFile[];
  /** Of the base. */
  readonly history: KeyHistory;
}

/** A change whose result loads, in the terms of these rules. */
export interface KeyChange {
  /** The flags that lived at the base, by key; a document is undefined where the base does not load. */
  readonly before: ReadonlyMap<string, Stored<FlagDocument> | undefined>;
  readonly after: ReadonlyMap<string, Stored<FlagDocument>>;
  /** In the order of their files. */
  readonly deleted: readonly string[];
  readonly added: readonly string[];
  readonly ledger: LedgerChange;
  readonly history: KeyHistory;
  /** The file of a key in the result; undefined where it is in none. */
  fileOf(key: string): string | undefined;
}

/** What becomes of the ledger. */
export interface LedgerChange {
  readonly file: string;
  readonly before: readonly RetiredEntry[];
  readonly after: readonly RetiredEntry[];
  readonly isDeleted: boolean;
  /** Whether the entries of the base are all there, as they were and where they were. */
  readonly isAppendOnly: boolean;
  /** Keys of entries that are new. */
  readonly added: readonly string[];
}

/** The change; undefined where the result does not load. */
export function keyChangeOf({ base, result, files, history }: JudgedChange): KeyChange | undefined {
  const { loaded } = result;
  if (loaded === undefined) return undefined;
  const after = loaded.ruleset.documents.flags;
  const before = base.loaded?.ruleset.documents.flags ?? liveAt(history);
  const paths = pathsOf(loaded);
  return {
    before,
    after,
    deleted: [...before.keys()].filter((key) => !after.has(key)),
    added: [...after.keys()].filter((key) => !before.has(key)),
    ledger: ledgerChangeOf(base.loaded?.ruleset.documents.retired ?? history.ledger, loaded, files),
    history,
    fileOf: (key) => paths.get(key),
  };
}

/**
 * Whether the ledger only gains entries, at its end, and each for a flag that this same change deletes: that much has
 * the flag's own tier. False where the ledger gains nothing, and where the result does not load.
 */
export function isRetirement(change: JudgedChange): boolean {
  const keys = keyChangeOf(change);
  if (keys === undefined) return false;
  const { added, isAppendOnly } = keys.ledger;
  const deleted = new Set(keys.deleted);
  return isAppendOnly && added.length > 0 && added.every((key) => deleted.has(key));
}

/**
 * Whether the rules ask the history at all: most changes neither add nor delete a flag, and then {@link NO_HISTORY} gives
 * the same findings.
 */
export function needsKeyHistory(change: Omit<JudgedChange, 'history'>): boolean {
  const keys = keyChangeOf({ ...change, history: NO_HISTORY });
  if (keys === undefined) return false;
  const { deleted, added, ledger } = keys;
  return change.base.loaded === undefined || deleted.length + added.length + ledger.added.length > 0;
}

/** For a change that {@link needsKeyHistory} none. */
export const NO_HISTORY: KeyHistory = keyHistoryOf(new Map(), []);

function ledgerChangeOf(
  before: readonly RetiredEntry[],
  { root, ruleset }: LoadedRepository,
  files: readonly ChangedFile[],
): LedgerChange {
  const after = ruleset.documents.retired;
  const file = root === '' ? 'retired.yaml' : `${root}/retired.yaml`;
  const isDeleted = files.some(({ path, status }) => path === file && status === 'deleted');
  const known = new Set(before.map(({ key }) => key));
  return {
    file,
    before,
    after,
    isDeleted,
    isAppendOnly: !isDeleted && before.every((entry, index) => isSameEntry(entry, after[index])),
    added: after.map(({ key }) => key).filter((key) => !known.has(key)),
  };
}

/** Whether two entries of the ledger say the same. */
export function isSameEntry(one: RetiredEntry, other: RetiredEntry | undefined): boolean {
  return one.key === other?.key && one.retiredAt === other.retiredAt && one.reason === other.reason;
}

function liveAt({ records }: KeyHistory): ReadonlyMap<string, undefined> {
  return new Map([...records.values()].filter(({ isLive }) => isLive).map(({ key }) => [key, undefined]));
}

function pathsOf({ files }: LoadedRepository): ReadonlyMap<string, string> {
  return new Map([...files.values()].flatMap(({ place, path }) => (place.kind === 'flag' ? [[place.name, path]] : [])));
}
