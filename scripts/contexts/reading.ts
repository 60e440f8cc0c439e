/** What the commands over files of contexts have in common: their files, their options, and the flag repository around. */
import { UsageError } from '../errors.js';
import type { CommandArgument, CommandInput, CommandOption } from '../command.js';
import type { LoadResult } from '../../provider/repository/index.js';
import type { ContextFile, ReadOptions } from './contexts.js';
import { readingOf } from './read-options.js';
import { openContextFiles } from './reading/open-files.js';
import type { OutputFile } from './output-file.js';

/** The files that are read. */
export const filesArgument: CommandArgument = {
  name: 'files',
  summary: 'JSON Lines (.jsonl), CSV, Parquet or SQLite; the first two also with .gz, .br or .zst',
  isList: true,
  completes: 'files',
};

/** Where the result goes. */
export const outOptions: readonly CommandOption[] = [
  {
    name: 'out',
    value: 'FILE',
    summary: 'JSON Lines; compressed where it ends in .gz',
    isRequired: true,
    completes: 'files',
  },
  { name: 'force', summary: 'replace FILE where it is there' },
];

/** Opens the files of a command line. @throws UsageError as {@link openContextFiles}, and for types that are none */
export async function openInputs({ options, argumentList, directory }: CommandInput): Promise<OpenedInputs> {
  const names = argumentList('files');
  const reading = readingOf(options);
  return { names, reading, files: await openContextFiles(names, directory, reading) };
}

/** Where a command line wants its result. */
export function outputOf({ options, directory, argumentList }: CommandInput): OutputFile {
  const name = options.text('out') ?? '';
  return { directory, name, isForced: options.isSet('force'), inputs: argumentList('files') };
}

/** Files, and how to read them. */
export interface OpenedInputs {
  readonly names: readonly string[];
  readonly reading: ReadOptions;
  readonly files: readonly ContextFile[];
}

/**
 * The flag repository around, loaded; undefined where there is none.
 * @throws UsageError where one was named that is not there
 */
export async function surroundingRepository({ workspace, location }: CommandInput): Promise<LoadResult | undefined> {
  try {
    return await (await workspace()).load();
  } catch (error) {
    if (error instanceof UsageError && location.repository === undefined) return undefined;
    throw error;
  }
}
