/**
 * Brings an edit of one flag to the remote: made on today's main branch, not on what is checked out, so that it works
 * from any state of a clone and leaves that state alone.
 */
import { readTree, resolveRevision, SyncError, type LoadedRepository } from '../../provider/repository/index.js';
import { UsageError, type CommandInput } from '../command.js';
import { writeWhole } from '../file-writing.js';
import { refusalReport, type Report } from '../report.js';
import { openClone, type Clone } from './clone.js';
import { requireIdentity, writeCommit } from './commit.js';
import { findFlag, judgeEdit, type FlagRevision } from './flag-revision.js';
import { branchOf, messageOf } from './message.js';
import { dryRunReport, nothingReport, pushedReport, writtenReport, type Planned, type Pushed } from './outcome.js';
import { fetchMissing } from './partial-clone.js';
import type { Plan } from './plan.js';
import { bodyOf, pageOf, type OpenerFor } from './pull-request.js';
import { whyNotReducing } from './proof.js';
import { parseReason } from './reason.js';
import { openRemote, type PushResult, type Remote } from './remote.js';

/** A clone, and the commit that the flag was read at; of a folder without git neither is there. */
export interface Place {
  readonly clone: Clone | undefined;
  readonly tip: string | undefined;
}

/** A command that edits a flag. */
export interface Action {
  readonly verb: 'kill' | 'rollback';
  readonly key: string;
  /** Called anew for each tip of the main branch. @throws UsageError */
  plan(flag: FlagRevision, place: Place): Plan | Promise<Plan>;
  /** Whether `--direct` is asked for. */
  readonly isDirect: boolean;
  readonly openerFor: OpenerFor;
}

/** Somebody else may push while we do; who loses five times in a row is told. */
const MAX_ATTEMPTS = 5;

/** Plans, checks and carries out; see the options in `options.ts`. @throws UsageError, SyncError */
export async function deliver(input: CommandInput, action: Action): Promise<Report> {
  const { options } = input;
  const reason = parseReason(options.text('reason'));
  if (options.isSet('local')) return deliverLocally(input, action, reason);
  const clone = await openClone(input.location);
  const remote = await openRemote(clone, { name: options.text('remote'), branch: options.text('branch') });
  if (!options.isSet('dry-run')) await requireIdentity(clone.repository.gitDir);
  try {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const report = await deliverOnce(input, { action, reason, clone, remote });
      if (report !== undefined) return report;
    }
  } finally {
    await remote.release();
  }
  throw new SyncError(
    `others pushed to ${remote.branch} first, ${MAX_ATTEMPTS} times in a row; try again, or without --direct`,
    'later',
  );
}

interface Delivery {
  readonly action: Action;
  readonly reason: string;
  readonly clone: Clone;
  readonly remote: Remote;
}

/** One attempt; undefined where the main branch has moved on meanwhile. */
async function deliverOnce(input: CommandInput, delivery: Delivery): Promise<Report | undefined> {
  const { action, reason, clone, remote } = delivery;
  input.progress(`fetching ${remote.branch} of ${remote.name}`);
  const tip = await remote.fetchTip();
  await fetchMissing(clone, remote.name, tip);
  const tree = await readTree(clone.repository, tip, clone.path, { codeowners: true });
  const found = await findFlag(tree, action.key);
  if (!found.ok) return refusalReport(found.problems);
  const { flag } = found;
  const plan = await action.plan(flag, { clone, tip });
  if (plan.kind === 'nothing') return nothingReport(flag, plan.reasons);
  const { problems, failingCases, loaded } = await judgeEdit(flag, plan.text, plan.expected);
  if (problems.length > 0) return refusalReport(problems);
  const planned = { flag, plan, reason, failingCases };
  if (action.isDirect) requireDirect(planned, loaded);
  if (input.options.isSet('dry-run')) return dryRunReport(planned);
  const commit = await writeCommit({
    gitDir: clone.repository.gitDir,
    parent: tip,
    path: flag.path,
    text: plan.text,
    message: messageOf(plan, reason, action.isDirect),
  });
  const told = [reason, commit, input.now().toISOString()];
  const branch = action.isDirect ? undefined : branchOf(action.verb, action.key, told);
  input.progress(`pushing ${branch ?? remote.branch} to ${remote.name}`);
  const result = await remote.push(commit, branch ?? remote.branch);
  if (result.kind === 'outdated') return undefined;
  if (result.kind === 'refused') throw refusal(result.reason, action);
  return pushedReport(planned, await announce(input, delivery, planned, { commit, branch, words: result.words }));
}

