/** `flagctl contexts describe`: what files of contexts hold. */
import type { Command, CommandInput } from '../command.js';
import { countContexts } from '../contexts/describe/describe.js';
import { descriptionOf } from '../contexts/describe/description.js';
import { describeReport } from '../contexts/describe/report.js';
import { filesArgument, openInputs, surroundingRepository } from '../contexts/reading.js';
import { referencedAttributes } from '../contexts/referenced.js';
import { readOptions } from '../contexts/read-options.js';
import { RowReader } from '../contexts/row-reader.js';
import { emphasised, type Report } from '../report.js';

/** Describes contexts; `--json` prints a `ContextsDescription`. */
export const contextsDescribe: Command = {
  name: 'contexts describe',
  summary: 'Say what files of contexts hold: users, weights, attributes and their values',
  description:
    'Each user counts once: the first row of a targeting key. Shares are of users, by weight. Values are never shown of ' +
    'targeting keys, nor of attributes that may tell who somebody is: where nearly all values differ, or one looks like ' +
    'an e-mail address, an IP address or a phone number. In a flag repository it also says which attributes flags read, ' +
    'and which of them no context has.',
  arguments: [filesArgument],
  options: readOptions,
  examples: [
    { line: 'flagctl contexts describe samples/*.jsonl.gz', summary: 'before a preview' },
    { line: 'flagctl contexts describe users.csv --weight users --json', summary: 'for a script' },
  ],
  formats: ['json', 'markdown'],
  run: runDescribe,
};

async function runDescribe(input: CommandInput): Promise<Report> {
  const { files, reading } = await openInputs(input);
  const around = await surroundingRepository(input);
  const uses = around?.ok === true ? referencedAttributes(around.loaded.ruleset) : undefined;
  const reader = new RowReader(files, reading, input.progress);
  const counts = await countContexts(reader);
  const report = describeReport(descriptionOf(counts, reader, uses));
  if (around?.ok !== false) return report;
  const notice = emphasised('warning', 'The flag repository does not load, so nothing is said of what flags read.');
  return { ...report, notices: [...(report.notices ?? []), notice] };
}
