/** What the schema can't say of the policy: patterns that work, freezes that end after they begin, floors, thresholds. */
import { parseInstant, type PolicyDocument } from '../../engine/index.js';
import { patternFault } from '../codeowners-pattern.js';
import { backticked } from '../excerpt.js';
import { wholeKeyPattern } from '../layout.js';
import { checkBlastRadius } from './blast-radius.js';
import { checkPattern, type Finding } from './condition.js';
import { unknownName } from './unknown-name.js';

/** Checks a policy that the schema has admitted. */
export function checkPolicy(policy: PolicyDocument): readonly Finding[] {
  const { naming, freezes = [], protected: paths = [] } = policy;
  return [
    ...(naming === undefined ? [] : checkNaming(naming.pattern)),
    ...checkFreezes(freezes),
    ...checkFloors(policy),
    ...checkBlastRadius(policy),
    ...paths.flatMap((pattern, index) => checkPathPattern(pattern, ['protected', index])),
  ];
}

function checkFloors({ floors = [], teams }: PolicyDocument): readonly Finding[] {
  return floors.flatMap(({ path, team }, index): readonly Finding[] => {
    const pointer = ['floors', index];
    if ((path === undefined) === (team === undefined)) {
      return [
        {
          code: 'invalid-value',
          pointer,
          message: 'a floor holds for a path or for a team',
          found: path === undefined ? 'neither' : 'both',
          expected: 'exactly one of `path` and `team`',
          fix: path === undefined ? 'add one of them' : 'make two floors of it',
        },
      ];
    }
    if (path !== undefined) return checkPathPattern(path, [...pointer, 'path']);
    if (team === undefined || Object.hasOwn(teams, team)) return [];
    return [{ code: 'unknown-team', pointer: [...pointer, 'team'], ...unknownName('team', team, Object.keys(teams)) }];
  });
}

function checkPathPattern(pattern: string, pointer: readonly (string | number)[]): readonly Finding[] {
  const fault = patternFault(pattern);
  if (fault === undefined) return [];
  const found = backticked(pattern);
  return [{ code: 'pattern-invalid', pointer, found, expected: 'a pattern of CODEOWNERS', ...fault }];
}

function checkNaming(pattern: string): readonly Finding[] {
  const pointer = ['naming', 'pattern'];
  const fix = 'write a pattern of whole keys, such as "[a-z0-9-]+(\\\\.[a-z0-9-]+)*"';
  const alone = checkPattern(pattern, pointer, fix);
  // An open `\Q` compiles alone, but not as a part of a larger pattern.
  return alone.length > 0 ? alone : checkPattern(wholeKeyPattern(pattern), pointer, fix);
}

function checkFreezes(freezes: NonNullable<PolicyDocument['freezes']>): readonly Finding[] {
  return freezes.flatMap(({ from, until }, index) => {
    if (parseInstant(from) < parseInstant(until)) return [];
    return [
      {
        code: 'out-of-range' as const,
        pointer: ['freezes', index, 'until'],
        message: 'this freeze does not end after it begins',
        found: `${until}, and \`from: ${from}\``,
        expected: 'a moment later than `from`',
        fix: 'correct one of the two; a bare date is its midnight in UTC',
      },
    ];
  });
}
