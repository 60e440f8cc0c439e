/** Whether the signatures of all commits that a change brought are those of their authors. */
import { resolveRevision, shown, type GitRepository } from '../../provider/repository/index.js';
import { evidenceFinding, type EvidenceFinding } from './evidence-finding.js';
import { commitsOf, type LineCommit } from './main-line.js';
import type { EvidenceRecord } from './record.js';
import { readSignature, type Signed } from './signature.js';

/** How signatures are checked. */
interface SignerTerms {
  readonly repository: GitRepository;
  /** The path of an allowed signers file, absolute. */
  readonly allowedSigners: string;
  /** Whether a commit without a signature is an error. */
  readonly isRequired: boolean;
}

/** Under these the hosts commit merges themselves. */
const HOST_EMAILS: ReadonlySet<string> = new Set(['noreply@github.com', 'noreply@gitlab.com']);

/** Checks what a change brought, by the host's time of its merge. @throws SyncError */
export async function checkSigners(record: EvidenceRecord, terms: SignerTerms): Promise<readonly EvidenceFinding[]> {
  const { change, pullRequest, recordedAt } = record;
  const head = pullRequest?.head.commit;
  const hasHead = head !== undefined && (await resolveRevision(terms.repository, head)) === head;
  const commits = await commitsOf(terms.repository, change.base, [change.result, ...(hasHead ? [head] : [])]);
  const at = new Date(pullRequest?.merge?.at ?? recordedAt);
  const findings: EvidenceFinding[] = [];
  for (const commit of commits) {
    const { id, authorEmail } = commit;
    const signed = await readSignature(terms.repository, { ...terms, commit: id, authorEmail, at });
    if (isOfHost(commit, signed, record)) continue;
    findings.push(...findingOf(commit, signed, { at, isRequired: terms.isRequired }));
  }
  return findings;
}

/** The host's own merge, which it signs in its own way. */
function isOfHost({ id, committerEmail }: LineCommit, { kind }: Signed, { pullRequest }: EvidenceRecord): boolean {
  const isPushed = pullRequest === null || pullRequest.commits.some((commit) => commit.id === id);
  return !isPushed && kind === 'other-format' && HOST_EMAILS.has(committerEmail.toLowerCase());
}

function findingOf(
  { id, authorEmail }: LineCommit,
  signed: Signed,
  { at, isRequired }: { readonly at: Date; readonly isRequired: boolean },
): readonly EvidenceFinding[] {
  const author = `<${shown(authorEmail)}>`;
  switch (signed.kind) {
    case 'author':
      return [];
    case 'none':
      return isRequired ? [evidenceFinding('signature-missing', id, `it is not signed; its author is ${author}`)] : [];
    case 'other-format':
      return isRequired
        ? [
            evidenceFinding(
              'signature-unknown',
              id,
              `its signature is none of SSH, so nobody can tell whose it is`,
              ASK,
            ),
          ]
        : [];
    case 'others': {
      const whose = signed.principals.map((principal) => shown(principal)).join(', ');
      return [
        evidenceFinding('signature-principal', id, `it is signed by ${whose}, but names ${author} as its author`, ASK),
      ];
    }
    case 'untrusted': {
      const what = `its signature is broken, or of a key that was nobody's when it was merged, at ${at.toISOString()}`;
      return [evidenceFinding('signature-untrusted', id, what, ASK)];
    }
  }
}

const ASK = 'ask its author whether it is theirs; the date in the commit proves nothing';
