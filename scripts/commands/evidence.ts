/** `flagctl audit record` and `flagctl audit verify`: what is proved of every change that reached the main branch. */
import { resolve, relative, isAbsolute } from 'node:path';
import { realpath } from 'node:fs/promises';
import { findRepository, type LocalRepository } from '../../provider/repository/index.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { openClone } from '../emergency/clone.js';
import { openRemote } from '../emergency/remote.js';
import { notifyOwners } from '../evidence/notify/notify.js';
import { recordEvidence, type RecordOutcome } from '../evidence/record-evidence.js';
import { recordReport, verificationReport } from '../evidence/report.js';
import { verifyEvidence } from '../evidence/verify-evidence.js';
import { readPreviewFile } from '../impact/preview-file.js';
import { hostOf } from '../host/for-command.js';
import { systemClock } from '../host/transport/clock.js';
import { baseOf, commitOf } from '../history/base.js';
import type { Report } from '../report.js';

/** Writes evidence records; `--json` prints records of `schema/check/evidence.schema.json`. */
export const record: Command = {
  name: 'audit record',
  summary: 'Record what was known of each change when it reached the main branch',
  description:
    'Run by a workflow on every push to the main branch, with a token of its host. Each record is a git note under ' +
    'refs/notes/guidon-evidence, chained to the one before by its digest, pushed at once and never overwritten.',
  options: [
    { name: 'since', value: 'REV', summary: 'record what came after it (default: after the newest recorded commit)' },
    { name: 'branch', value: 'NAME', summary: "the main branch (default: the remote's)" },
    { name: 'remote', value: 'NAME', summary: 'the remote to read from and push to (default: origin)' },
    {
      name: 'preview',
      value: 'FILE',
      summary: 'what `flagctl preview --json` printed of a change: its figures are recorded',
      isList: true,
      completes: 'files',
    },
    { name: 'notify', summary: 'tell the owning teams of changes of the tier high: GUIDON_WEBHOOK_URL(S)' },
  ],
  examples: [
    { line: 'flagctl audit record --notify', summary: 'in a workflow on push to main' },
    { line: 'flagctl audit record --preview preview.json', summary: 'with the users that the change moved' },
    { line: 'flagctl audit record --since 4f7b648', summary: 'after an outage of the workflow' },
  ],
  formats: ['json'],
  run: runRecord,
};

/** Verifies the main branch by its records. */
export const verify: Command = {
  name: 'audit verify',
  summary: 'Prove that every change of the main branch was controlled, or name those that were not',
  description:
    'Walks the main branch since the last verification and names each commit without a record, with one that was ' +
    'edited, removed or copied, that was pushed around the review or has too few approvals for its tier, and each one ' +
    'that was verified and is gone. Approvals are judged anew from what the host told. Exit code 1 where one is named.',
  options: [
    { name: 'since', value: 'REV', summary: 'begin behind it, and take what was before for settled' },
    { name: 'base', value: 'REV', summary: "the main branch (default: the remote's default branch)" },
    {
      name: 'allowed-signers',
      value: 'FILE',
      summary: "also check SSH signatures: each commit's must be its author's at the time of the merge",
      completes: 'files',
    },
    { name: 'require-signatures', summary: 'a commit without a signature is an error' },
  ],
  examples: [
    { line: 'flagctl audit verify', summary: 'all that is new' },
    {
      line: 'flagctl audit verify --allowed-signers ../allowed_signers --require-signatures',
      summary: 'with signatures',
    },
  ],
  formats: ['json', 'markdown'],
  run: runVerify,
};

async function runRecord(input: CommandInput): Promise<Report> {
  const { options, environment, progress } = input;
  const outcome = await recordAt(input);
  if (!options.isSet('notify')) return recordReport(outcome, []);
  const notices = await notifyOwners({ recorded: outcome.recorded, environment, clock: systemClock, progress });
  return recordReport(outcome, notices);
}

async function recordAt(input: CommandInput): Promise<RecordOutcome> {
  const { options, environment, progress, now, location } = input;
  const previews = await Promise.all(options.list('preview').map((name) => readPreviewFile(name, input)));
  const clone = await openClone(location);
  const remote = await openRemote(clone, { name: options.text('remote'), branch: options.text('branch') });
  const named = options.text('since');
  try {
    const since = named === undefined ? undefined : await commitOf(clone.repository, named, '--since');
    const { host } = await hostOf(clone.repository, environment);
    return await recordEvidence({ clone, remote, host, since, previews, now, clock: systemClock, progress });
  } finally {
    await remote.release();
  }
}

async function runVerify(input: CommandInput): Promise<Report> {
  const { options, progress } = input;
  const workspace = await input.workspace();
  const repository = await findRepository(workspace.root);
  if (repository === undefined) {
    throw new UsageError(`${workspace.root} is not a git repository, so there is no history to verify`);
  }
  const base = await baseOf(repository, options.text('base'), true);
  const since = options.text('since');
  return verificationReport(
    await verifyEvidence({
      repository,
      root: workspace.path,
      branch: base.branch,
      tip: await commitOf(repository, base.revision, '--base'),
      since: since === undefined ? undefined : await commitOf(repository, since, '--since'),
      allowedSigners: await allowedSignersOf(input, repository),
      requireSignatures: options.isSet('require-signatures'),
      progress,
    }),
  );
}

/** Not from the working tree: there it would be as the change that is verified wants it. */
async function allowedSignersOf(
  { options, directory }: CommandInput,
  { toplevel, gitDir }: LocalRepository,
): Promise<string | undefined> {
  const name = options.text('allowed-signers');
  if (name === undefined) {
    if (options.isSet('require-signatures')) throw new UsageError('--require-signatures needs --allowed-signers FILE');
    return undefined;
  }
  const path = await realpath(resolve(directory, name)).catch(() => undefined);
  if (path === undefined)
    throw new UsageError(`there is no file ${JSON.stringify(name)}, which --allowed-signers names`);
  const isWithin = (folder: string): boolean => {
    const way = relative(folder, path);
    return way !== '..' && !way.startsWith('../') && !isAbsolute(way);
  };
  if (!isWithin(toplevel) || isWithin(gitDir)) return path;
  throw new UsageError(
    `${name} lies in the repository, so whoever can push decides who may sign; keep it outside, such as beside the clone`,
  );
}
