/** What became of a kill or a rollback, as a report. */
import { problemJson, emphasised, type Report, type Section, type Text } from '../report.js';
import type { FlagRevision } from './flag-revision.js';
import type { EditPlan } from './plan.js';
import { unifiedDiff } from './unified-diff.js';

/** What was planned for whom. */
export interface Planned {
  readonly flag: FlagRevision;
  readonly plan: EditPlan;
  readonly reason: string;
  /** Files of cases that will fail `validate`. */
  readonly failingCases: readonly string[];
}

/** A branch that was pushed. */
export interface Pushed {
  readonly remote: string;
  readonly base: string;
  /** Undefined where the commit went to the main branch. */
  readonly branch: string | undefined;
  readonly commit: string;
  /** The pull request, or a page that opens one. */
  readonly url: string | undefined;
  readonly isOpened: boolean;
  /** Why it is not opened; or what the server said, where that is all that there is to go by. */
  readonly notes: readonly string[];
}

/** A report that nothing was to be done. */
export function nothingReport({ key }: FlagRevision, reasons: readonly string[]): Report {
  return {
    outcome: 'clean',
    sections: [lines([[emphasised('good', 'nothing to do'), `: ${reasons[0]}`]])],
    notices: reasons.slice(1),
    json: { key, outcome: 'nothing', reasons },
  };
}

/** What would be done: the commit's subject, what it means, and the diff. */
export function dryRunReport(planned: Planned): Report {
  const { flag, plan, reason } = planned;
  const diff = unifiedDiff(flag.path, flag.text, plan.text);
  const heading = [emphasised('warning', 'not done'), `: ${plan.subject}`];
  return {
    outcome: 'clean',
    sections: [lines([heading, ...effectLines(plan), `  reason: ${reason}`, '']), { kind: 'document', text: diff }],
    notices: warningLines(planned),
    json: { ...commonJson(planned), outcome: 'dry-run', diff },
  };
}

/** A file of the working tree was written. */
export function writtenReport(planned: Planned): Report {
  const { flag, plan, reason } = planned;
  const next = `Nothing is served before it is committed, with the line \`Reason: ${reason}\`, and merged.`;
  return {
    outcome: 'clean',
    sections: [lines([[emphasised('good', 'edited'), ` ${flag.path}: ${plan.subject}`], ...effectLines(plan)])],
    notices: [...warningLines(planned), next],
    json: { ...commonJson(planned), outcome: 'written' },
  };
}

/** A commit was pushed. */
export function pushedReport(planned: Planned, pushed: Pushed): Report {
  const { flag, plan } = planned;
  const { remote, base, branch, commit, url, isOpened, notes } = pushed;
  const heading = [emphasised('good', 'pushed'), ` ${branch ?? base} to ${remote}: ${plan.subject}`];
  const link = url === undefined ? [] : [`  ${isOpened ? 'pull request' : 'open the pull request'}: ${url}`];
  const next =
    branch === undefined
      ? `Providers serve it at their next poll. A review of ${commit} is owed.`
      : `NOTHING HAS CHANGED YET: providers serve it once ${branch} is merged into ${base}.`;
  return {
    outcome: 'clean',
    sections: [lines([heading, ...effectLines(plan), `  commit: ${commit}`, ...link])],
    notices: [...notes, ...warningLines(planned), emphasised('strong', next)],
    json: {
      ...commonJson(planned),
      outcome: 'pushed',
      remote,
      branch: branch ?? base,
      commit,
      isServed: branch === undefined && flag.loaded !== undefined,
      pullRequest: branch === undefined ? null : { url: url ?? null, isOpened },
    },
  };
}

function commonJson({ flag, plan, reason, failingCases }: Planned): Record<string, unknown> {
  const { key, path, problems } = flag;
  const { subject, effects, warnings } = plan;
  return { key, path, subject, effects, warnings, failingCases, reason, mainProblems: problems.map(problemJson) };
}

function effectLines({ effects }: EditPlan): readonly Text[] {
  return effects.map((effect) => `  ${effect}`);
}

/** Of a repository that does not load, the first problems say enough; `validate` says all. */
const MAX_LISTED_PROBLEMS = 5;

function warningLines({ flag: { loaded, problems }, plan, failingCases }: Planned): readonly Text[] {
  const outdated = failingCases.map(
    (file) => `${file} still expects the flag as it was: \`flagctl validate\` will say so`,
  );
  const plain = [...plan.warnings, ...outdated].map((text): Text => [emphasised('warning', 'warning'), `: ${text}`]);
  if (loaded !== undefined) return plain;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const listed = errors.slice(0, MAX_LISTED_PROBLEMS).map(({ file, line, message }) => `  ${file}:${line} ${message}`);
  return [
    ...plain,
    emphasised('bad', 'THE REPOSITORY DOES NOT LOAD: no change is served, this one included, until it does.'),
    ...listed,
    ...(errors.length > listed.length
      ? [`  and ${errors.length - listed.length} more; flagctl validate lists them`]
      : []),
  ];
}

function lines(text: readonly Text[]): Section {
  return { kind: 'lines', lines: text };
}
