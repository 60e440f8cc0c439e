/** CSV as records of text: csv-parse fed piece by piece, with what it can't go on after told from what it can. */
import { UsageError } from '../../errors.js';
import type { Parser } from 'csv-parse';

/** A record as it is in the file. */
export interface CsvRecord {
  /** The line it ends on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why its cells can't be relied on. */
  readonly problem: string | undefined;
}

/** Bytes that are parsed at once: how far beyond the limit a record can grow. */
const PIECE_BYTES = 64 * 1024;

/** The problem that ends with its record; the others leave open where that is. */
const STRAY_QUOTE = 'INVALID_OPENING_QUOTE';

/**
 * Reads records, those of a piece at a time. Blank lines are none.
 * @throws UsageError for a record beyond the limit, and for a quote that is not closed as it should be: where such a
 * record ends can't be told, and what follows would be lost without a word
 */
export async function* readRecords(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  delimiter: string,
  maxRecordBytes: number,
): AsyncGenerator<readonly CsvRecord[]> {
  const reading = new Reading(file, maxRecordBytes);
  const parser = await reading.parser(delimiter);
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      yield await reading.write(parser, chunk.subarray(start, start + PIECE_BYTES));
    }
  }
  yield await reading.end(parser);
}

/** What was read of a file so far. */
class Reading {
  private records: CsvRecord[] = [];
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  /** Whether there were bytes that are not UTF-8. */
  private isDoubtful = false;
  private bytes = 0;
  /** Where the last record ended. */
  private endBytes = 0;
  private endLine = 0;
  /** Of the last record with a stray quote: it may have several. */
  private strayLine = 0;
  private failure: UsageError | undefined;

  constructor(
    private readonly file: string,
    private readonly maxRecordBytes: number,
  ) {}

  async parser(delimiter: string): Promise<Parser> {
    const { parse } = await import('csv-parse');
    const parser = parse({
      bom: true,
      delimiter,
      max_record_size: this.maxRecordBytes,
      // Lone carriage returns are text; a file may mix the other two.
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_record: (cells: string[], { bytes_records: bytes, lines }) => {
        this.add(cells, bytes, lines);
        return null;
      },
      on_skip: (error) => {
        this.skip(error?.code, parser.info.lines);
        return undefined;
      },
    });
    parser.on('error', () => undefined);
    parser.resume();
    return parser;
  }

  async write(parser: Parser, piece: Uint8Array): Promise<readonly CsvRecord[]> {
    this.isDoubtful ||= !this.isUtf8(piece);
    this.bytes += piece.length;
    await new Promise<void>((done) => parser.write(piece, () => done()));
    // Cells that are empty count for nothing in csv-parse's own limit, and a skipped error does not stop it.
    if (this.bytes - this.endBytes > this.maxRecordBytes + PIECE_BYTES) this.failure ??= this.tooLong();
    return this.take();
  }

  async end(parser: Parser): Promise<readonly CsvRecord[]> {
    await new Promise<void>((done) => {
      parser.once('close', done);
      parser.end();
    });
    return this.take();
  }

  private take(): readonly CsvRecord[] {
    if (this.failure !== undefined) throw this.failure;
    const { records } = this;
    this.records = [];
    return records;
  }

  private add(cells: readonly string[], bytes: number, line: number): void {
    const isBroken = this.isDoubtful && cells.some((cell) => cell.includes('\uFFFD'));
    this.records.push({ line, cells, problem: isBroken ? 'expected UTF-8, found other bytes' : undefined });
    this.endBytes = bytes;
    this.endLine = line;
  }

  private skip(code: string | undefined, line: number): void {
    if (code === STRAY_QUOTE) {
      if (line !== this.strayLine) {
        this.strayLine = line;
        this.records.push({
          line,
          cells: [],
          problem: 'a quote in the middle of a cell; a cell with quotes is quoted itself',
        });
      }
      this.endBytes = this.bytes;
      return;
    }
    this.failure ??= code === 'CSV_MAX_RECORD_SIZE' ? this.tooLong() : this.unclosed();
    throw this.failure;
  }

  private isUtf8(piece: Uint8Array): boolean {
    try {
      this.decoder.decode(piece, { stream: true });
      return true;
    } catch {
      return false;
    }
  }

  private tooLong(): UsageError {
    const limit = this.maxRecordBytes.toLocaleString('en');
    return this.error(`a row of more than ${limit} bytes, the most that a context may have`, 'is a quote not closed?');
  }

  private unclosed(): UsageError {
    return this.error('a quoted cell that does not end', 'quotes within it must be doubled');
  }

  private error(what: string, hint: string): UsageError {
    return new UsageError(`${this.file}: line ${this.endLine + 1} begins ${what}; ${hint}`);
  }
}
