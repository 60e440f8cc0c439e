/** All attacks, in the order of their numbers; and those of the list that `check` never sees. */
import { approvalAttacks } from './approvals.js';
import type { Attack, MetElsewhere } from './attack.js';
import { fileAttacks } from './files.js';
import { keyAttacks } from './keys.js';
import { ownershipAttacks } from './ownership.js';
import { peopleAttacks } from './people.js';
import { reductionAttacks } from './reductions.js';
import { rolloutAttacks } from './rollouts.js';

/** The rows of the suite. */
export const attacks: readonly Attack[] = [
  ...ownershipAttacks,
  ...approvalAttacks,
  ...peopleAttacks,
  ...fileAttacks,
  ...keyAttacks,
  ...rolloutAttacks,
  ...reductionAttacks,
].toSorted((one, other) => one.number - other.number);

/** What the host, the workflows or the audit must meet. */
export const metElsewhere: readonly MetElsewhere[] = [
  {
    number: 18,
    name: 'A required job is skipped by a path filter or a condition, and skipped counts as passed',
    by: 'the workflows have neither, which a test of `.github/` asserts',
  },
  {
    number: 20,
    name: "A workflow with the base's rights runs the head's code",
    by: 'the head is fetched as objects and never checked out, which a test of `.github/` asserts',
  },
];
