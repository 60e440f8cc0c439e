/** What the schema can't say of the policy: a pattern that compiles, freezes that end after they begin. */
import { parseInstant, type PolicyDocument } from '../../engine/index.js';
import { wholeKeyPattern } from '../layout.js';
import { checkPattern, type Finding } from './condition.js';

/** Checks a policy that the schema has admitted. */
export function checkPolicy({ naming, freezes = [] }: PolicyDocument): readonly Finding[] {
  return [...(naming === undefined ? [] : checkNaming(naming.pattern)), ...checkFreezes(freezes)];
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
