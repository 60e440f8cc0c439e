/** The audit trail as `--format json` prints it: `schema/check/audit.schema.json`. */
import type { CommitPerson } from '../../provider/repository/index.js';
import { subjectOf } from './message.js';
import type { AuditEntry, AuditTrail } from './trail.js';

/** The whole trail, never cut. */
export function auditJson({ entries, ...trail }: AuditTrail): unknown {
  return { version: 1, ...trail, changes: entries.map(entryJson) };
}

function entryJson(entry: AuditEntry): unknown {
  const { commit, moment, review, effect, contributors, pullRequest, approvers, reason, tier, impact, reverts } = entry;
  const { commit: _, tier: tierByRules, ...rest } = effect;
  return {
    commit: commit.id,
    parents: commit.parents,
    subject: subjectOf(commit),
    at: instant(moment.at),
    until: instant(moment.until),
    timeSource: moment.source,
    author: personJson(commit.author),
    committer: personJson(commit.committer),
    contributors,
    pullRequest,
    approvers,
    reason,
    tier,
    tierByRules,
    impact,
    reverts,
    review: review && { ...review, due: instant(review.due) },
    ...rest,
  };
}

function personJson({ name, email, date }: CommitPerson): unknown {
  return { name, email, date };
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
