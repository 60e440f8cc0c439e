/** Whether a commit of the main branch is what its record says, and was approved as its tier asks. */
import type { GitRepository } from '../../provider/repository/index.js';
import { counted } from '../approval/wording.js';
import type { MergeTimes } from '../control/past.js';
import { debtOfPush } from './direct-push.js';
import { evidenceFinding, type EvidenceFinding } from './evidence-finding.js';
import { measuredOf } from './impact.js';
import { judgeMerge, UNMEASURED, type Judgement } from './judgement.js';
import type { LineCommit } from './main-line.js';
import type { Notes } from './notes.js';
import type { EvidenceRecord } from './record.js';

/** Where commits are checked. */
interface CheckTerms {
  readonly repository: GitRepository;
  readonly root: string;
  readonly branch: string;
  readonly notes: Notes;
  /** The whole line from the oldest commit that a record may speak of, oldest first. */
  readonly line: readonly LineCommit[];
  readonly progress: (message: string) => void;
}

/** What two notes of one commit in two folders are. */
export const TWO_RECORDS = 'it has two records, the second of which hides the first';

/** Checks the commits of a line one after the other; what came at once is judged once. */
export class CommitChecks {
  readonly #places: ReadonlyMap<string, number>;
  readonly #judgements = new Map<string, Promise<Judgement>>();

  constructor(private readonly terms: CheckTerms) {
    this.#places = new Map(terms.line.map(({ id }, index) => [id, index]));
  }

  /** All that is wrong with a commit; nothing of what the chain tells already. @throws SyncError */
  async of(commit: LineCommit): Promise<readonly EvidenceFinding[]> {
    const note = await this.terms.notes.of(commit.id);
    if (this.terms.notes.doubled.has(commit.id)) {
      return [evidenceFinding('evidence-replaced', commit.id, TWO_RECORDS)];
    }
    if (note === undefined) {
      return [evidenceFinding('evidence-missing', commit.id, `it has no record (${subjectOf(commit)})`)];
    }
    if (typeof note === 'string') {
      return [evidenceFinding('evidence-invalid', commit.id, `its record cannot be read: ${note}`)];
    }
    const wrong = this.#wrongFacts(commit, note);
    if (wrong.length > 0) {
      return [evidenceFinding('evidence-wrong', commit.id, `its record does not fit it: ${wrong.join(', ')}`)];
    }
    // The first commit of all changes nothing that was there.
    if (note.change.base === null) return [];
    return note.change.part === note.change.parts ? this.#judge(commit, note) : [];
  }

