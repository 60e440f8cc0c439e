/** `flagctl contexts redact`: contexts without what must not be known of users. */
import type { Command, CommandInput } from '../command.js';
import type { WeightedContext } from '../contexts/contexts.js';
import { ContextCounts } from '../contexts/describe/describe.js';
import { checkOutput, writeLines } from '../contexts/output-file.js';
import { filesArgument, openInputs, outOptions, outputOf, surroundingRepository } from '../contexts/reading.js';
import { Redactor } from '../contexts/redact/redact.js';
import { redactReport } from '../contexts/redact/report.js';
import { redactionOf } from '../contexts/redact/request.js';
import { referencedAttributes } from '../contexts/referenced.js';
import { readOptions } from '../contexts/read-options.js';
import { RowReader } from '../contexts/row-reader.js';
import { rowText } from '../contexts/row-text.js';
import { UsageError } from '../errors.js';
import { refusalReport, type Report } from '../report.js';

/** Cleans contexts; says at the end what may still tell who somebody is. */
export const contextsRedact: Command = {
  name: 'contexts redact',
  summary: 'Clean files of contexts of what must not be known of users',
  description:
    'Attributes are named by their paths, device.model; a path stands for all within it, and lists are looked into. A ' +
    'value that was dropped, hashed or cut by name and stands in another attribute of the same context is removed there ' +
    'too, or hashed; texts of less than eight characters are not found again, unless they were hashed. Targeting keys ' +
    'stay unless they are dropped. Keys that are hashed or made up already stay as they are. Names of attributes are ' +
    'kept: where they are values themselves, drop what holds them.',
  arguments: [filesArgument],
  options: [
    ...outOptions,
    paths('keep', 'only these stay, and those that are hashed or cut'),
    { name: 'only-referenced', summary: 'only what the flags of this repository read stays, of all environments' },
    paths('drop', 'these go'),
    paths('hash', 'these become keyed hashes (HMAC-SHA-256), as the sampler makes them'),
    { name: 'secret-env', value: 'NAME', summary: 'the environment variable with the secret of the hashes' },
    paths(
      'email-domain',
      'of these the domain stays: ann@example.com becomes @example.com, and endsWith still matches',
    ),
    ...readOptions,
  ],
  examples: [
    {
      line: 'flagctl contexts redact raw.csv --out contexts.jsonl.gz --drop name,address.street',
      summary: 'only some',
    },
    {
      line: 'flagctl contexts redact raw.jsonl --out contexts.jsonl --only-referenced --hash targetingKey --email-domain email --secret-env CONTEXTS_SECRET',
      summary: 'for a repository that many can read',
    },
  ],
  formats: ['json'],
  run: runRedact,
};

function paths(name: string, summary: string) {
  return { name, value: 'PATHS', summary, isList: true };
}

async function runRedact(input: CommandInput): Promise<Report> {
  const around = await surroundingRepository(input);
  const isOnlyReferenced = input.options.isSet('only-referenced');
  if (isOnlyReferenced && around === undefined) {
    throw new UsageError('--only-referenced needs a flag repository around; name one with --repo');
  }
  if (isOnlyReferenced && around?.ok === false) return refusalReport(around.problems);
  const uses = around?.ok === true ? referencedAttributes(around.loaded.ruleset) : undefined;
  const redaction = redactionOf(input, isOnlyReferenced ? [...(uses?.keys() ?? [])] : undefined);
  const output = outputOf(input);
  await checkOutput(output);
  const { files, reading } = await openInputs(input);
  const reader = new RowReader(files, reading, input.progress, 'Redacting');
  const redactor = new Redactor(redaction);
  const counts = new ContextCounts();
  await writeLines(output, linesOf(reader, redactor, counts));
  return redactReport({ out: output.name, reader, redaction, deeds: redactor.deeds, counts, uses });
}

async function* linesOf(reader: RowReader, redactor: Redactor, counts: ContextCounts): AsyncGenerator<string> {
  for await (const contexts of reader.batches()) {
    for (const { context, weight, isWeighted } of contexts) {
      const redacted: WeightedContext = { context: redactor.redact(context), weight, isWeighted };
      counts.add(redacted);
      yield rowText(redacted.context, isWeighted ? weight : undefined);
    }
  }
}
