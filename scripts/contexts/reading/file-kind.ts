/** What a file of contexts is: by its name, checked against its first bytes. */
import { UsageError } from '../../errors.js';
import type { ContextFormat } from '../contexts.js';

/** How a file of text is compressed. */
export type Compression = 'gzip' | 'brotli' | 'zstd';

/** A file's format and how it is compressed; Parquet and SQLite never are. */
export interface FileKind {
  readonly format: ContextFormat;
  readonly compression: Compression | undefined;
  /** Between the cells of a CSV file. */
  readonly delimiter: ',' | '\t';
}

const FORMATS: ReadonlyMap<string, ContextFormat> = new Map([
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['json-lines', 'jsonl'],
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['parquet', 'parquet'],
  ['sqlite', 'sqlite'],
  ['sqlite3', 'sqlite'],
  ['db', 'sqlite'],
]);

const COMPRESSIONS: ReadonlyMap<string, Compression> = new Map([
  ['gz', 'gzip'],
  ['br', 'brotli'],
  ['zst', 'zstd'],
]);

const EXPECTED =
  'expected .jsonl, .ndjson, .csv or .tsv, each also with .gz, .br or .zst after it, or .parquet, .sqlite, .sqlite3 or .db';

/** What a name's endings say; case does not matter. @throws UsageError where they say nothing that is known */
export function kindByName(name: string): FileKind {
  const endings = name.toLowerCase().split(/[\\/]/).at(-1)?.split('.').slice(1) ?? [];
  const compression = COMPRESSIONS.get(endings.at(-1) ?? '');
  const ending = endings.at(compression === undefined ? -1 : -2) ?? '';
  const format = FORMATS.get(ending);
  if (format === undefined)
    throw new UsageError(`${name}: can't tell the format by the name; ${EXPECTED}${hint(ending)}`);
  if (compression !== undefined && (format === 'parquet' || format === 'sqlite')) {
    throw new UsageError(`${name}: unpack it first; a ${label(format)} file is read where it is, not as a stream`);
  }
  return { format, compression, delimiter: ending === 'tsv' ? '\t' : ',' };
}

function hint(ending: string): string {
  if (ending === 'json') return '. A list in JSON becomes JSON Lines by: jq -c ".[]"';
  return ending === 'zip' ? '. Unpack it first' : '';
}

/** What files begin with. */
const MAGIC: readonly {
  readonly what: string;
  readonly bytes: readonly number[];
  readonly kind: ContextFormat | Compression | 'utf-16' | 'other';
}[] = [
  { what: 'a Parquet file', bytes: [...Buffer.from('PAR1')], kind: 'parquet' },
  { what: 'a SQLite database', bytes: [...Buffer.from('SQLite format 3\0')], kind: 'sqlite' },
  { what: 'compressed with gzip', bytes: [0x1f, 0x8b], kind: 'gzip' },
  { what: 'compressed with zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd], kind: 'zstd' },
  { what: 'a ZIP archive', bytes: [0x50, 0x4b, 0x03, 0x04], kind: 'other' },
  { what: 'UTF-16 text', bytes: [0xff, 0xfe], kind: 'utf-16' },
  { what: 'UTF-16 text', bytes: [0xfe, 0xff], kind: 'utf-16' },
];

/** How many of a file's first bytes {@link requireKind} looks at. */
export const HEAD_BYTES = 64;

/** Holds a file's name against its first bytes. @throws UsageError where they say something else, with what to do */
export function requireKind(name: string, kind: FileKind, head: Uint8Array): void {
  const found = MAGIC.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  const isPlainText = kind.compression === undefined && (kind.format === 'jsonl' || kind.format === 'csv');
  if (isPlainText ? found === undefined : found?.kind === (kind.compression ?? kind.format)) {
    requireNoList(name, kind, head);
    return;
  }
  if (kind.compression === 'brotli' && found === undefined) return;
  if (kind.compression === 'zstd' && isSkippableFrame(head)) return;
  if (found?.kind === 'utf-16') {
    throw new UsageError(`${name}: UTF-16 text, expected UTF-8; it becomes that by: iconv -f UTF-16 -t UTF-8`);
  }
  const named = kind.compression ?? label(kind.format);
  const fix = found === undefined ? `it does not begin like one` : `by its first bytes it is ${found.what}`;
  throw new UsageError(
    `${name}: by its name it is ${named}, but ${fix}; give it the name that it should have, or unpack it`,
  );
}

/** What zstd archives may begin with instead, as those of pzstd do: RFC 8878, section 3.1.2. */
function isSkippableFrame([first = 0, second, third, fourth]: Uint8Array): boolean {
  return first >> 4 === 5 && second === 0x2a && third === 0x4d && fourth === 0x18;
}

/** A list of objects is what people have; as lines each would be refused, which tells them less. */
function requireNoList(name: string, kind: FileKind, head: Uint8Array): void {
  if (kind.format !== 'jsonl' || kind.compression !== undefined) return;
  if (/^\uFEFF?\s*\[\s*(\{|$)/.test(Buffer.from(head).toString())) {
    throw new UsageError(`${name}: a list in JSON, expected one object a line; it becomes JSON Lines by: jq -c ".[]"`);
  }
}

function label(format: ContextFormat): string {
  return { jsonl: 'JSON Lines', csv: 'CSV', parquet: 'Parquet', sqlite: 'SQLite' }[format];
}
