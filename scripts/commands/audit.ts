/** `flagctl audit`: every change that ever reached the main branch. */
import { findRepository, type LocalRepository } from '../../provider/repository/index.js';
import { audit as readTrail } from '../audit/audit.js';
import type { EvidenceOf } from '../audit/evidence.js';
import { mainBranch } from '../audit/main-branch.js';
import { queryOf } from '../audit/query.js';
import { readFacts } from '../evidence/evidence-of.js';
import { auditReport } from '../audit/report.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import type { Report } from '../report.js';

/** Gives the records of a repository's merges; called once for each audit. */
export type EvidenceSource = (repository: LocalRepository, tip: string) => Promise<EvidenceOf>;

const facts: Omit<Command, 'run'> = {
  name: 'audit',
  summary: 'Show every change that reached the main branch: when, by whom, why, and what it did',
  description:
    'Reads the main branch as it was fetched last, its first-parent history: a merge is one change, with all that it\n' +
    'brought. What is recorded of a merge is shown as such; names, dates and approvals in a commit are its own words.\n' +
    'A commit whose date contradicts those around it is shown where it may have been made: no date hides a change.\n' +
    'What each change did is what it changed of what was served before, by the rules of this version of flagctl.\n' +
    'Exit code 1: with --debts, where a review is overdue.',
  arguments: [
    {
      name: 'key',
      summary: 'only this flag, also a retired one, and what it depends on',
      isOptional: true,
      completes: 'flags',
    },
  ],
  options: [
    { name: 'since', value: 'INSTANT', summary: 'not before, such as 2026-11-20T13:50:00Z or 2026-11-20 (UTC)' },
    { name: 'until', value: 'INSTANT', summary: 'not after; a day counts as a whole' },
    {
      name: 'env',
      value: 'ENV',
      summary: 'only what is about this environment',
      isList: true,
      completes: 'environments',
    },
    { name: 'author', value: 'WHO', summary: 'only by them: part of a name or an address' },
    { name: 'debts', summary: 'only changes whose review is owed' },
    { name: 'oldest-first', summary: 'the oldest change first' },
    { name: 'rev', value: 'REV', summary: "up to this revision (default: the remote's default branch)" },
  ],
  examples: [
    {
      line: 'flagctl audit --env production --since 2026-11-20T13:50:00Z --until 2026-11-20T14:10:00Z',
      summary: 'what changed in production within these twenty minutes',
    },
    { line: 'flagctl audit payments.checkout.new-flow', summary: 'the whole life of one flag' },
    { line: 'flagctl audit --debts', summary: 'the reviews that are owed; fails where one is overdue' },
    { line: 'flagctl audit --since 2026-01-01 --format csv > changes.csv', summary: 'a year for a spreadsheet' },
  ],
  formats: ['json', 'csv', 'markdown'],
};

/** The command; what is recorded of merges comes from `evidenceFor`. */
export function auditCommand(evidenceFor: EvidenceSource): Command {
  return { ...facts, run: (input) => runAudit(input, evidenceFor) };
}

/** With the records that the clone has: `git fetch origin refs/notes/guidon-evidence:refs/notes/guidon-evidence`. */
export const audit = auditCommand(async (repository) => {
  const facts = await readFacts(repository);
  return (commit) => facts.get(commit);
});

async function runAudit(input: CommandInput, evidenceFor: EvidenceSource): Promise<Report> {
  const { options, progress } = input;
  const query = queryOf(options, input.argument('key'));
  const workspace = await input.workspace();
  const repository = await findRepository(workspace.root);
  if (repository === undefined) {
    throw new UsageError(`${workspace.root} is not a git repository, so it has no history`);
  }
  const { commit: tip, name: branch } = await mainBranch(repository, options.text('rev'));
  const evidenceOf = await evidenceFor(repository, tip);
  const request = { repository, root: workspace.path, tip, branch, query, evidenceOf, now: input.now(), progress };
  return auditReport(await readTrail(request), query);
}
