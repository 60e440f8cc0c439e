/** Freezes: while one lasts, nothing but a proved reduction moves anybody. */
import { parseInstant, type PolicyDocument } from '../../../provider/engine/index.js';
import type { FlagChange } from '../../change/change.js';
import type { Finding } from '../finding.js';
import { formatInstant } from './instant-text.js';

/**
 * Refuses, in a freeze, each flag that somebody may get otherwise than before or reduced.
 * @param policy the base's, so that a change can't move the freeze that it falls under
 */
export function checkFreezes(flags: readonly FlagChange[], policy: PolicyDocument, now: Date): readonly Finding[] {
  const freeze = lastingFreeze(policy, now);
  if (freeze === undefined) return [];
  const until = formatInstant(new Date(parseInstant(freeze.until)));
  return flags.flatMap(({ key, status, effects }): readonly Finding[] => {
    const moved = effects.filter(({ direction }) => direction === 'other').map(({ environment }) => environment);
    if (moved.length === 0 && status !== 'removed') return [];
    const what =
      status === 'removed' ? 'takes the flag away' : `may give somebody in ${moved.join(' and ')} another value`;
    return [
      {
        code: 'freeze',
        severity: 'error',
        message:
          `a freeze lasts until ${until} (“${freeze.reason}”), and this change ${what}; ` +
          'in a freeze only a proved reduction is allowed',
        fix:
          `wait until ${until}; a kill or a step back passes at once, in a change of its own. ` +
          'A freeze is ended early by a change of `flags/policy.yaml` alone, merged before this one',
        key,
        ...(moved.length === 1 ? { environment: moved[0] } : {}),
      },
    ];
  });
}

/** Of the freezes that last at this moment, `from` included and `until` not, the one that ends last. */
function lastingFreeze({ freezes = [] }: PolicyDocument, now: Date) {
  return freezes
    .filter(({ from, until }) => !(now.getTime() < parseInstant(from)) && !(now.getTime() >= parseInstant(until)))
    .sort((a, b) => parseInstant(b.until) - parseInstant(a.until))[0];
}
