/** Records for whoever shows the history: what the record of a merge says of a commit, where it is whole. */
import type { RiskTier } from '../../provider/engine/index.js';
import { resolveRevision, type GitRepository } from '../../provider/repository/index.js';
import type { Impact } from './impact.js';
import { Notes } from './notes.js';
import { digestOf, EVIDENCE_REF } from './record.js';

/** What was recorded when a commit reached the main branch. */
export interface RecordedFacts {
  readonly pullRequest: number | undefined;
  /** Whose approvals counted. */
  readonly approvers: readonly string[];
  readonly tier: RiskTier | undefined;
  readonly reason: string | undefined;
  /** RFC 3339, by the host's clock; undefined for a direct push. */
  readonly mergedAt: string | undefined;
  /** Figures of its preview. */
  readonly impact: Impact | undefined;
}

/**
 * Reads the records of commits at once; a record that is not that commit's, or is not what its digest says, is left
 * out. Whether it was changed with its digest is for `flagctl audit verify` to say.
 * @param commits left out: all that have one. @throws SyncError
 */
export async function readFacts(
  repository: GitRepository,
  commits?: Iterable<string>,
): Promise<ReadonlyMap<string, RecordedFacts>> {
  const notes = await Notes.at(repository, await resolveRevision(repository, EVIDENCE_REF));
  const wanted = [...(commits ?? notes.commits)];
  await notes.load(wanted);
  const facts = new Map<string, RecordedFacts>();
  for (const commit of wanted) {
    const note = await notes.of(commit);
    if (typeof note !== 'object' || note.commit !== commit || digestOf(note) !== note.digest) continue;
    const { pullRequest, verdict } = note;
    facts.set(commit, {
      pullRequest: pullRequest?.number,
      approvers: verdict?.approvers ?? [],
      tier: verdict?.tier,
      reason: verdict?.reason ?? undefined,
      mergedAt: pullRequest?.merge?.at,
      impact: note.impact,
    });
  }
  return facts;
}
