/** `flagctl contexts synth`: contexts of a population that nobody is. */
import { UsageError, type Command, type CommandInput } from '../command.js';
import { checkOutput, writeLines, type OutputFile } from '../contexts/output-file.js';
import type { PopulationDocument } from '../contexts/synth/population.js';
import { readPopulation } from '../contexts/synth/read-population.js';
import { synthesize } from '../contexts/synth/synth.js';
import { wholeNumber } from '../contexts/whole-number.js';
import { counted, emphasised, type Report } from '../report.js';

/** Five times the contexts that a preview is measured with. */
const MAX_COUNT = 5_000_000;

/** In characters; a name or a number. */
const MAX_SEED_LENGTH = 200;

/** In characters: half of the longest text that V8 can hold. */
const MAX_PRINTED_LENGTH = 256 * 1024 * 1024;

/** Rows between two words of progress. */
const PROGRESS_STEP = 10_000;

/** Makes contexts up, as JSON Lines. */
export const contextsSynth: Command = {
  name: 'contexts synth',
  summary: 'Make up contexts from a description of a population',
  description:
    'For repositories that have no samples yet: a preview from made-up contexts says so. The description is YAML, as ' +
    'schema/population.schema.json has it: attributes and how their values are distributed. Where fewer contexts than ' +
    'users are made, $weight says how many users each stands for. The same description and seed make the same ' +
    'contexts, byte for byte.',
  arguments: [{ name: 'file', summary: 'the description, such as .github/population.yaml', completes: 'files' }],
  options: [
    { name: 'count', value: 'N', summary: "how many contexts (default: the description's count, or one a user)" },
    { name: 'seed', value: 'SEED', summary: 'another one makes another sample of the same population (default: 1)' },
    {
      name: 'out',
      value: 'FILE',
      summary: 'write there (.gz: compressed), not to standard output',
      completes: 'files',
    },
    { name: 'force', summary: 'replace FILE where it is there' },
  ],
  examples: [
    { line: 'flagctl contexts synth .github/population.yaml --out contexts.jsonl.gz', summary: 'for flagctl preview' },
    { line: 'flagctl contexts synth .github/population.yaml --count 10', summary: 'to look at a few' },
  ],
  run: runSynth,
};

async function runSynth(input: CommandInput): Promise<Report> {
  const { options, directory } = input;
  const name = input.argument('file') ?? '';
  const output = outputOf(input, name);
  if (output !== undefined) await checkOutput(output);
  const seed = options.text('seed') ?? '1';
  if (seed.length > MAX_SEED_LENGTH) throw new UsageError(`--seed is longer than ${MAX_SEED_LENGTH} characters`);
  const given = wholeNumber('--count', options.text('count'), MAX_COUNT);
  const read = await readPopulation(directory, name);
  if (!read.ok) {
    const lines = [emphasised('bad', 'This is no description of a population. Nothing was made.')];
    return {
      outcome: 'findings',
      sections: [
        { kind: 'problems', problems: read.problems },
        { kind: 'lines', lines },
      ],
    };
  }
  const { population } = read;
  const count = countOf(population, given);
  const lines = linesOf(population, count, seed, input.progress);
  const summary = `${counted(count, 'context')} of ${counted(population.users, 'user')}, made up`;
  if (output === undefined) {
    return { outcome: 'clean', sections: [{ kind: 'document', text: joined(lines) }], notices: [`${summary}.`] };
  }
  await writeLines(output, lines);
  return { outcome: 'clean', sections: [{ kind: 'lines', lines: [`Wrote ${summary}, to ${output.name}.`] }] };
}

function outputOf({ options, directory }: CommandInput, description: string): OutputFile | undefined {
  const name = options.text('out');
  if (name === undefined) {
    if (options.isSet('force')) throw new UsageError('--force needs --out FILE');
    return undefined;
  }
  return { directory, name, isForced: options.isSet('force'), inputs: [description] };
}

function countOf({ users, count, profiles = {} }: PopulationDocument, given: number | undefined): number {
  const wanted = Math.min(users, given ?? count ?? users);
  if (wanted > MAX_COUNT) {
    throw new UsageError(
      `${counted(wanted, 'context')} are too many; give a --count of at most ${MAX_COUNT.toLocaleString('en')}`,
    );
  }
  const least = Object.keys(profiles).length + 1;
  if (wanted >= Math.min(users, least)) return wanted;
  throw new UsageError(
    `${counted(wanted, 'context')} can't stand for ${counted(least - 1, 'profile')} and everybody else: at least ${least} are needed`,
  );
}

function* linesOf(
  population: PopulationDocument,
  count: number,
  seed: string,
  progress: CommandInput['progress'],
): Generator<string> {
  let made = 0;
  for (const row of synthesize(population, count, seed)) {
    yield JSON.stringify(row);
    if (++made % PROGRESS_STEP === 0)
      progress(`Making contexts: ${made.toLocaleString('en')} of ${count.toLocaleString('en')}`);
  }
}

function joined(lines: Iterable<string>): string {
  const chunks: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > MAX_PRINTED_LENGTH)
      throw new UsageError('these are too many contexts to print; write them with --out FILE');
    chunks.push(`${line}\n`);
  }
  return chunks.join('');
}
