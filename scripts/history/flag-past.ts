/** How flags were on main's first-parent history, one state for each commit that changed a flag's file. */
import type { FlagDocument } from '../../provider/engine/index.js';
import {
  MAX_FILE_BYTES,
  readDocument,
  readHistory,
  visitBlobs,
  type GitRepository,
} from '../../provider/repository/index.js';

/** A flag as one commit left it. */
export interface PastState {
  readonly commit: string;
  /**
   * When: the committer's date, or that of an older commit where that is later, since a commit is not older than what
   * it stands on. A host dates what it merges by its own clock; whoever pushes past it writes what he likes.
   */
  readonly at: Date;
  /** Undefined where the commit left no such file, or one that could not be read as a flag. */
  readonly flag: FlagDocument | undefined;
}

/** The states of some flags, by key, the newest first. */
export type FlagPast = ReadonlyMap<string, readonly PastState[]>;

/** What to read. */
export interface PastRequest {
  /** The newest commit; a full hash. */
  readonly until: string;
  /** Paths of flag files, by the key of the flag. */
  readonly paths: ReadonlyMap<string, string>;
}

interface Version {
  readonly key: string;
  readonly path: string;
  readonly commit: string;
  readonly at: Date;
  readonly blob: string | undefined;
}

/** Reads the past of flags. @throws SyncError when the history is cut or can't be read */
export async function readFlagPast(repository: GitRepository, { until, paths }: PastRequest): Promise<FlagPast> {
  const past = new Map<string, PastState[]>([...paths.keys()].map((key) => [key, []]));
  if (paths.size === 0) return past;
  const versions = await versionsOf(repository, until, paths);
  const flags = await flagsOf(repository, versions);
  for (const { key, commit, at, blob } of versions) {
    past.get(key)?.push({ commit, at, flag: blob === undefined ? undefined : flags.get(blob) });
  }
  return past;
}

async function versionsOf(
  repository: GitRepository,
  until: string,
  paths: ReadonlyMap<string, string>,
): Promise<readonly Version[]> {
  const keys = new Map([...paths].map(([key, path]) => [path, key]));
  const versions: Version[] = [];
  for await (const { id, committer, files } of readHistory(repository, { until, paths: [...keys.keys()] })) {
    for (const { path, after } of files) {
      const key = keys.get(path);
      if (key === undefined) continue;
      const blob = after?.kind === 'file' ? after.id : undefined;
      versions.push({ key, path, commit: id, at: new Date(committer.date ?? 0), blob });
    }
  }
  let latest = 0;
  return versions
    .toReversed()
    .map((version) => {
      latest = Math.max(latest, version.at.getTime());
      return { ...version, at: new Date(latest) };
    })
    .toReversed();
}

async function flagsOf(
  repository: GitRepository,
  versions: readonly Version[],
): Promise<ReadonlyMap<string, FlagDocument>> {
  const byBlob = new Map(versions.flatMap((version) => (version.blob === undefined ? [] : [[version.blob, version]])));
  const flags = new Map<string, FlagDocument>();
  await visitBlobs(repository, new Set(byBlob.keys()), MAX_FILE_BYTES, (id, bytes) => {
    const { path, key } = byBlob.get(id) as Version;
    const file = readDocument({ path, id, kind: 'file' }, { kind: 'flag', name: key }, bytes);
    if (file.json !== undefined) flags.set(id, file.read() as unknown as FlagDocument);
  });
  return flags;
}
