/** `flagctl rollback`: lets a flag behave as it did. */
import { UsageError, type Command, type CommandInput } from '../command.js';
import { deliver, type Place } from '../emergency/deliver.js';
import type { FlagRevision } from '../emergency/flag-revision.js';
import { flagAt, lastOther } from '../emergency/history.js';
import { deliveryOptions } from '../emergency/options.js';
import type { Plan } from '../emergency/plan.js';
import { hostOpener } from '../emergency/host-opener.js';
import type { OpenerFor } from '../emergency/pull-request.js';
import { behaviourOf, planRollback } from '../emergency/rollback-plan.js';

const facts: Omit<Command, 'run'> = {
  name: 'rollback',
  summary: 'Put back what a flag did at an earlier revision',
  description:
    'Puts back all that decides who gets what: environments, rules, rollouts and stages, prerequisites, variants,\n' +
    'default, bucketBy and salt. What has changed since of owner, type, riskTier, expiresAt, description and runbook\n' +
    'stays, and so do comments that came since, except in a list that has to be put back whole; where nothing of the\n' +
    'kind has come, the file is put back byte for byte. Where the flag is off now it stays off: a rollback never\n' +
    'undoes a kill, unless --enable says so.\n' +
    'Without --to it goes to the last revision of the main branch at which the flag behaved otherwise; changes of\n' +
    'comments or governance alone are passed over. As with kill, the clone is left alone, and a branch is pushed.',
  arguments: [{ name: 'key', summary: 'the flag', completes: 'flags' }],
  options: [
    { name: 'to', value: 'REV', summary: 'a revision of the main branch (default: before the last change)' },
    { name: 'enable', summary: 'turn it on where it was on then and is off now' },
    ...deliveryOptions,
  ],
  examples: [
    {
      line: 'flagctl rollback payments.checkout.new-flow --reason "25 % was too much"',
      summary: 'undoes the last change',
    },
    {
      line: 'flagctl rollback payments.checkout.new-flow --to v2026.11.3 --reason "as in the last release" --dry-run',
      summary: 'shows what that would be',
    },
  ],
  formats: ['json'],
};

/** The command; pull requests are opened by what `openerFor` gives. */
export function rollbackCommand(openerFor: OpenerFor): Command {
  return {
    ...facts,
    run: (input) =>
      deliver(input, {
        verb: 'rollback',
        key: input.argument('key') ?? '',
        plan: (flag, place) => planAt(input, flag, place),
        isDirect: false,
        openerFor,
      }),
  };
}

async function planAt({ options }: CommandInput, flag: FlagRevision, { clone, tip }: Place): Promise<Plan> {
  if (clone === undefined || tip === undefined) throw new UsageError('there is no history here to go back in');
  const revision = options.text('to');
  const earlier =
    revision === undefined
      ? await lastOther(clone.repository, tip, flag, behaviourOf)
      : await flagAt(clone.repository, tip, flag, revision);
  return planRollback(flag, earlier, options.isSet('enable'));
}

export const rollback = rollbackCommand(hostOpener);
