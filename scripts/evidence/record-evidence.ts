/** Writes evidence records of what reached the main branch, each behind the other, while other jobs do the same. */
import type { Verdict } from '../control/verdict.js';
import type { Preview } from '../impact/preview.js';
import type { Clone } from '../emergency/clone.js';
import type { Remote } from '../emergency/remote.js';
import type { CodeHost } from '../host/code-host.js';
import type { Clock } from '../host/transport/clock.js';
import { SyncError } from '../../provider/repository/index.js';
import { bodyOf } from './body.js';
import { lastDigest } from './chain.js';
import { evidenceFinding, type EvidenceFinding } from './evidence-finding.js';
import { judgeMerge, type Judgement } from './judgement.js';
import { readLine, type LineCommit } from './main-line.js';
import { Sources, type Arrival } from './merges.js';
import { Notes } from './notes.js';
import { measuredBy, unusedPreviews } from './previews.js';
import { parseRecord, recordText, sealed, type EvidenceBody, type EvidenceRecord } from './record.js';
import { EvidenceStore, type NewNote } from './store.js';

/** What to record. */
export interface RecordRequest {
  readonly clone: Clone;
  /** Where the records go. */
  readonly remote: Pick<Remote, 'name' | 'branch' | 'fetchTip'>;
  readonly host: Pick<CodeHost, 'pullRequestsOf' | 'readPullRequest' | 'mergeTimeOf'>;
  /** Records what came after it; left out: after the newest commit that has a record, or else the newest push alone. */
  readonly since?: string | undefined;
  /** Each counts for the change that leads from its base to the tree that it merged. */
  readonly previews?: readonly Preview[] | undefined;
  readonly now: () => Date;
  readonly clock: Clock;
  readonly progress: (message: string) => void;
}

/** A record that was written, with what a notification tells of it. */
export interface Recorded {
  readonly record: EvidenceRecord;
  readonly verdict: Verdict | undefined;
}

/** What was done. */
export interface RecordOutcome {
  readonly recorded: readonly Recorded[];
  /** Commits that had a record already, which is never overwritten. */
  readonly kept: readonly string[];
  readonly findings: readonly EvidenceFinding[];
}

/** GitHub rebases no more than a hundred commits of a pull request. */
const MAX_FIRST_PUSH = 100;

/** As many jobs at once as nobody runs; each round one of them gets through. */
const MAX_ATTEMPTS = 20;
const MAX_PAUSE_MS = 2_000;

interface Drafted extends Omit<Recorded, 'record'> {
  readonly body: EvidenceBody;
  readonly head: string | undefined;
}

/** Records all commits that have no record yet. @throws SyncError, HostError */
export async function recordEvidence(request: RecordRequest): Promise<RecordOutcome> {
  const { clone, remote, progress } = request;
  const store = new EvidenceStore(clone, remote.name);
  try {
    progress('fetching the main branch and the records');
    const tip = await remote.fetchTip();
    const notes = await Notes.at(clone.repository, await store.fetchTip());
    const line = await readLine(clone.repository, tip);
    const range = rangeOf(line, notes, request.since);
    const arrivals = await new Sources(request.host, remote.branch).of(range);
    const isFirst = request.since === undefined && !line.some(({ id }) => notes.has(id));
    // Of a main branch without any record, only what came at once with the tip.
    const fresh = isFirst ? arrivals.slice(-(arrivals.at(-1)?.change.parts ?? 0)) : arrivals;
    const open = fresh.filter(({ commit }) => !notes.has(commit.id));
    const drafted = await draft(request, store, open);
    const recorded = await append(request, store, drafted);
    const kept = fresh.map(({ commit }) => commit.id).filter((id) => notes.has(id));
    const findings = [...(await foreignRecords(notes, kept)), ...unusedPreviews(request.previews ?? [], fresh)];
    return { recorded, kept, findings };
  } finally {
    await store.release();
  }
}

