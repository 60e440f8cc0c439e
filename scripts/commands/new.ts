/** `flagctl new`: a flag's first file. */
import type { Command, CommandInput } from '../command.js';
import { format } from '../format/format.js';
import { findSchemas } from '../format/schema-path.js';
import { gatherAnswers, tiers, types } from '../new-flag/answers.js';
import { writeNew } from '../new-flag/new-file.js';
import { RepositoryRules } from '../new-flag/repository-rules.js';
import { emphasised, refusalReport, type Report } from '../report.js';

/** Writes a flag that is off everywhere; `--json` prints `{ key, path, codeowners }`. */
export const newFlag: Command = {
  name: 'new',
  summary: 'Write the file of a new flag, which is off everywhere',
  description:
    'Asks for what is missing where somebody is at the terminal. Nothing is written that would not load;\n' +
    'a file is never overwritten.',
  arguments: [{ name: 'key', summary: 'team.domain.purpose; it can never be changed', isOptional: true }],
  options: [
    { name: 'type', value: 'TYPE', summary: 'what the flag is for', choices: types.map(({ value }) => value) },
    { name: 'owner', value: 'TEAM', summary: 'the team that answers for it', completes: 'owners' },
    { name: 'tier', value: 'TIER', summary: 'its risk tier', choices: tiers.map(({ value }) => value) },
    { name: 'expires', value: 'DAY', summary: 'YYYY-MM-DD, or never for an ops or permission flag' },
    { name: 'description', value: 'TEXT', summary: 'what it does, for a reader at 3 a.m.' },
    { name: 'runbook', value: 'URL', summary: 'where to read on; some tiers need one' },
    { name: 'variants', value: 'NAME[=VALUE]', summary: 'its variants, if it is not boolean', isList: true },
    { name: 'default', value: 'VARIANT', summary: 'what is served while it is off' },
    { name: 'env', value: 'ENV', summary: 'environments to list, disabled', isList: true, completes: 'environments' },
  ],
  examples: [
    { line: 'flagctl new', summary: 'asks for everything' },
    {
      line: 'flagctl new payments.checkout.one-click --type release --owner payments-team --tier low --expires 2027-03-01 --description "Buys with one click."',
      summary: 'for a script',
    },
    {
      line: 'flagctl new search.results.page-size --variants small=10,large=50 --default small',
      summary: 'with variants',
    },
  ],
  formats: ['json'],
  run: runNew,
};

async function runNew(input: CommandInput): Promise<Report> {
  const workspace = await input.workspace();
  const present = await workspace.load();
  if (!present.ok) return refusalReport(present.problems);
  const rules = new RepositoryRules(present.loaded.ruleset.documents);
  const answers = await gatherAnswers(input, rules);
  const path = [workspace.path, `${answers.key.replaceAll('.', '/')}.yaml`].filter(Boolean).join('/');
  const schemaPath = await findSchemas(workspace.root);
  const text = format('flag', JSON.stringify(answers), schemaPath?.('flag', path));
  const result = await workspace.loadChanged(new Map([[path, text]]));
  const problems = result.ok ? [] : result.problems.filter(({ severity }) => severity === 'error');
  // Who owns the file is said elsewhere, and may be said in the same pull request.
  const ownership = problems.find(({ code, file }) => code === 'codeowners-mismatch' && file === path);
  const others = problems.filter((problem) => problem !== ownership);
  if (others.length > 0) return refusalReport(others);
  await writeNew(workspace.root, workspace.path, path, text);
  const codeowners = ownership === undefined ? undefined : `/${path} ${rules.codeOwnerOf(answers.owner)}`;
  return reportOf(answers.key, path, codeowners);
}

function reportOf(key: string, path: string, codeowners: string | undefined): Report {
  const steps = [
    ...(codeowners === undefined ? [] : [`Add this line to CODEOWNERS: ${codeowners}`]),
    'Ask for the flag in code, with its default; nothing changes yet.',
    'Open a pull request; to turn it on, give the environment `enabled: true` and rules or a rollout.',
  ];
  return {
    outcome: 'clean',
    sections: [{ kind: 'lines', lines: [[emphasised('good', 'created'), ` ${path}`]] }],
    notices: ['', 'Next:', ...steps.map((step) => `  - ${step}`)],
    json: { key, path, codeowners: codeowners ?? null },
  };
}
