/** Walks the main branch and its records, and names every commit that cannot be proved to have been controlled. */
import { isAncestor, resolveRevision, SyncError, type LocalRepository } from '../../provider/repository/index.js';
import { judgeChain, readNoteChanges, type NoteChange } from './chain.js';
import { CommitChecks, TWO_RECORDS } from './commit-check.js';
import { evidenceFinding, type EvidenceFinding } from './evidence-finding.js';
import { readLine, type LineCommit } from './main-line.js';
import { Notes } from './notes.js';
import { EVIDENCE_REF } from './record.js';
import { checkSigners } from './signer-check.js';
import { readPoint, writePoint, type PointScope, type VerifiedPoint } from './verified-point.js';

/** What to verify. */
export interface VerifyRequest {
  readonly repository: LocalRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
  readonly branch: string;
  /** The main branch's newest commit; a full hash. */
  readonly tip: string;
  /** Begins behind it, and settles all that was before; left out: where the last verification ended. */
  readonly since?: string | undefined;
  /** The path of an allowed signers file; left out: signatures are not looked at. */
  readonly allowedSigners?: string | undefined;
  readonly requireSignatures: boolean;
  readonly progress: (message: string) => void;
}

/** What was found. */
export interface Verification {
  readonly branch: string;
  readonly tip: string;
  /** The commit behind which it began; null for the beginning of the branch. */
  readonly since: string | null;
  /** How many commits were looked at. */
  readonly commits: number;
  readonly findings: readonly EvidenceFinding[];
}

/** Where the walk begins, and what was found on the way there. */
interface Start {
  readonly since: string | undefined;
  readonly changes: readonly NoteChange[];
  /** The digest that the first of the changes follows. */
  readonly last: string | null;
  /** Changes before this one were settled. */
  readonly settled: number;
  readonly findings: readonly EvidenceFinding[];
}

/** Verifies; where nothing is wrong, the next time begins here. @throws SyncError */
export async function verifyEvidence(request: VerifyRequest): Promise<Verification> {
  const { repository, branch, tip } = request;
  const notesTip = await resolveRevision(repository, EVIDENCE_REF);
  const point = request.since === undefined ? await readPoint(repository, scopeOf(request)) : undefined;
  if (notesTip === undefined && point === undefined && request.since === undefined)
    throw new SyncError(NO_RECORDS, 'never');
  const start = await startOf(request, notesTip, point);
  const line = await readLine(repository, tip, start.since);
  const chain = judgeChain(start.changes, start.last);
  const notes = await Notes.at(repository, notesTip);
  const findings = [
    ...start.findings,
    ...chain.findings.filter(({ index }) => index >= start.settled).map(({ finding }) => finding),
    ...(await strayRecords(request, start, line)),
    ...doubledRecords(start, notes),
    ...(await checkLine(request, notes, line)),
  ];
  const isClean = findings.every(({ severity }) => severity !== 'error');
  if (isClean && notesTip !== undefined && chain.last !== null) {
    await writePoint(repository, scopeOf(request), { commit: tip, notes: notesTip, last: chain.last });
  }
  return { branch, tip, since: start.since ?? null, commits: line.length, findings: once(findings) };
}

function scopeOf({ branch, allowedSigners, requireSignatures }: VerifyRequest): PointScope {
  if (allowedSigners === undefined) return { branch, signatures: 'ignored' };
  return { branch, signatures: requireSignatures ? 'required' : 'checked' };
}

const NO_RECORDS =
  `there are no evidence records here; fetch them: git fetch origin ${EVIDENCE_REF}:${EVIDENCE_REF} ` +
  '(and write them after each merge, with flagctl audit record)';

async function startOf(
  request: VerifyRequest,
  notesTip: string | undefined,
  point: VerifiedPoint | undefined,
): Promise<Start> {
  const { repository, since } = request;
  const [newer, isOnLine] =
    point === undefined
      ? [undefined, true]
      : await Promise.all([readNoteChanges(repository, notesTip, point.notes), isStillThere(request, point.commit)]);
  if (point !== undefined && newer !== undefined && isOnLine) {
    return { since: point.commit, changes: newer, last: point.last, settled: 0, findings: [] };
  }
  const findings: EvidenceFinding[] = [];
  if (point !== undefined && newer === undefined) findings.push(rewritten(point));
  if (point !== undefined && !isOnLine) findings.push(await leftMain(request, point.commit));
  const changes = (await readNoteChanges(repository, notesTip, null)) ?? [];
  const settled =
    since === undefined ? 0 : changes.findIndex(({ kind, commit }) => kind === 'added' && commit === since) + 1;
  return { since: since ?? (await firstRecorded(request, changes)), changes, last: null, settled, findings };
}

