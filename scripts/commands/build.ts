/** `flagctl build`: a loaded repository in another program's format. */
import { load, writeBundle, type LoadedRepository } from '../../provider/repository/index.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { compileToFlagd } from '../flagd/compile.js';
import { writeWhole } from '../file-writing.js';
import { counted, emphasised, refusalReport, type Report, type Text } from '../report.js';
import { requireKnown } from '../require-known.js';

/** What was built, and what could not be: a partial result is written only where it is asked for. */
interface Built {
  readonly text: string;
  readonly notices: readonly Text[];
  readonly isPartial: boolean;
}

/** Builds one file, to standard output or `--out`. */
export const build: Command = {
  name: 'build',
  summary: "Compile the flags to flagd's JSON, or bundle the whole revision",
  description:
    'flagd: the flags of one environment as flagd evaluates them. What flagd cannot express is told for each flag,\n' +
    'and nothing is written unless --allow-partial is given.\n' +
    'bundle: every document of the revision as a line of JSON in one file, framed by its length and digest.',
  options: [
    { name: 'format', value: 'FORMAT', summary: 'what to build', choices: ['flagd', 'bundle'], isRequired: true },
    { name: 'env', value: 'ENV', summary: 'the environment (flagd)', completes: 'environments' },
    { name: 'out', short: 'o', value: 'FILE', summary: 'write to a file, whole or not at all', completes: 'files' },
    { name: 'allow-partial', summary: 'leave out the flags that flagd cannot express' },
  ],
  examples: [
    { line: 'flagctl build --format flagd --env production --out flagd.json', summary: 'for a fleet that runs flagd' },
    { line: 'flagctl build --format bundle --rev v1.4.0 > flags.bundle', summary: 'a release in one file' },
  ],
  readsRevisions: true,
  run: runBuild,
};

async function runBuild(input: CommandInput): Promise<Report> {
  const { options } = input;
  const tree = await (await input.workspace()).tree(options.text('rev'));
  const result = await load(tree);
  if (!result.ok) return refusalReport(result.problems);
  const builder = builders[options.text('format') as keyof typeof builders];
  const built = await builder(result.loaded, options.text('env'));
  const isRefused = built.isPartial && !options.isSet('allow-partial');
  if (isRefused) {
    const advice = emphasised('bad', 'Nothing was written; --allow-partial leaves these flags out.');
    return { outcome: 'findings', sections: [], notices: [...built.notices, advice] };
  }
  const out = options.text('out');
  if (out === undefined) {
    return { outcome: 'clean', sections: [{ kind: 'document', text: built.text }], notices: built.notices };
  }
  await writeWhole(input.directory, out, built.text);
  const done = `Wrote ${out}: ${counted(Buffer.byteLength(built.text), 'byte')}.`;
  return { outcome: 'clean', sections: [], notices: [...built.notices, done] };
}

type Builder = (loaded: LoadedRepository, environment: string | undefined) => Built | Promise<Built>;

const builders: Readonly<Record<'flagd' | 'bundle', Builder>> = { flagd: buildFlagd, bundle: buildBundle };

function buildFlagd({ ruleset }: LoadedRepository, environment: string | undefined): Built {
  const { environments } = ruleset.documents.policy;
  if (environment === undefined) throw new UsageError(`name an environment with --env: ${environments.join(' or ')}`);
  requireKnown('environment', [environment], environments);
  const { flagd, inexpressible, warnings } = compileToFlagd(ruleset, environment);
  const reasons = inexpressible.flatMap(({ key, reasons: all }) => all.map((reason) => ({ key, message: reason })));
  const notice =
    (emphasis: 'bad' | 'warning', what: string) =>
    ({ key, message }: { key: string; message: string }): Text => [emphasised(emphasis, what), ` ${key}: ${message}`];
  return {
    text: `${JSON.stringify(flagd, undefined, 2)}\n`,
    notices: [...reasons.map(notice('bad', 'left out')), ...warnings.map(notice('warning', 'warning'))],
    isPartial: inexpressible.length > 0,
  };
}

async function buildBundle(loaded: LoadedRepository, environment: string | undefined): Promise<Built> {
  if (environment !== undefined) throw new UsageError('a bundle holds every environment; leave out --env');
  return { text: await writeBundle(loaded), notices: [], isPartial: false };
}
