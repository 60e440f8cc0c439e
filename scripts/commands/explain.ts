/** `flagctl explain`: why a flag has the value it has. */
import { explain as explainFlag, type Explanation, type Ruleset } from '../../provider/engine/index.js';
import { excerpt } from '../../provider/repository/index.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { decisionLines, deciderOf } from '../decision.js';
import { readContext } from '../evaluation-context.js';
import { emphasised, refusalReport, type Report } from '../report.js';
import { requireKnown } from '../require-known.js';

/** Explains one evaluation; `--json` prints `{ key, environment, revision, context, evaluation, decidedBy, steps }`. */
export const explain: Command = {
  name: 'explain',
  summary: 'Show which rule decides a flag for a context, and why each one before does not',
  arguments: [{ name: 'key', summary: "the flag's key", completes: 'flags' }],
  options: [
    { name: 'env', value: 'ENV', summary: 'the environment', completes: 'environments' },
    { name: 'context', value: 'JSON', summary: 'the evaluation context: JSON, @FILE, or - for standard input' },
  ],
  examples: [
    {
      line: `flagctl explain payments.checkout.new-flow --env production --context '{"targetingKey": "u-1"}'`,
      summary: 'one user',
    },
    {
      line: 'flagctl explain payments.checkout.new-flow --env production --context @user.json',
      summary: 'from a file',
    },
    {
      line: 'flagctl explain payments.checkout.new-flow --env staging --rev HEAD~1',
      summary: 'before the last commit',
    },
  ],
  formats: ['json'],
  readsRevisions: true,
  run: runExplain,
};

async function runExplain(input: CommandInput): Promise<Report> {
  const key = input.argument('key') ?? '';
  const context = await readContext(input);
  const result = await (await input.workspace()).load(input.options.text('rev'));
  if (!result.ok) return refusalReport(result.problems);
  const { ruleset } = result.loaded;
  const environment = environmentOf(ruleset, input.options.text('env'));
  requireLive(ruleset, key);
  const explanation = explainFlag(ruleset, environment, key, context);
  const decidedBy = deciderOf(explanation);
  const { evaluation, steps } = explanation;
  const json = { key, environment, revision: ruleset.revision.id, context, evaluation, decidedBy, steps };
  const bucketBy = ruleset.documents.flags.get(key)?.read().bucketBy ?? 'targetingKey';
  const lines = [...resultLines(explanation, decidedBy), '', ...decisionLines(explanation, bucketBy)];
  const title = [emphasised('strong', key), ` in ${environment}`];
  return { outcome: 'clean', sections: [{ kind: 'lines', lines: [title, '', ...lines] }], json };
}

function environmentOf({ documents: { policy } }: Ruleset, name: string | undefined): string {
  if (name === undefined) throw new UsageError(`name an environment with --env: ${policy.environments.join(' or ')}`);
  requireKnown('environment', [name], policy.environments);
  return name;
}

function requireLive({ documents: { flags, retired } }: Ruleset, key: string): void {
  if (flags.has(key)) return;
  const entry = retired.find((one) => one.key === key);
  if (entry !== undefined) throw new UsageError(`the flag ${key} was retired on ${entry.retiredAt}: ${entry.reason}`);
  requireKnown('flag', [key], [...flags.keys()]);
}

function resultLines({ evaluation }: Explanation, decidedBy: string) {
  const { value, variant, reason } = evaluation;
  return [
    ['value    ', value === undefined ? "the default in the caller's code" : excerpt(value)],
    ['variant  ', variant ?? '–'],
    ['reason   ', reason],
    ['decided  ', `by ${decidedBy}`],
  ];
}
