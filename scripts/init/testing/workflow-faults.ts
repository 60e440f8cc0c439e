/** What in a workflow or a composite action would let a pull request control the control. */
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly 'continue-on-error'?: unknown;
}

interface Job {
  readonly if?: unknown;
  readonly environment?: unknown;
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: unknown;
  readonly 'continue-on-error'?: unknown;
}

interface Workflow {
  readonly on: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Of these, GitHub takes the workflow from the pull request itself. */
const FROM_HEAD = new Set(['pull_request', 'pull_request_review', 'pull_request_review_comment']);
/** These run with the rights of the main branch, though what they are about is a stranger's. */
const PRIVILEGED = new Set(['pull_request_target', 'merge_group', 'workflow_run']);
/** By a full hash, or of the same commit as the workflow. */
const PINNED = /^(\.\/[A-Za-z0-9._/-]+|[A-Za-z0-9._-]+\/[A-Za-z0-9._/-]+@[0-9a-f]{40})$/;
const DEFAULT_BRANCH = '${{ github.event.repository.default_branch }}';

/** Each fault in words. @throws Error for a text that is no YAML */
export function workflowFaults(text: string): readonly string[] {
  const { on, permissions, concurrency, jobs } = parse(text) as Workflow;
  const triggers = Object.keys(on);
  const isFromHead = triggers.some((name) => FROM_HEAD.has(name));
  const isPrivileged = triggers.some((name) => PRIVILEGED.has(name));
  const filters = Object.values(on).flatMap((filter) => Object.keys(filter ?? {}));
  const rights = [permissions, ...Object.values(jobs).map((job) => job.permissions)];
  return [
    ...(typeof permissions === 'object' && permissions !== null ? [] : ['no permissions of its own']),
    ...(isFromHead && text.includes('secrets.') ? ['secrets for the pull request'] : []),
    ...(isFromHead && JSON.stringify(rights).includes('write') ? ['rights for the pull request'] : []),
    ...(filters.some((name) => /^paths|-ignore$/.test(name)) ? ['may be skipped by a filter'] : []),
    ...(concurrency === undefined ? ['no turn: concurrency is missing'] : []),
    ...Object.entries(jobs).flatMap(([name, job]) => jobFaults(name, job, isPrivileged)),
  ];
}

/** The same of a composite action, whose steps may run anywhere. */
export function actionFaults(text: string): readonly string[] {
  const { runs } = parse(text) as { runs: { using: string; steps: readonly Step[] } };
  return [
    ...(runs.using === 'composite' ? [] : [`is not composite: ${runs.using}`]),
    ...runs.steps.flatMap((step, index) => stepFaults(`step ${index + 1}`, step, true)),
  ];
}

function jobFaults(name: string, job: Job, isPrivileged: boolean): readonly string[] {
  return [
    ...(job.if === undefined ? [] : [`${name} may be skipped by a condition`]),
    ...(JSON.stringify(job).includes('secrets.') && job.environment === undefined
      ? [`${name} has secrets of any branch, for it names no environment`]
      : []),
    ...(job['continue-on-error'] === undefined ? [] : [`${name} passes when it fails`]),
    ...(job['timeout-minutes'] === undefined ? [`${name} has no limit of time`] : []),
    ...(job.uses === undefined || PINNED.test(job.uses) ? [] : [`${name} is not pinned: ${job.uses}`]),
    ...(job.steps ?? []).flatMap((step, index) => stepFaults(`${name}, step ${index + 1}`, step, isPrivileged)),
  ];
}

function stepFaults(place: string, step: Step, isPrivileged: boolean): readonly string[] {
  const { uses, run = '' } = step;
  const isCheckout = uses?.startsWith('actions/checkout@') === true;
  const ref = step.with?.['ref'];
  const checksOut =
    (isCheckout && ref !== DEFAULT_BRANCH && (isPrivileged || ref !== undefined)) ||
    /\bgit\b.*\b(checkout|switch|merge|pull|worktree|reset|apply)\b|\bgh pr checkout\b/.test(run);
  return [
    ...(uses === undefined || PINNED.test(uses) ? [] : [`${place} is not pinned by a full hash: ${uses}`]),
    ...(run.includes('${{') ? [`${place} has an expression in run, which becomes a part of the program`] : []),
    ...(checksOut ? [`${place} checks out something other than the main branch`] : []),
    ...(isCheckout && step.with?.['persist-credentials'] !== false ? [`${place} keeps the token in the folder`] : []),
    ...(step['continue-on-error'] === undefined ? [] : [`${place} passes when it fails`]),
    ...(isPrivileged && /\bnpm (ci|install|i)\b(?!.*--ignore-scripts)/.test(run)
      ? [`${place} runs scripts of packages`]
      : []),
  ];
}
