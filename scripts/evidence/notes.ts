/** Evidence notes as they lie in git: which commits have one, and what it says. */
import { visitBlobs, type GitRepository } from '../../provider/repository/index.js';
import { readGit } from './local-git.js';
import { MAX_RECORD_BYTES, parseRecord, type EvidenceRecord } from './record.js';

const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const ENTRY = /^(\d{6}) (\w+) ([0-9a-f]+)\t(.*)$/s;

/** A record, or why the note is none. */
export type ReadNote = EvidenceRecord | string;

/** The commit that a note of this path is about; undefined where it is none. */
export function commitOfPath(path: string): string | undefined {
  const commit = path.replaceAll('/', '');
  return HASH.test(commit) ? commit : undefined;
}

/** The notes of a revision of the notes, read when asked for. */
export class Notes {
  readonly #read = new Map<string, ReadNote>();

  private constructor(
    private readonly repository: GitRepository,
    private readonly blobs: ReadonlyMap<string, string>,
    /** Commits with two notes, in two folders: nobody can tell which one counts. */
    readonly doubled: ReadonlySet<string>,
  ) {}

  /** Lists them. @param tip a commit of the notes; undefined where there is none yet. @throws SyncError */
  static async at(repository: GitRepository, tip: string | undefined): Promise<Notes> {
    if (tip === undefined) return new Notes(repository, new Map(), new Set());
    const output = await readGit(repository, ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', tip]);
    const blobs = new Map<string, string>();
    const doubled = new Set<string>();
    for (const entry of output.toString('utf8').split('\0')) {
      const [, , type, id, path] = ENTRY.exec(entry) ?? [];
      const commit = path === undefined ? undefined : commitOfPath(path);
      if (commit === undefined || type !== 'blob' || id === undefined) continue;
      if (blobs.has(commit)) doubled.add(commit);
      blobs.set(commit, id);
    }
    return new Notes(repository, blobs, doubled);
  }

  /** Commits that have one. */
  get commits(): Iterable<string> {
    return this.blobs.keys();
  }

  /** Whether a commit has one. */
  has(commit: string): boolean {
    return this.blobs.has(commit);
  }

  /** Reads those of many commits at once. @throws SyncError */
  async load(commits: Iterable<string>): Promise<void> {
    const missing = [...commits].filter((commit) => this.blobs.has(commit) && !this.#read.has(commit));
    const byBlob = await readNotes(this.repository, new Set(missing.map((commit) => this.blobs.get(commit) ?? '')));
    for (const commit of missing) this.#read.set(commit, byBlob.get(this.blobs.get(commit) ?? '') ?? 'it is missing');
  }

  /** The note of a commit; undefined where it has none. @throws SyncError */
  async of(commit: string): Promise<ReadNote | undefined> {
    await this.load([commit]);
    return this.#read.get(commit);
  }
}

/** Reads notes by their blobs. @throws SyncError */
export async function readNotes(
  repository: GitRepository,
  blobs: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadNote>> {
  const notes = new Map<string, ReadNote>();
  await visitBlobs(repository, blobs, MAX_RECORD_BYTES, (id, bytes) => {
    notes.set(id, parseRecord(bytes));
  });
  return notes;
}
