/** `flagctl protection`: whether the host lets anything past the control. */
import { findRepository } from '../../provider/repository/index.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { hostOf } from '../host/for-command.js';
import type { Host, Protection } from '../protection/protection.js';
import { protectionReport } from '../protection/report.js';

/** Reads the settings of a branch from the repository's host. @throws UsageError where no host or token is known */
export type ReadProtection = (
  input: CommandInput,
  branch: string,
) => Promise<{ readonly host: Host; readonly protection: Protection }>;

/** The command, with whatever reads the settings. `--json` as `protectionReport` has it. */
export function protectionCommand(read: ReadProtection): Command {
  return {
    name: 'protection',
    summary: 'Say which settings of the host are missing for control to bind',
    description:
      'Reads the rules of the branch with the token in GITHUB_TOKEN or GITLAB_TOKEN. What the token is not shown is unknown,\n' +
      'and unknown is not fine: the exit code is 1, and the permission that would show it is named.',
    options: [
      { name: 'branch', value: 'NAME', summary: 'the branch that is served (default: main)' },
      { name: 'status', value: 'NAME', summary: 'the status that carries the verdict (default: guidon)' },
    ],
    examples: [
      { line: 'flagctl protection', summary: 'the settings of main' },
      {
        line: 'flagctl protection --json | jq \'.settings[] | select(.state != "met") | .id\'',
        summary: 'for a script',
      },
    ],
    formats: ['json', 'markdown'],
    run: async (input) => {
      const branch = input.options.text('branch') ?? 'main';
      const status = input.options.text('status') ?? 'guidon';
      input.progress(`reading the settings of ${branch}`);
      return protectionReport({ ...(await read(input, branch)), status });
    },
  };
}

/** The host of the clone's remote; of GitHub also where a workflow runs. */
export const protection = protectionCommand(async ({ directory, environment }, branch) => {
  const repository = await findRepository(directory);
  if (repository === undefined) throw new UsageError(`${directory} is not in a git repository, so it has no host`);
  const { kind, host } = await hostOf(repository, environment);
  return { host: kind, protection: await host.readProtection(branch) };
});