/** @throws UsageError where the policy, or what the edit may do to others, wants a review first */
function requireDirect({ flag, plan }: Planned, after: LoadedRepository | undefined): void {
  const advice = 'leave --direct out, and a branch is pushed for review';
  const { loaded } = flag;
  if (loaded === undefined || after === undefined) {
    throw new UsageError(`the repository does not load, so nothing says whether --direct is allowed; ${advice}`);
  }
  if (loaded.ruleset.documents.policy.reducing?.direct !== true) {
    throw new UsageError(`policy.yaml does not allow --direct (reducing: { direct: true }); ${advice}`);
  }
  const doubt = plan.reviewNeeded ?? whyNotReducing(loaded, after, flag.path);
  if (doubt !== undefined) throw new UsageError(`--direct is refused: ${doubt}; ${advice}`);
}

function refusal(reason: string, { isDirect }: Action): SyncError {
  return new SyncError(isDirect ? `${reason}\nwithout --direct a branch is pushed for review` : reason, 'never');
}

/** What was pushed, with its pull request. Whatever goes wrong here, the push stands. */
async function announce(
  { environment }: CommandInput,
  { action, reason, remote }: Delivery,
  { plan }: Planned,
  { commit, branch, words }: Pick<Pushed, 'commit' | 'branch'> & Pick<Extract<PushResult, { kind: 'pushed' }>, 'words'>,
): Promise<Pushed> {
  const pushed = { remote: remote.name, base: remote.branch, branch, commit };
  const { address } = remote;
  if (address === undefined || branch === undefined)
    return { ...pushed, url: undefined, isOpened: false, notes: words };
  const body = bodyOf(plan.effects, reason);
  const request = { ...address, base: remote.branch, head: branch, title: plan.subject, body };
  const page = pageOf(request);
  const notes = page === undefined ? words : [];
  try {
    const opened = await action.openerFor(address, environment)?.open(request);
    return { ...pushed, url: opened?.url ?? page, isOpened: opened !== undefined, notes };
  } catch (error) {
    const why = `the pull request could not be opened: ${error instanceof Error ? error.message : String(error)}`;
    return { ...pushed, url: page, isOpened: false, notes: [why, ...notes] };
  }
}

/** Edits the file of the working tree, as an editor would. */
async function deliverLocally(input: CommandInput, action: Action, reason: string): Promise<Report> {
  if (action.isDirect) throw new UsageError('--local writes a file and pushes nothing; leave --direct out');
  const workspace = await input.workspace();
  const found = await findFlag(await workspace.tree(), action.key);
  if (!found.ok) return refusalReport(found.problems);
  const { flag } = found;
  const plan = await action.plan(flag, await placeOf(input));
  if (plan.kind === 'nothing') return nothingReport(flag, plan.reasons);
  const { problems, failingCases } = await judgeEdit(flag, plan.text, plan.expected);
  if (problems.length > 0) return refusalReport(problems);
  const planned = { flag, plan, reason, failingCases };
  if (input.options.isSet('dry-run')) return dryRunReport(planned);
  await writeWhole(workspace.root, flag.path, plan.text);
  return writtenReport(planned);
}

async function placeOf({ location }: CommandInput): Promise<Place> {
  const clone = await openClone(location).catch((error: unknown) => {
    if (error instanceof UsageError) return undefined;
    throw error;
  });
  return { clone, tip: clone && (await resolveRevision(clone.repository, 'HEAD')) };
}
