/** Whether a stage has lasted as long as its plan wants before the next. */
import { parseDuration, formatDuration } from '../time/duration.js';
import { formatInstant, shifted } from '../time/instant-text.js';
import type { Finding } from '../finding.js';
import type { StageSince } from './history.js';
import type { ServedPlan } from './served.js';

/** A finding without the flag that it is about. */
export type HoldFinding = Pick<Finding, 'code' | 'severity' | 'message' | 'fix'>;

/**
 * Judges leaving the stage at which the base's plan stands.
 * @param since undefined where no host is at hand; what it gives, where the host does not know
 */
export function checkHold(
  { document, index }: ServedPlan,
  since: (() => StageSince | undefined) | undefined,
  now: Date,
): readonly HoldFinding[] {
  const { name, hold } = document.stages[index] ?? {};
  if (name === undefined || hold === undefined || parseDuration(hold) === 0) return [];
  const stage = `stage \`${name}\` must hold \`${hold}\` before the next`;
  if (since === undefined) {
    return [
      {
        code: 'staged-hold-unjudged',
        severity: 'notice',
        message: `${stage}; that is judged in CI, by the host’s merge times`,
      },
    ];
  }
  const start = since();
  if (start?.source !== 'host') {
    return [
      {
        code: 'staged-hold-unknown',
        severity: 'error',
        message: `${stage}, and the host did not say when it was merged; the times in commits are their authors’ own`,
        fix: 'give `check` a token that may read the merged pull requests of this repository, and its whole history',
      },
    ];
  }
  const end = shifted(start.at, parseDuration(hold));
  if (now >= end) return [];
  const lasted = formatDuration(Math.max(0, now.getTime() - start.at.getTime()));
  return [
    {
      code: 'staged-hold',
      severity: 'error',
      message: `${stage}; it was merged at ${formatInstant(start.at)}, ${lasted} ago`,
      fix: `wait until ${formatInstant(end)}`,
    },
  ];
}
