/** `flagctl validate`: everything that is wrong with a flag repository. */
import { compareProblems, load, placeAll, placeOf, type Problem, type Tree } from '../../provider/repository/index.js';
import { countCases, failedCases } from '../cases.js';
import type { Command, CommandInput } from '../command.js';
import { counted, emphasised, problemJson, type Report } from '../report.js';

/** Reports every problem; `--json` prints `{ revision, counts, problems }`. */
export const validate: Command = {
  name: 'validate',
  summary: 'Check every file of the repository, and run its cases',
  description:
    'Reports all problems at once. Errors make the exit code 1; warnings do with --strict.\n' +
    'The cases in *.cases.yaml run where everything else is right.\n' +
    'JSON is { revision, counts, problems }; a problem has code, severity, file, line, column, message, found, expected, fix.',
  options: [{ name: 'strict', summary: 'count warnings as errors' }],
  examples: [
    { line: 'flagctl validate', summary: 'the files as they are' },
    { line: 'flagctl validate --rev origin/main', summary: 'the files of a branch, without a checkout' },
    { line: 'flagctl validate --format github', summary: 'annotations in a GitHub workflow' },
    { line: 'flagctl validate --format sarif > flags.sarif', summary: 'a log for code scanning' },
    { line: "flagctl validate --json | jq '.problems[].code'", summary: 'for a script' },
  ],
  formats: ['json', 'github', 'sarif'],
  readsRevisions: true,
  run: runValidate,
};

async function runValidate({ workspace, options }: CommandInput): Promise<Report> {
  const tree = await (await workspace()).tree(options.text('rev'));
  const { problems, cases } = await judge(tree);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const counts = { ...countFiles(tree), cases, errors, warnings: problems.length - errors };
  const isClean = errors === 0 && !(options.isSet('strict') && counts.warnings > 0);
  const { warnings } = counts;
  const contents = [
    counted(counts.flags, 'flag'),
    counted(counts.segments, 'segment'),
    counted(counts.guardrails, 'guardrail'),
    ...(cases === undefined ? [] : [counted(cases, 'case')]),
  ].join(', ');
  const verdict = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  const emphasis = errors > 0 ? 'bad' : warnings > 0 ? 'warning' : 'good';
  return {
    outcome: isClean ? 'clean' : 'findings',
    sections: [
      { kind: 'problems', problems },
      { kind: 'lines', lines: [[`${contents}: `, emphasised(emphasis, verdict)]] },
    ],
    json: { revision: tree.revision, counts, problems: problems.map(problemJson) },
  };
}

/** All problems, those of the cases last of all found; `cases` is undefined where they could not run. */
async function judge(
  tree: Tree,
): Promise<{ readonly problems: readonly Problem[]; readonly cases: number | undefined }> {
  const result = await load(tree);
  if (!result.ok) return { problems: result.problems, cases: undefined };
  const failed = await placeAll(tree, failedCases(result.loaded));
  return { problems: [...result.warnings, ...failed].sort(compareProblems), cases: countCases(result.loaded) };
}

/** What the paths promise, so that the counts are there for a repository that does not load, too. */
function countFiles({ root, entries }: Tree): Record<'flags' | 'segments' | 'guardrails', number> {
  const prefix = root === '' ? '' : `${root}/`;
  const kinds = entries
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path }) => placeOf(path.slice(prefix.length), () => true).kind);
  const count = (wanted: string): number => kinds.filter((kind) => kind === wanted).length;
  return { flags: count('flag'), segments: count('segment'), guardrails: count('guardrail') };
}