function rangeOf(line: readonly LineCommit[], notes: Notes, since: string | undefined): readonly LineCommit[] {
  if (since === undefined) {
    const newestRecorded = line.findLastIndex(({ id }) => notes.has(id));
    return newestRecorded === -1 ? line.slice(-MAX_FIRST_PUSH) : line.slice(newestRecorded + 1);
  }
  const start = line.findIndex(({ id }) => id === since);
  if (start === -1) throw new SyncError(`${since} is not on the main branch, so nothing came after it`, 'never');
  return line.slice(start + 1);
}

/** Gathers what is to be recorded; each change is judged once. */
async function draft(
  request: RecordRequest,
  store: EvidenceStore,
  arrivals: readonly Arrival[],
): Promise<readonly Drafted[]> {
  const { clone, remote, progress } = request;
  const judgements = new Map<string, Judgement | undefined>();
  const drafted: Drafted[] = [];
  for (const arrival of arrivals) {
    const { change, pullRequest, commit } = arrival;
    progress(`judging ${commit.id}`);
    const head = pullRequest?.head.commit;
    const isHere =
      head !== undefined && (await store.fetchHead(pullRequest?.host ?? 'github', pullRequest?.number ?? 0, head));
    if (!judgements.has(change.result)) judgements.set(change.result, await judge(request, arrival));
    const judgement = judgements.get(change.result);
    const terms = { repository: clone.repository, root: clone.path, branch: remote.branch, now: request.now() };
    const body = await bodyOf(arrival, judgement, terms);
    drafted.push({
      body,
      verdict: judgement?.verdict,
      head: isHere ? head : undefined,
    });
  }
  return drafted;
}

async function judge(request: RecordRequest, { change, pullRequest }: Arrival): Promise<Judgement | undefined> {
  const { clone, remote, host, previews = [], now, progress } = request;
  const { base, result } = change;
  if (base === null) return undefined;
  return judgeMerge(
    { base, result, pullRequest },
    {
      repository: clone.repository,
      root: clone.path,
      branch: remote.branch,
      read: pullRequest && ((owners) => host.readPullRequest(pullRequest.number, owners)),
      mergeTimes: (commit) => host.mergeTimeOf(commit),
      measuredOf: (judged) => measuredBy(previews, judged),
      pushedAt: now(),
      progress,
    },
  );
}

/** Puts the records behind what is there now, as often as another job comes first. */
async function append(
  request: RecordRequest,
  store: EvidenceStore,
  drafted: readonly Drafted[],
): Promise<readonly Recorded[]> {
  const { clone, clock, progress, now } = request;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const tip = await store.fetchTip();
    const notes = await Notes.at(clone.repository, tip);
    const open = drafted.filter(({ body }) => !notes.has(body.commit));
    if (open.length === 0) return [];
    progress(`writing ${open.length} records`);
    let previous = await lastDigest(clone.repository, tip);
    const recorded = open.map(({ body, verdict }) => {
      const record = sealed(body, previous);
      requireReadable(record);
      previous = record.digest;
      return { record, verdict };
    });
    const texts = recorded.map(({ record }, index): NewNote => {
      return { commit: record.commit, text: recordText(record), head: open[index]?.head };
    });
    if (await store.push(await store.write(tip, texts, now()))) return recorded;
    // Apart from one another, so that the same two do not meet again.
    await clock.sleep(Math.random() * Math.min(MAX_PAUSE_MS, 100 * 2 ** attempt));
  }
  throw new SyncError(`other jobs were faster ${MAX_ATTEMPTS} times; run this again`, 'later');
}

/** What nobody could read later must not be written: it could never be mended. */
function requireReadable(record: EvidenceRecord): void {
  const read = parseRecord(Buffer.from(recordText(record)));
  if (typeof read === 'string')
    throw new SyncError(`the record of ${record.commit} cannot be written: ${read}`, 'never');
}

/** A note that is there already and no record of its commit is left alone, and named. */
async function foreignRecords(notes: Notes, commits: readonly string[]): Promise<readonly EvidenceFinding[]> {
  await notes.load(commits);
  const findings: EvidenceFinding[] = [];
  for (const commit of commits) {
    const note = await notes.of(commit);
    const isOwn = typeof note === 'object' && note.commit === commit;
    if (!isOwn) findings.push(evidenceFinding('evidence-invalid', commit, 'it has a note that is not its record'));
  }
  return findings;
}