/** Whether a commit is on the first-parent line of the main branch: as a mere ancestor it would be out of the walk. */
async function isStillThere({ repository, tip }: VerifyRequest, commit: string): Promise<boolean> {
  if (commit === tip) return true;
  if ((await resolveRevision(repository, commit)) !== commit) return false;
  return (await readLine(repository, tip, commit))[0]?.parents[0] === commit;
}

/** Behind which the records begin: the parent of the oldest commit of the line that has one. */
async function firstRecorded(
  { repository, tip }: VerifyRequest,
  changes: readonly NoteChange[],
): Promise<string | undefined> {
  const recorded = new Set(changes.map(({ commit }) => commit));
  const line = await readLine(repository, tip);
  const first = line.find(({ id }) => recorded.has(id)) ?? line.at(-1);
  return first?.parents[0];
}

function rewritten({ commit }: VerifiedPoint): EvidenceFinding {
  const what = 'the records that it was verified with are gone: the notes were rewritten or removed';
  return evidenceFinding('evidence-rewritten', commit, what);
}

async function leftMain({ repository, tip, branch }: VerifyRequest, commit: string): Promise<EvidenceFinding> {
  return (await isAncestor(repository, commit, tip)) === true
    ? evidenceFinding('left-main', commit, `it was verified on ${branch}, whose first-parent line has left it out`)
    : evidenceFinding('force-pushed', commit, `it was verified on ${branch}, which does not hold it any more`);
}

/** Records of commits that the main branch does not have (any more). */
async function strayRecords(
  { repository, tip, branch, since }: VerifyRequest,
  { changes, settled, since: start, findings }: Start,
  line: readonly LineCommit[],
): Promise<readonly EvidenceFinding[]> {
  const known = new Set(line.map(({ id }) => id));
  const added = changes
    .slice(settled)
    .flatMap(({ kind, commit }) => (kind === 'added' && commit !== undefined ? [commit] : []));
  const strange = added.filter((commit) => !known.has(commit));
  if (strange.length === 0) return [];
  const whole = start === undefined ? known : new Set((await readLine(repository, tip)).map(({ id }) => id));
  return strange
    .filter((commit) => !whole.has(commit) && commit !== since && findings.every((one) => one.commit !== commit))
    .map((commit) =>
      evidenceFinding('force-pushed', commit, `it has a record, and ${branch} does not hold it (any more)`),
    );
}

/** A second note of a commit in another folder would take the place of the first without changing it. */
function doubledRecords({ changes, settled }: Start, { doubled }: Notes): readonly EvidenceFinding[] {
  const commits = new Set(changes.slice(settled).map(({ commit }) => commit));
  return [...doubled]
    .filter((commit) => commits.has(commit))
    .map((commit) => evidenceFinding('evidence-replaced', commit, TWO_RECORDS));
}

async function checkLine(
  request: VerifyRequest,
  notes: Notes,
  line: readonly LineCommit[],
): Promise<readonly EvidenceFinding[]> {
  const { repository, allowedSigners, requireSignatures, progress } = request;
  await notes.load(line.map(({ id }) => id));
  const checks = new CommitChecks({ ...request, notes, line });
  const findings: EvidenceFinding[] = [];
  for (const [index, commit] of line.entries()) {
    progress(`verifying ${index + 1} of ${line.length} commits`);
    findings.push(...(await checks.of(commit)));
    const record = await notes.of(commit.id);
    if (allowedSigners === undefined || typeof record !== 'object') continue;
    if (record.commit !== commit.id || record.change.part !== record.change.parts) continue;
    findings.push(...(await checkSigners(record, { repository, allowedSigners, isRequired: requireSignatures })));
  }
  return findings;
}

/** The chain and the walk may both name what is wrong with one record. */
function once(findings: readonly EvidenceFinding[]): readonly EvidenceFinding[] {
  return [
    ...new Map(findings.map((finding) => [`${finding.code} ${finding.commit} ${finding.message}`, finding])).values(),
  ];
}
