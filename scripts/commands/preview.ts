/** `flagctl preview`: whom a change moves. */
import type { Command, CommandInput } from '../command.js';
import { typeOption } from '../contexts/type-option.js';
import { changePlace, changeRange, rangeOptions } from '../history/change-range.js';
import { previewOptions } from '../impact/preview-options.js';
import type { Report } from '../report.js';

/** Previews a change; `--format json` prints what `schema/check/preview.schema.json` describes. */
export const preview: Command = {
  name: 'preview',
  summary: 'Show how many users a change gives something else, by replaying their contexts',
  description:
    'Evaluates each context by the base and by the merge of the head into it, and says who gets another value: exact ' +
    'for the contexts, with a 95 % interval for all users. Without contexts it tells what the rules alone can. ' +
    'Files: JSON Lines, CSV, Parquet or SQLite, also compressed (.gz, .br, .zst). ' +
    'Exit code 0: previewed; 1: the change does not load or conflicts; 2: it could not be previewed.',
  options: [
    ...rangeOptions,
    {
      name: 'contexts',
      value: 'FILE',
      summary: 'files of evaluation contexts, a row each; without any it is an estimate',
      isList: true,
      completes: 'files',
    },
    { name: 'population', value: 'N', summary: 'how many users there are (default: the sum of the weights)' },
    { name: 'by', value: 'ATTRIBUTE', summary: 'break the users down by its values', isList: true },
    { name: 'weight', value: 'COLUMN', summary: 'how many users a row stands for (default: $weight, else 1)' },
    typeOption,
    { name: 'table', value: 'NAME', summary: 'the table of a SQLite file (default: its only one)' },
    { name: 'max-refused', value: 'PERCENT', summary: 'how many rows may be no contexts (default: 1%)' },
    { name: 'threads', value: 'N', summary: 'how many threads replay (default: by size and processors)' },
  ],
  examples: [
    { line: 'flagctl preview --contexts contexts.jsonl', summary: 'this branch against main' },
    {
      line: 'flagctl preview --contexts users.parquet --population 113000000 --by country,plan',
      summary: 'in users, and by country and plan',
    },
    { line: 'flagctl preview --base origin/main --head HEAD --format markdown', summary: 'as a comment' },
  ],
  formats: ['json', 'markdown'],
  run: runPreview,
};

async function runPreview(input: CommandInput): Promise<Report> {
  const { contexts, ...asked } = previewOptions(input.options);
  const place = await changePlace(input, 'preview');
  const { base, head, notices } = await changeRange(place, input, { branch: false, done: 'previewed' });
  // Readers of four formats and the replay: no other command waits for them.
  const [{ openContextFiles }, { previewChange }, { previewReport }] = await Promise.all([
    import('../contexts/reading/open-files.js'),
    import('../impact/preview-change.js'),
    import('../impact/rendering/report.js'),
  ]);
  const files = await openContextFiles(contexts, input.directory, asked.reading);
  const result = await previewChange({ ...place, ...asked, base, head, files, progress: input.progress });
  return { ...previewReport(result), notices };
}
