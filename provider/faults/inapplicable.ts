/** The faults of the list that can't happen to this provider, each with the reason. */
import type { Inapplicable } from './fault.js';

const CONTROLLER =
  'Of a controller, which writes to the repository; the provider only reads, and takes what it finds there.';
const MEASURED = 'Of a rollout that is steered by measurements. The provider measures nothing, and steps nothing.';

export const inapplicable: readonly Inapplicable[] = [
  {
    number: 40,
    name: 'An unsigned commit, an untrusted, revoked or expired signer, no file of allowed signers',
    reason:
      'The provider judges no signatures: whoever may push to the branch decides, and the rules of the host (protected ' +
      'branches, reviews, code owners) say who that is.',
  },
  { number: 49, name: 'A controller and a human push at once', reason: CONTROLLER },
  { number: 50, name: 'Two controllers run', reason: CONTROLLER },
  { number: 51, name: 'A controller is killed between deciding and pushing', reason: CONTROLLER },
  { number: 52, name: 'Prometheus is down, slow, empty, stale, or answers for another tenant', reason: MEASURED },
  {
    number: 53,
    name: 'An instance never takes the newest revision, so that a step must not start',
    reason: `${MEASURED} What an observer of many instances needs of each is in \`status()\`: revision, age, refused revision.`,
  },
  {
    number: 54,
    name: 'An instance disappears in the middle of a step',
    reason: `${MEASURED} Instances do not know of one another.`,
  },
  {
    number: 55,
    name: 'The git host is down when a rollout is to be stopped',
    reason:
      'A provider that cannot fetch serves the last good ruleset (3); what else could stop a rollout then is of whoever ' +
      'steers it.',
  },
];
