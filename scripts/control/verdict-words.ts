/** What of a verdict is said wherever it is shown: its parts, in the order in which a reviewer asks. */
import { widestOf } from '../change/exposure.js';
import { counted, type Emphasis } from '../report.js';
import { approvalLines } from './approval-lines.js';
import { usersWord } from '../impact/rendering/figures.js';
import { shareWord } from '../impact/rendering/headline.js';
import type { Finding } from './finding.js';
import { isEstimate } from './measured.js';
import type { Verdict } from './verdict.js';

/** What was judged: one change, or a merge queue's group of pull requests. */
export type Subject = 'change' | 'group';

/** A part of the summary. */
export interface NeedLine {
  readonly name: 'tier' | 'users' | 'direction' | 'reason' | 'approvals';
  /** At least one. */
  readonly lines: readonly string[];
  /** Of the first line, on a terminal. */
  readonly emphasis?: Emphasis;
}

/** More reasons say no more than these; `--json` has all. */
const MAX_REASONS = 4;

const OWN_APPROVALS = 'of each pull request, at its own head';

const ORDER: readonly Finding['severity'][] = ['error', 'warning', 'notice'];

/** Errors first. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}

/** The last word: `open` where its approvals were not judged. */
export function conclusionOf(
  verdict: Verdict,
  subject: Subject,
): { readonly kind: 'refused' | 'open' | 'passes'; readonly text: string } {
  const { outcome, approvals, findings, problems } = verdict;
  const errors = [...findings, ...problems].filter(({ severity }) => severity === 'error').length;
  if (outcome === 'refused') return { kind: 'refused', text: `Refused: ${counted(errors, 'error')}` };
  if (subject === 'group') return { kind: 'passes', text: 'The group may be merged' };
  if (isNothing(verdict)) return { kind: 'passes', text: 'The head has nothing that the base does not have' };
  if (approvals.judged === undefined)
    return { kind: 'open', text: 'Passes the rules; its approvals are judged with its pull request' };
  const isOwed = approvals.judged.debts.length > 0;
  return { kind: 'passes', text: isOwed ? 'May be merged; a review is owed afterwards' : 'May be merged' };
}

/** Whether no file changes. */
export function isNothing({ flags, approvals, findings }: Verdict): boolean {
  return flags.length === 0 && findings.length === 0 && approvals.needed?.owners.length === 0;
}

/** Tier, direction, reason and approvals, as far as they are known. */
export function needLines(verdict: Verdict, subject: Subject): readonly NeedLine[] {
  const { tier, tierReasons, reason, approvals } = verdict;
  if (isNothing(verdict) && approvals.judged === undefined) return [];
  const whys = tierReasons.slice(0, MAX_REASONS).map(({ why }) => why);
  const rest = tierReasons.length - whys.length;
  const more = rest > 0 ? [`and ${counted(rest, 'more reason')}`] : [];
  const parts: readonly NeedLine[] = [
    { name: 'tier', lines: [tier, ...whys, ...more], ...(tier === 'high' && { emphasis: 'warning' }) },
    { name: 'users', lines: usersLines(verdict) },
    ...(approvals.needed === undefined ? [] : [directionLine(verdict)]),
    { name: 'reason', lines: reason === undefined ? [] : [reason] },
    { name: 'approvals', lines: subject === 'group' ? [OWN_APPROVALS] : approvalLines(approvals) },
  ];
  return parts.filter(({ lines }) => lines.length > 0);
}

/** The short form of the preview: a line for each environment. */
function usersLines({ blastRadius }: Verdict): readonly string[] {
  if (blastRadius === undefined) return [];
  const { population, environments } = blastRadius;
  if (isEstimate(blastRadius)) return ['nobody knows how many: the preview is an estimate from the rules alone'];
  if (environments.length === 0) return ['it is proved that nobody gets something else'];
  const isMadeUp = (population?.keys.synthetic ?? 0) > 0;
  return environments.flatMap(({ environment, changed }) => {
    if (changed === undefined) return [];
    const count = changed.users === undefined ? '' : `, ${usersWord(changed.users.count)} users`;
    return [`${environment} ${shareWord(changed)}${count}${isMadeUp ? ' of a made-up population' : ''}`];
  });
}

function directionLine(verdict: Verdict): NeedLine {
  const { isReducing, notReducingBecause: because } = verdict;
  if (isReducing) {
    const text = 'reducing: everybody keeps what they have, or gets the default';
    return { name: 'direction', lines: [text], emphasis: 'good' };
  }
  // Of a change that makes nothing narrower, nobody asks why it is no reduction.
  if (!isNarrower(verdict)) return { name: 'direction', lines: ['ordinary'] };
  const [first = '', ...others] = because;
  const more = others.length === 0 ? [] : [`and ${counted(others.length, 'more reason')}`];
  return { name: 'direction', lines: ['ordinary; it does not count as a reduction:', first, ...more] };
}

function isNarrower({ flags }: Verdict): boolean {
  return flags.some(({ effects }) =>
    effects.some(
      ({ direction, exposure }) => direction === 'reducing' || widestOf(exposure.after) < widestOf(exposure.before),
    ),
  );
}
