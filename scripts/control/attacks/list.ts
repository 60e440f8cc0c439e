/** All attacks, in the order of their numbers; and those of the list that `check` never sees. */
import { alongAttacks } from './along.js';
import { approvalAttacks } from './approvals.js';
import type { Attack, MetElsewhere } from './attack.js';
import { besideAttacks } from './beside.js';
import { fileAttacks } from './files.js';
import { keyAttacks } from './keys.js';
import { ownershipAttacks } from './ownership.js';
import { peopleAttacks } from './people.js';
import { previewAttacks } from './previews.js';
import { reductionAttacks } from './reductions.js';
import { rolloutAttacks } from './rollouts.js';
import { seamAttacks } from './seams.js';
import { userAttacks } from './users.js';

/** The rows of the suite. */
export const attacks: readonly Attack[] = [
  ...ownershipAttacks,
  ...approvalAttacks,
  ...peopleAttacks,
  ...besideAttacks,
  ...fileAttacks,
  ...keyAttacks,
  ...rolloutAttacks,
  ...reductionAttacks,
  ...alongAttacks,
  ...seamAttacks,
  ...previewAttacks,
  ...userAttacks,
].toSorted((one, other) => one.number - other.number);

/** What the host, the workflows or the audit must meet. */
export const metElsewhere: readonly MetElsewhere[] = [
  {
    number: 18,
    name: 'A required job is skipped by a path filter or a condition, and skipped counts as passed',
    by: 'the workflows have neither, which a test of `.github/` asserts',
  },
  {
    number: 21,
    name: 'What another run hands over names a pull request that it is not',
    by: 'which pull request it is follows from the commit, in `.github/actions/check`',
  },
  {
    number: 22,
    name: 'A group of the merge queue holds several pull requests, and its name tells one',
    by: '`flagctl check --queue`: each is judged with the approvals of its own head, then the combination (`queue.test.ts`)',
  },
  {
    number: 35,
    name: 'Somebody pushes past all of it, or rewrites main',
    by: '`flagctl audit verify` names the commit; a provider holds back a main that was rewritten',
  },
  {
    number: 38,
    name: "A commit is dated back to when a key was valid, or signed with another person's key",
    by: "`flagctl audit verify` takes the host's time and compares the principal with the author",
  },
  {
    number: 20,
    name: "A workflow with the base's rights runs the head's code",
    by: 'the head is fetched as objects and never checked out, which a test of `.github/` asserts',
  },
];
