/** `flagctl check`: the verdict on a change. */
import { parseInstant } from '../../provider/engine/index.js';
import type { LocalRepository } from '../../provider/repository/index.js';
import { readPullRequest } from '../approval/read-pull-request.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { checkChange, type CheckRequest } from '../control/check.js';
import { checkQueue } from '../control/queue.js';
import { verdictReport } from '../control/report.js';
import type { CodeHost } from '../host/code-host.js';
import { hostOf } from '../host/for-command.js';
import { readPreviewFile } from '../impact/preview-file.js';
import { changeRange, changePlace, rangeOptions } from '../history/change-range.js';
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
    ...rangeOptions,
    {
      name: 'pull-request',
      value: 'PR',
      summary: 'with its reviews: a number, which the host is asked for; or JSON, @FILE, or - for standard input',
    },
    {
      name: 'preview',
      value: 'FILE',
      summary: 'what `flagctl preview --json` printed of exactly this change: who is moved counts for its tier',
      completes: 'files',
    },
    { name: 'queue', summary: 'the head is a group of a merge queue: each of its pull requests is judged' },
    { name: 'comment', summary: "also write the verdict as the pull request's one comment" },
    { name: 'now', value: 'INSTANT', summary: 'the time to judge at, such as 2026-12-24T12:00:00Z' },
  ],
  examples: [
    { line: 'flagctl check', summary: 'this branch against main, before it is pushed' },
    { line: 'flagctl check --base origin/main --head HEAD --format markdown', summary: 'as a comment' },
    { line: 'flagctl check --base main --head change --pull-request @pr.json --json', summary: 'with its reviews' },
    { line: 'flagctl check --preview preview.json', summary: 'with the users that it moves' },
  ],
  formats: ['json', 'github', 'markdown'],
  run: runCheck,
};

async function runCheck(input: CommandInput): Promise<Report> {
  const { options, progress } = input;
  const place = await changePlace(input, 'judge');
  const { repository } = place;
  const source = await pullRequestSource(repository, input);
  const host = source?.host;
  const file = options.text('preview');
  const preview = file === undefined ? undefined : await readPreviewFile(file, input);
  const needs = { branch: source !== undefined, done: 'judged' };
  const { notices, ...range } = await changeRange(place, input, needs);
  const request: CheckRequest = {
    ...place,
    ...range,
    pullRequest: source?.read,
    preview,
    mergeTimes: host && ((commit) => host.mergeTimeOf(commit)),
    now: instantOf(options.text('now')) ?? input.now(),
    progress,
  };
  if (source?.isQueue === true && source.host !== undefined)
    return verdictReport(await checkQueue(request, source.host), 'group', preview);
  const report = verdictReport(await checkChange(request), 'change', preview);
  if (options.isSet('comment')) await source?.comment(report.markdown ?? '');
  return { ...report, notices };
}

/** Where the pull request comes from. */
interface Source {
  readonly read: CheckRequest['pullRequest'];
  readonly host: CodeHost | undefined;
  readonly isQueue: boolean;
  readonly comment: (markdown: string) => Promise<void>;
}

/** Begins the one comment; whatever stands behind it is replaced. */
const MARKER = '<!-- guidon:check -->';

async function pullRequestSource(repository: LocalRepository, input: CommandInput): Promise<Source | undefined> {
  const { options, environment } = input;
  const argument = options.text('pull-request');
  const number = /^#?([1-9]\d{0,8})$/.exec(argument ?? '')?.[1];
  const [isQueue, isCommented] = [options.isSet('queue'), options.isSet('comment')];
  if (isQueue && argument !== undefined)
    throw new UsageError('--queue finds the pull requests; leave out --pull-request');
  if (isCommented && number === undefined) throw new UsageError('--comment needs --pull-request with a number');
  const comment = (): Promise<void> => Promise.resolve();
  if (isQueue) return { read: undefined, host: (await hostOf(repository, environment)).host, isQueue, comment };
  if (argument === undefined) return undefined;
  if (number === undefined) {
    const pullRequest = await readPullRequest(argument, input);
    return { read: () => Promise.resolve(pullRequest), host: undefined, isQueue, comment };
  }
  const { host } = await hostOf(repository, environment);
  return {
    read: (owners) => host.readPullRequest(Number(number), owners),
    host,
    isQueue,
    comment: (markdown) => host.upsertComment(Number(number), MARKER, `${MARKER}\n${markdown}`),
  };
}

function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const milliseconds = parseInstant(text);
  if (!Number.isNaN(milliseconds)) return new Date(milliseconds);
  throw new UsageError(`--now must be an instant such as 2026-12-24T12:00:00Z, not ${JSON.stringify(text)}`);
}
