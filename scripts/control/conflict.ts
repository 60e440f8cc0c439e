/** The verdict on a change that cannot be merged: nobody knows what would be on main, so nothing of it is judged. */
import type { CheckRequest } from './check.js';
import type { Finding } from './finding.js';
import type { Verdict } from './verdict.js';

/** Enough to see where to begin. */
const MAX_NAMED = 10;

/** @param conflicts paths; git may name none */
export function conflictVerdict({ base, head }: CheckRequest, conflicts: readonly string[]): Verdict {
  return {
    outcome: 'refused',
    base,
    head,
    merged: undefined,
    tier: 'high',
    tierReasons: [{ tier: 'high', why: 'nobody knows what its merge would be' }],
    isReducing: false,
    notReducingBecause: ['it cannot be merged'],
    reason: undefined,
    approvals: { needed: undefined, judged: undefined },
    blastRadius: undefined,
    usersRaises: [],
    findings: [conflictFinding(conflicts)],
    problems: [],
    flags: [],
    flagTiers: new Map(),
  };
}

/** What is said of a head that cannot be merged. @param conflicts paths; git may name none */
export function conflictFinding(conflicts: readonly string[]): Finding {
  const named = conflicts.slice(0, MAX_NAMED).join(', ');
  const more = conflicts.length > MAX_NAMED ? ` and ${conflicts.length - MAX_NAMED} more` : '';
  const where = named === '' ? '' : `: ${named}${more}`;
  return {
    code: 'merge-conflict',
    severity: 'error',
    message: `the head cannot be merged into today's base without a person's decision${where}`,
    fix: 'merge or rebase onto the base, settle the conflict, and have the result reviewed',
    ...(conflicts[0] === undefined ? {} : { file: conflicts[0] }),
  };
}
