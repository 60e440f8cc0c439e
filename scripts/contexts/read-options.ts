/** How files of contexts are read, as options of the commands that read them. */
import { UsageError, type CommandOption, type ParsedOptions } from '../command.js';
import type { ColumnType, ReadOptions } from './contexts.js';

/** The options. */
export const readOptions: readonly CommandOption[] = [
  { name: 'key', value: 'COLUMN', summary: 'the column with the targeting key (default: targetingKey)' },
  { name: 'weight', value: 'COLUMN', summary: 'how many users a row stands for (default: $weight, else 1)' },
  {
    name: 'type',
    value: 'COLUMN=TYPE',
    summary: 'what a column of CSV, Parquet or SQLite holds: string, number, boolean, date, list or json',
    isList: true,
  },
  { name: 'table', value: 'NAME', summary: 'the table of a SQLite file (default: its only one)' },
];

const TYPES: readonly ColumnType[] = ['string', 'number', 'boolean', 'date', 'list', 'json'];

/** In characters, of a value that is none. */
const MAX_SHOWN = 60;

/** What {@link readOptions} say. @throws UsageError for a value that is none */
export function readingOf(options: ParsedOptions): ReadOptions {
  return {
    key: named(options, 'key', 'the column with the targeting key'),
    weight: named(options, 'weight', 'the column with the number of users'),
    types: typesOf(options.list('type')),
    table: named(options, 'table', 'a table'),
  };
}

function named(options: ParsedOptions, name: string, meaning: string): string | undefined {
  const text = options.text(name);
  if (text === '') throw new UsageError(`--${name} must name ${meaning}`);
  return text;
}

/** `column=type`; a column's name may have an equals sign, too. */
function typesOf(texts: readonly string[]): ReadonlyMap<string, ColumnType> {
  const types = new Map<string, ColumnType>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const [column, word] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
    const type = TYPES.find((one) => one === word);
    if (column === '' || type === undefined) {
      throw new UsageError(
        `--type must be column=type, such as age=number, with one of ${TYPES.join(', ')}, not ${shown(text)}`,
      );
    }
    if ((types.get(column) ?? type) !== type) throw new UsageError(`--type gives ${shown(column)} two types`);
    types.set(column, type);
  }
  return types;
}

/** What somebody wrote, for a message. */
export function shown(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}
