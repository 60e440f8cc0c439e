/** Whether a file belongs to a team that exists and is active. */
import type { UnplacedProblem } from '../problem.js';
import type { CheckedRepository } from './checked-repository.js';
import { oneOf, unknownName } from './unknown-name.js';

/** Checks the `owner` of a file against the teams of the policy; nothing where that can't be read. */
export function checkOwner(
  { documents: { policy } }: CheckedRepository,
  owner: string,
  file: string,
): readonly UnplacedProblem[] {
  if (policy === undefined) return [];
  const team = Object.hasOwn(policy.teams, owner) ? policy.teams[owner] : undefined;
  const active = Object.keys(policy.teams).filter((name) => policy.teams[name]?.active !== false);
  const place = { file, pointer: ['owner'] };
  if (team === undefined) return [{ code: 'unknown-team', ...place, ...unknownName('team', owner, active) }];
  if (team.active !== false) return [];
  return [
    {
      code: 'team-inactive',
      ...place,
      message: `the team \`${owner}\` is no longer active`,
      found: `\`${owner}\`, with \`active: false\` in the policy`,
      expected: active.length === 0 ? 'an active team; there is none yet' : oneOf(active),
      fix: 'name the team that has taken over, here and in CODEOWNERS',
    },
  ];
}
