/** The chain of records: each notes commit adds one, each record names the digest of the one before, nothing is edited. */
import { readHistory, type FileChange, type GitRepository } from '../../provider/repository/index.js';
import { evidenceFinding, type EvidenceFinding } from './evidence-finding.js';
import { commitOfPath, readNotes, type ReadNote } from './notes.js';
import { digestOf, type EvidenceRecord } from './record.js';

/** What a notes commit did to one note. */
export interface NoteChange {
  /** Of the notes. */
  readonly notesCommit: string;
  /** The commit that the note is about; undefined for a file that is no note. */
  readonly commit: string | undefined;
  readonly kind: 'added' | 'replaced' | 'removed' | 'foreign';
  readonly note: ReadNote | undefined;
  /** Whether the notes commit does nothing else. */
  readonly isAlone: boolean;
}

/** What the chain comes to. */
interface ChainJudgement {
  /** In the order of the chain, each with the commit of its record. */
  readonly changes: readonly NoteChange[];
  readonly findings: readonly { readonly finding: EvidenceFinding; /** In `changes`. */ readonly index: number }[];
  /** The digest that the next record must name. */
  readonly last: string | null;
}

/**
 * What was done to notes since a commit of theirs, oldest first; undefined where that is not on their line, so that
 * they were rewritten.
 * @throws SyncError
 */
export async function readNoteChanges(
  repository: GitRepository,
  tip: string | undefined,
  since: string | null,
): Promise<readonly NoteChange[] | undefined> {
  if (tip === undefined) return since === null ? [] : undefined;
  const commits: { id: string; parent: string | undefined; notes: readonly Omit<ListedChange, 'isAlone'>[] }[] = [];
  for await (const { id, parents, files } of readHistory(repository, { until: tip, since: since ?? undefined })) {
    commits.push({ id, parent: parents[0], notes: [...changesOf(files)] });
  }
  commits.reverse();
  if (since !== null && tip !== since && commits[0]?.parent !== since) return undefined;
  const listed = commits.flatMap(({ id, notes }) =>
    notes.map((change) => ({ ...change, notesCommit: id, isAlone: notes.length === 1 })),
  );
  const read = await readNotes(repository, new Set(listed.flatMap(({ blob }) => blob ?? [])));
  return listed.map(({ blob, ...change }) => ({ ...change, note: blob === undefined ? undefined : read.get(blob) }));
}

interface ListedChange {
  readonly commit: string | undefined;
  readonly kind: NoteChange['kind'];
  readonly blob: string | undefined;
  readonly isAlone: boolean;
}

/** Notes move to other folders as they become many: what counts is the commit that the whole path spells. */
function* changesOf(files: readonly FileChange[]): Generator<Omit<ListedChange, 'isAlone'>> {
  const notes = new Map<string, { before?: string; after?: string }>();
  for (const { path, before, after } of files) {
    const commit = commitOfPath(path);
    const isNote = commit !== undefined && (before ?? after)?.kind === 'file' && (after ?? before)?.kind === 'file';
    if (!isNote) {
      yield { commit, kind: 'foreign', blob: undefined };
      continue;
    }
    const note = notes.get(commit) ?? {};
    if (before !== undefined) note.before = before.id;
    if (after !== undefined) note.after = after.id;
    notes.set(commit, note);
  }
  for (const [commit, { before, after }] of notes) {
    if (before === after) continue;
    const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'replaced';
    yield { commit, kind, blob: after };
  }
}

/** The digest that the next record must name: that of the newest link of the chain. @throws SyncError */
export async function lastDigest(repository: GitRepository, tip: string | undefined): Promise<string | null> {
  if (tip === undefined) return null;
  for await (const { files } of readHistory(repository, { until: tip })) {
    const listed = [...changesOf(files)].filter(({ kind }) => kind === 'added');
    const read = await readNotes(repository, new Set(listed.flatMap(({ blob }) => blob ?? [])));
    const link = listed.map((change) => linkOf({ ...change, note: read.get(change.blob ?? '') })).findLast(Boolean);
    if (link !== undefined) return link.digest;
  }
  return null;
}

/** The record of a change that is a link of the chain: whole, at its own commit, and with the right digest. */
function linkOf({ kind, commit, note }: Pick<NoteChange, 'kind' | 'commit' | 'note'>): EvidenceRecord | undefined {
  if (kind !== 'added' || note === undefined || typeof note === 'string') return undefined;
  return note.commit === commit && digestOf(note) === note.digest ? note : undefined;
}

/** Judges changes, the first of which follows the record with the digest `last`. */
export function judgeChain(changes: readonly NoteChange[], last: string | null): ChainJudgement {
  const findings: { finding: EvidenceFinding; index: number }[] = [];
  const known = new Set<string | null>();
  let expected = last;
  for (const [index, change] of changes.entries()) {
    const record = linkOf(change);
    const found = record === undefined ? faultOf(change) : linkFault(record, change, expected, known);
    if (found !== undefined) findings.push({ finding: found, index });
    if (record === undefined) continue;
    known.add(record.previous);
    expected = record.digest;
  }
  return { changes, findings, last: expected };
}

function linkFault(
  { commit, previous }: EvidenceRecord,
  { isAlone }: NoteChange,
  expected: string | null,
  known: ReadonlySet<string | null>,
): EvidenceFinding | undefined {
  if (!isAlone) {
    return evidenceFinding('chain-broken', commit, 'its record was written together with other changes of the notes');
  }
  if (previous === expected) return undefined;
  return known.has(previous)
    ? evidenceFinding('chain-forked', commit, 'its record follows one that another record follows already')
    : evidenceFinding('chain-broken', commit, 'its record does not follow the one that was written before it');
}

function faultOf({ kind, commit, note, notesCommit }: NoteChange): EvidenceFinding {
  const about = commit ?? notesCommit;
  if (kind === 'foreign') return evidenceFinding('notes-foreign', about, 'among the records is a file that is none');
  if (kind === 'removed') return evidenceFinding('evidence-removed', about, 'its record was removed');
  if (kind === 'replaced')
    return evidenceFinding('evidence-replaced', about, 'its record was changed after it was written');
  if (typeof note !== 'object') return evidenceFinding('evidence-invalid', about, `its record cannot be read: ${note}`);
  if (note.commit !== commit) {
    return evidenceFinding('evidence-copied', about, `its record is that of another commit, ${note.commit}`);
  }
  return evidenceFinding('evidence-digest', about, 'its record is not what its digest says: it was edited');
}
