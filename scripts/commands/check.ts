/** `flagctl check`: the verdict on a change. */
import { parseInstant } from '../../provider/engine/index.js';
import { findRepository, resolveRevision, type LocalRepository } from '../../provider/repository/index.js';
import { readPullRequest } from '../approval/read-pull-request.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { checkChange } from '../control/check.js';
import { verdictReport } from '../control/report.js';
import type { Report } from '../report.js';

/** Judges a change; `--format json` prints what `schema/check/verdict.schema.json` describes. */
export const check: Command = {
  name: 'check',
  summary: 'Judge a change: what it does, how much control it needs, and whether it may be merged',
  description:
    'Judges the merge of the head into the base as it is today, by the policy, CODEOWNERS and history of the base. ' +
    'Without a pull request it says how many approvals are needed, and of whom. ' +
    'Exit code 0: it may be merged; 1: it is refused; 2: it could not be judged.',
  options: [
    { name: 'base', value: 'REV', summary: "the base branch's tip (default: the remote's default branch)" },
    { name: 'head', value: 'REV', summary: 'the head of the change (default: HEAD)' },
    {
      name: 'pull-request',
      value: 'PR',
      summary: 'the pull request with its reviews: JSON, @FILE, or - for standard input',
    },
    { name: 'now', value: 'INSTANT', summary: 'the time to judge at, such as 2026-12-24T12:00:00Z' },
  ],
  examples: [
    { line: 'flagctl check', summary: 'this branch against main, before it is pushed' },
    { line: 'flagctl check --base origin/main --head HEAD --format markdown', summary: 'as a comment' },
    { line: 'flagctl check --base main --head change --pull-request @pr.json --json', summary: 'with its reviews' },
  ],
  formats: ['json', 'github', 'markdown'],
  run: runCheck,
};

async function runCheck(input: CommandInput): Promise<Report> {
  const { options, progress } = input;
  const workspace = await input.workspace();
  const repository = await findRepository(workspace.root);
  if (repository === undefined) {
    throw new UsageError(`${workspace.root} is not a git repository, so there is no change to judge`);
  }
  const argument = options.text('pull-request');
  const pullRequest = argument === undefined ? undefined : await readPullRequest(argument, input);
  const baseName = options.text('base') ?? (await defaultBase(repository));
  const verdict = await checkChange({
    repository,
    root: workspace.path,
    base: await commitOf(repository, baseName, '--base'),
    head: await commitOf(repository, options.text('head') ?? 'HEAD', '--head'),
    baseRef: baseName.replace(/^(?:refs\/(?:heads|remotes)\/)?(?:origin\/)?/, ''),
    pullRequest,
    now: instantOf(options.text('now')) ?? input.now(),
    progress,
  });
  return verdictReport(verdict);
}

/** Where a clone keeps what the remote's default branch was when it was fetched last. */
const DEFAULT_BASES = ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main', 'refs/heads/main'];

async function defaultBase(repository: LocalRepository): Promise<string> {
  for (const name of DEFAULT_BASES) if ((await resolveRevision(repository, name)) !== undefined) return name;
  throw new UsageError('there is no origin/HEAD, origin/main or main here; name the base branch with --base');
}

async function commitOf(repository: LocalRepository, revision: string, option: string): Promise<string> {
  const commit = await resolveRevision(repository, revision);
  if (commit !== undefined) return commit;
  throw new UsageError(
    `there is no commit ${JSON.stringify(revision)} in ${repository.toplevel}, which ${option} names`,
  );
}

function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const milliseconds = parseInstant(text);
  if (!Number.isNaN(milliseconds)) return new Date(milliseconds);
  throw new UsageError(`--now must be an instant such as 2026-12-24T12:00:00Z, not ${JSON.stringify(text)}`);
}
