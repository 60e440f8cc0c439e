/** `flagctl init`: a new flag repository, or flags for one that holds code. */
import { join, resolve } from 'node:path';
import type { Command, CommandInput } from '../command.js';
import { gatherChoices, type Choices } from '../init/choices.js';
import { Folder } from '../init/folder.js';
import { installedActions } from '../init/installed.js';
import { outline, type Outline } from '../init/outline.js';
import { writeNew } from '../new-flag/new-file.js';
import { emphasised, refusalReport, type Report } from '../report.js';

/** Writes what is missing and never over a file; `--json` prints `{ folder, isDryRun, written, kept, codeowners }`. */
export const init: Command = {
  name: 'init',
  summary: 'Make a flag repository: policy, owners, workflows and an example flag',
  description:
    'Asks for what is missing where somebody is at the terminal. A file that is there is kept, and listed;\n' +
    'nothing is written where the result would not load.',
  arguments: [{ name: 'dir', summary: 'the folder (default: the current one)', isOptional: true }],
  options: [
    { name: 'owner-team', value: 'NAME', summary: 'the team that owns the rules and the example flag' },
    { name: 'code-owner', value: 'HANDLE', summary: 'its handle in CODEOWNERS, such as @organisation/team' },
    { name: 'env', value: 'ENV', summary: 'the environments (default: production, staging)', isList: true },
    { name: 'branch', value: 'NAME', summary: 'the branch that is served (default: main)' },
    {
      name: 'actions',
      value: 'OWNER/NAME@COMMIT',
      summary: "Guidon's repository on GitHub, whose actions the workflows use",
    },
    { name: 'dry-run', summary: 'list what would be written' },
  ],
  examples: [
    { line: 'flagctl init', summary: 'in the current folder; asks for everything' },
    {
      line: 'flagctl init flags-repository --owner-team platform-team --code-owner @acme/platform --actions acme/guidon@0123456789abcdef0123456789abcdef01234567',
      summary: 'for a script',
    },
    { line: 'flagctl init --dry-run', summary: 'only lists the files' },
  ],
  formats: ['json'],
  run: runInit,
};

/** Where npm puts the folder of a package, from the compiled file: `node_modules/guidon/dist/scripts/commands`. */
const MODULES = join(import.meta.dirname, '../../../..');

async function runInit(input: CommandInput): Promise<Report> {
  const folder = await Folder.open(resolve(input.directory, input.argument('dir') ?? '.'));
  const choices = await gatherChoices(input, await installedActions(MODULES));
  const result = await outline(folder, choices, input.now());
  if (result.problems.length > 0) return refusalReport(result.problems);
  const isDryRun = input.options.isSet('dry-run');
  if (!isDryRun) {
    await folder.make();
    for (const { path, text } of result.written) await writeNew(folder.root, '', path, text);
  }
  return reportOf(folder, choices, result, isDryRun, await folder.hasGit());
}

function reportOf(
  { root }: Folder,
  choices: Choices,
  { written, kept, ownersLines }: Outline,
  isDryRun: boolean,
  hasGit: boolean,
): Report {
  const verb = isDryRun ? 'would write' : 'wrote';
  const lines = [
    ...written.map(({ path }) => [emphasised('good', verb), ` ${path}`]),
    ...kept.map(({ file: { path }, found }) => [
      emphasised('faint', 'kept'),
      found === path ? ` ${found}` : ` ${found} (in place of ${path})`,
    ]),
  ];
  return {
    outcome: 'clean',
    sections: [{ kind: 'lines', lines }],
    notices: isDryRun ? [] : ['', 'Next:', ...steps(choices, kept, ownersLines, hasGit).map((step) => `  - ${step}`)],
    json: {
      folder: root,
      isDryRun,
      written: written.map(({ path }) => path),
      kept: kept.map(({ found }) => found),
      codeowners: ownersLines,
    },
  };
}

function steps(
  { branch }: Choices,
  kept: Outline['kept'],
  ownersLines: readonly string[],
  hasGit: boolean,
): readonly string[] {
  const owners = kept.find(({ file, text }) => file.path.endsWith('CODEOWNERS') && text !== file.text);
  const template = kept.find(({ file }) => file.path.endsWith('PULL_REQUEST_TEMPLATE.md'));
  const hasReason = template === undefined || /^#{1,6}[ \t]+reason[ \t]*$/im.test(template.text ?? '');
  return [
    ...(owners !== undefined && ownersLines.length > 0
      ? [`Add to ${owners.found}, below the lines that match more: ${ownersLines.join(', ')}`]
      : []),
    ...(owners === undefined
      ? []
      : [
          `See that ${owners.found} gives /.github/ and CODEOWNERS to who owns the rules.`,
          'See that it gives every file to somebody, with a line `*` at its top: what nobody owns, nobody can approve.',
        ]),
    ...(hasReason ? [] : [`Add a section \`## Reason\` to ${template.found}.`]),
    ...(hasGit ? [] : [`Make it a git repository: git init --initial-branch=${branch}`]),
    'Look through flags/policy.yaml, then: flagctl validate, and commit.',
    'Set the rules of the host, and see what is missing: flagctl protection',
  ];
}
