/** `--type`: what columns hold, where a file does not say it or not well enough. */
import { UsageError, type CommandOption } from '../command.js';
import type { ColumnType } from './contexts.js';

/** The option, of every command that reads contexts. */
export const typeOption: CommandOption = {
  name: 'type',
  value: 'COLUMN=TYPE',
  summary: 'what a column of CSV, Parquet or SQLite holds: string, number, boolean, date, list or json',
  isList: true,
};

const TYPES: readonly ColumnType[] = ['string', 'number', 'boolean', 'date', 'list', 'json'];

/** In characters, of a value that is none. */
const MAX_SHOWN = 60;

/** The types by column of `column=type`; a column's name may have an equals sign, too. @throws UsageError */
export function typesOf(texts: readonly string[]): ReadonlyMap<string, ColumnType> {
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

function shown(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}
