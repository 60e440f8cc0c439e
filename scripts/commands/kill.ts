/** `flagctl kill`: turns a flag off. */
import type { Command } from '../command.js';
import { deliver } from '../emergency/deliver.js';
import { planKill } from '../emergency/kill-plan.js';
import { deliveryOptions } from '../emergency/options.js';
import { hostOpener } from '../emergency/host-opener.js';
import type { OpenerFor } from '../emergency/pull-request.js';

const facts: Omit<Command, 'run'> = {
  name: 'kill',
  summary: 'Turn a flag off, by a branch or straight on main',
  description:
    'Sets `enabled: false` on today’s main branch of the remote and pushes that as a branch of its own, with a\n' +
    'page that opens the pull request. Whatever is checked out, changed or broken in the clone stays as it is, and\n' +
    'does not matter. Your git identity, signing key and credentials are used; no hooks of the clone run.\n' +
    'With --direct it goes straight to the main branch, where policy.yaml has `reducing: { direct: true }`, and a\n' +
    'review is owed. A flag that is off already is a success.',
  arguments: [{ name: 'key', summary: 'the flag', completes: 'flags' }],
  options: [
    {
      name: 'env',
      value: 'ENV',
      summary: 'where (default: everywhere)',
      isList: true,
      completes: 'environments',
    },
    ...deliveryOptions,
    { name: 'direct', summary: 'push to the main branch itself; a review is then owed' },
  ],
  examples: [
    {
      line: 'flagctl kill payments.checkout.new-flow --env production --reason "checkout fails for one in ten"',
      summary: 'pushes a branch for review',
    },
    {
      line: 'flagctl kill payments.checkout.new-flow --reason "checkout fails for one in ten" --direct',
      summary: 'everywhere and at once, where the policy allows that',
    },
    {
      line: 'flagctl kill payments.checkout.new-flow --reason "rehearsal" --dry-run',
      summary: 'shows the diff',
    },
  ],
  formats: ['json'],
};

/** The command; pull requests are opened by what `openerFor` gives. */
export function killCommand(openerFor: OpenerFor): Command {
  return {
    ...facts,
    run: (input) =>
      deliver(input, {
        verb: 'kill',
        key: input.argument('key') ?? '',
        plan: (flag) => planKill(flag, input.options.list('env')),
        isDirect: input.options.isSet('direct'),
        openerFor,
      }),
  };
}

export const kill = killCommand(hostOpener);
