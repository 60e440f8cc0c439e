/** What is said of owners who did not approve: whom to ask for what, or what they owe afterwards. */
import type { Finding } from '../control/finding.js';
import type { GroupCoverage, OwnerGroup } from './coverage.js';
import { joined, listed, shortHash, shown } from './wording.js';

/** A review that owners owe after the merge. */
export interface ApprovalDebt {
  /** Of whom one suffices. */
  readonly owners: readonly string[];
  readonly files: readonly string[];
  /** `a review of commit abc… by @acme/payments, for flags/payments/a.yaml`. */
  readonly words: string;
}

/** What the findings about coverage are worded with. */
export interface CoverageWording {
  readonly head: string;
  /** Why approvals that were given do not count. */
  readonly hints: readonly string[];
}

/** Findings about groups that nobody covers, and warnings about owners that are of no use. */
export function coverageFindings(coverage: GroupCoverage, wording: CoverageWording, isOwed: boolean): Finding[] {
  const { owners, files, coveredBy } = coverage;
  if (owners.length === 0) return files.map((path) => ownerlessFinding(path, 'before or after the change'));
  const isRefused = coveredBy.length === 0 && !isOwed;
  const findings = ownerFindings(coverage, isRefused ? 'error' : 'warning');
  if (isRefused) findings.push(missingFinding(coverage, wording));
  return findings;
}

/** The debt of a group that nobody covers. */
export function debtOf({ owners, files }: OwnerGroup, head: string): ApprovalDebt {
  const words = `a review of commit ${shortHash(head)} by ${listed(owners, 'or')}, for ${listed(files)}`;
  return { owners, files, words };
}

/** The finding about a file that nobody owns; `where` says on which side, and why. */
export function ownerlessFinding(path: string, where: string): Finding {
  const message = `nobody owns ${shown(path)}, so nobody can approve the change: ${where}`;
  const fix = 'give it an owner in CODEOWNERS first, in a pull request of its own';
  return { code: 'file-without-owner', severity: 'error', message, fix, file: path };
}

function ownerFindings({ ownerStates, files }: GroupCoverage, severity: Finding['severity']): Finding[] {
  const findings: Finding[] = [];
  for (const { handle, state } of ownerStates) {
    if (state === 'able') continue;
    const [owner, file] = [listed([handle]), files[0]];
    if (state === 'unreadable') {
      const message = `the members of ${owner}, who owns ${listed(files)}, cannot be read: no such owner, or no permission`;
      const fix = `see that ${owner} exists and that the token may read its members, or give the files to another owner`;
      findings.push({ code: 'owner-unreadable', severity, message, fix, file });
    } else {
      const message = `nobody of ${owner}, who owns ${listed(files)}, has write access: their approval would not count`;
      const fix = `give ${owner} write access, or give the files to another owner`;
      findings.push({ code: 'owner-without-write-access', severity, message, fix, file });
    }
  }
  return findings;
}

function missingFinding(coverage: GroupCoverage, { head, hints }: CoverageWording): Finding {
  const { owners, files, why, candidates, outsiders, ownerStates } = coverage;
  const message =
    `no approval that counts is of ${listed(owners, 'or')}, who owns ${listed(files)} (${why})` +
    (outsiders.length === 0 ? '' : `, and ${listed(outsiders)}, who made the change, cannot speak for it`);
  const asked = candidates.length === 0 ? '' : ` (${listed(candidates, 'or')})`;
  const ask = `ask ${listed(owners, 'or')}${asked} for an approval of commit ${shortHash(head)}`;
  const isExhausted = candidates.length === 0 && ownerStates.every(({ state }) => state === 'able');
  const alone = 'everybody there who may approve worked on this change, so somebody must join first';
  const words = [isExhausted ? `${ask}: ${alone}` : ask, ...hintWords(hints)];
  return { code: 'coverage-missing', severity: 'error', message, fix: words.join('; '), file: files[0] };
}

/** Hints at approvals that do not count, as one part of a sentence. */
export function hintWords(hints: readonly string[]): readonly string[] {
  return hints.length === 0 ? [] : [`not counted: ${joined(hints)}`];
}
