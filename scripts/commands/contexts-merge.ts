/** `flagctl contexts merge`: one file of contexts out of several. */
import type { Command, CommandInput } from '../command.js';
import { Merge } from '../contexts/merge/merge.js';
import { mergeReport } from '../contexts/merge/report.js';
import { MAX_CONTEXTS } from '../contexts/reading/limits.js';
import { checkOutput, writeLines } from '../contexts/output-file.js';
import { filesArgument, openInputs, outOptions, outputOf } from '../contexts/reading.js';
import { readOptions } from '../contexts/read-options.js';
import { RowReader } from '../contexts/row-reader.js';
import { wholeNumber } from '../contexts/whole-number.js';
import type { Report } from '../report.js';

/** Merges files; the order of the files decides nothing but the order of the rows. */
export const contextsMerge: Command = {
  name: 'contexts merge',
  summary: 'Merge files of contexts into one, each user once',
  description:
    'Of each targeting key the row with the smallest weight stays: samples of several processes and days are ' +
    'coordinated by one hash of the users, and there it is the right one. Rows without a targeting key all stay. ' +
    'The files are read twice; memory holds one slot a user, no rows. With --limit, users are left out by another hash ' +
    'of the targeting key, and the weights of the others grow, so that they stand for as many as before. Limit last: ' +
    'a limited file is no coordinated sample any more.',
  arguments: [filesArgument],
  options: [...outOptions, { name: 'limit', value: 'N', summary: 'how many users stay at most' }, ...readOptions],
  examples: [
    { line: 'flagctl contexts merge samples/*.jsonl --out contexts.jsonl.gz', summary: 'the samples of a day' },
    { line: 'flagctl contexts merge all.jsonl --out few.jsonl --limit 50000', summary: 'a file for the repository' },
  ],
  formats: ['json'],
  run: runMerge,
};

async function runMerge(input: CommandInput): Promise<Report> {
  const { options, progress } = input;
  const limit = wholeNumber('--limit', options.text('limit'), MAX_CONTEXTS);
  const output = outputOf(input);
  await checkOutput(output);
  const { files, reading } = await openInputs(input);
  const first = new RowReader(files, reading, progress, 'Reading');
  const merge = new Merge();
  await merge.plan(first, limit);
  await writeLines(output, merge.lines(new RowReader(files, reading, progress, 'Merging')));
  return mergeReport(merge.result(first), output.name);
}