  /** What a record says that git says otherwise. */
  #wrongFacts(
    { id, parents, tree }: LineCommit,
    { commit, parent, tree: said, change, ...record }: EvidenceRecord,
  ): readonly string[] {
    const { line, branch } = this.terms;
    const first = (this.#places.get(id) ?? -1) - change.part + 1;
    const parts = line.slice(Math.max(0, first), first + change.parts);
    const isRange =
      change.part <= change.parts &&
      first >= 0 &&
      parts.length === change.parts &&
      (parts[0]?.parents[0] ?? null) === change.base &&
      parts.at(-1)?.id === change.result;
    const { pullRequest } = record;
    return [
      ...(commit === id ? [] : ['another commit']),
      ...(parent === (parents[0] ?? null) ? [] : ['another parent']),
      ...(tree === said ? [] : ['another tree']),
      ...(record.branch === branch ? [] : ['another branch']),
      ...(isRange && (pullRequest !== null || change.parts === 1) ? [] : ['other commits that came with it']),
      ...(pullRequest === null || pullRequest.merge?.commit === change.result
        ? []
        : ['a pull request merged as another commit']),
    ];
  }

  async #judge(commit: LineCommit, record: EvidenceRecord): Promise<readonly EvidenceFinding[]> {
    const { repository, root } = this.terms;
    const { base, parts } = record.change;
    const incomplete = await this.#strangers(record);
    if (incomplete.length > 0) return incomplete;
    const { verdict } = await this.#judgement(record);
    const errors = verdict.findings.filter(({ severity }) => severity === 'error');
    if (record.pullRequest === null) {
      const debt = await debtOfPush(commit.message, verdict, { repository, root, base: base ?? '' });
      if (debt !== null) return [owedFinding(commit.id, debt.owners)];
      const what = `it was pushed directly, without a pull request; its tier is ${verdict.tier} (${subjectOf(commit)})`;
      return [evidenceFinding('direct-push', commit.id, what)];
    }
    const about = `#${record.pullRequest.number}${parts > 1 ? ` (${counted(parts, 'commit')})` : ''}`;
    const unmeasured = verdict.findings.filter(({ code }) => UNMEASURED.includes(code));
    const said = [...errors, ...unmeasured].map((one): EvidenceFinding => {
      const { severity } = one;
      return { ...one, ...evidenceFinding(one.code, commit.id, `${about}: ${one.message}`, one.fix), severity };
    });
    if (verdict.outcome === 'passes' || errors.length > 0) return said;
    const [problem] = verdict.problems;
    return [
      ...said,
      evidenceFinding(
        'broken',
        commit.id,
        `${about}: the flags do not load: ${problem?.message ?? 'see flagctl validate'}`,
      ),
    ];
  }

  /** The other parts of a change must say that they are its parts. */
  async #strangers({ change, pullRequest }: EvidenceRecord): Promise<readonly EvidenceFinding[]> {
    const end = (this.#places.get(change.result) ?? 0) + 1;
    const findings: EvidenceFinding[] = [];
    for (const { id } of this.terms.line.slice(end - change.parts, end)) {
      const note = await this.terms.notes.of(id);
      const isPart =
        typeof note === 'object' &&
        note.change.result === change.result &&
        note.pullRequest?.number === pullRequest?.number;
      if (!isPart)
        findings.push(
          evidenceFinding('evidence-wrong', id, `its record does not say that it came with ${change.result}`),
        );
    }
    return findings;
  }

  #judgement({ change, pullRequest, recordedAt, mergeTimes: told, impact }: EvidenceRecord): Promise<Judgement> {
    const known = this.#judgements.get(change.result);
    if (known !== undefined) return known;
    const { repository, root, branch, progress } = this.terms;
    const judged = judgeMerge(
      { base: change.base ?? '', result: change.result, pullRequest: pullRequest ?? undefined },
      {
        repository,
        root,
        branch,
        progress,
        mergeTimes: this.#mergeTimes(told),
        measuredOf: (judged) => measuredOf(impact, judged),
        pushedAt: new Date(recordedAt),
      },
    );
    this.#judgements.set(change.result, judged);
    return judged;
  }

  /** As the host told the jobs that wrote the records; a commit's own record is the better witness. */
  #mergeTimes(told: EvidenceRecord['mergeTimes']): MergeTimes {
    return async (commit) => {
      const note = await this.terms.notes.of(commit);
      const own = typeof note === 'object' ? note.pullRequest?.merge?.at : undefined;
      const at = own ?? (Object.hasOwn(told, commit) ? told[commit] : undefined) ?? undefined;
      return at === undefined ? undefined : new Date(at);
    };
  }
}

function owedFinding(commit: string, owners: readonly (readonly string[])[]): EvidenceFinding {
  const whom = owners.map((lineUp) => lineUp.join(' or ')).join(', and of ');
  const finding = evidenceFinding(
    'review-owed',
    commit,
    `a kill by direct push, which the policy allows; it owes a review of ${whom}`,
  );
  return { ...finding, severity: 'notice', fix: 'flagctl audit shows whether it was given' };
}

const MAX_SUBJECT_LENGTH = 72;

function subjectOf({ message }: LineCommit): string {
  return JSON.stringify((message.split('\n')[0] ?? '').slice(0, MAX_SUBJECT_LENGTH));
}
