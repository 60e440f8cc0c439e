/** What a change does to the users of each segment, and of each value of the attributes that were asked for. */
import { shareOf, type Universe } from './interval.js';
import type { Job } from '../replay/job.js';
import type { GroupImpact } from '../preview.js';
import { sumsAt, type Sums } from '../replay/sums.js';
import type { Tally } from '../replay/tally.js';

interface Group extends Pick<GroupImpact, 'by' | 'name' | 'value'> {
  readonly members: Sums;
  readonly changed: Sums;
}

interface RankedGroup extends Group {
  /** The lower end of the share of members who change. */
  readonly least: number;
}

/**
 * The groups that anybody is in; those first in which the largest share changes for sure: by the lower end of its interval,
 * since in a group of seven contexts any share may be seen.
 */
export function groupImpacts(
  job: Pick<Job, 'segments' | 'by'>,
  tally: Tally,
  environment: number,
  universe: Universe,
): readonly GroupImpact[] {
  const whole = sumsAt(tally.all, 0);
  return groupsOf(job, tally, environment)
    .filter(({ members }) => members.contexts > 0)
    .map((group) => ({ ...group, least: shareOf(group.changed, group.members, { ...universe, users: undefined }).low }))
    .sort(byLeastShare)
    .map(({ by, name, value, members, changed }) => {
      const share = shareOf(members, whole, universe);
      const users = universe.users === undefined ? undefined : share.share * universe.users;
      return {
        by,
        name,
        value,
        members: share,
        // How many members there are is an estimate, too: in users, they are a part of all users.
        changed: {
          ...shareOf(changed, members, { ...universe, users }),
          users: shareOf(changed, whole, universe).users,
        },
      };
    });
}

function groupsOf({ segments, by }: Pick<Job, 'segments' | 'by'>, tally: Tally, environment: number): Group[] {
  const environments = tally.changed.length / tally.all.length;
  return [
    ...segments.map((name, segment) => ({
      ...({ by: 'segment', name, value: undefined } as const),
      members: sumsAt(tally.members, segment),
      changed: sumsAt(tally.changedMembers, segment * environments + environment),
    })),
    ...by.flatMap((name, index) =>
      [...(tally.values[index]?.slots ?? [])].map(([value, slot]) => ({
        ...({ by: 'attribute', name, value } as const),
        members: sumsAt(tally.values[index]?.members ?? [], slot),
        changed: sumsAt(tally.values[index]?.changed ?? [], slot * environments + environment),
      })),
    ),
  ];
}

function byLeastShare(one: RankedGroup, other: RankedGroup): number {
  return (
    other.least - one.least ||
    other.changed.weight / other.members.weight - one.changed.weight / one.members.weight ||
    other.members.weight - one.members.weight ||
    (textOf(one) < textOf(other) ? -1 : 1)
  );
}

function textOf({ by, name, value }: Group): string {
  return JSON.stringify([by, name, value]);
}
