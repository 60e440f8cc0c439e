/** From a batch to contexts: pure, and with imports few enough for a worker. */
import { isUtf8 } from 'node:buffer';
import { jsonErrorOffset } from '../../json-error.js';
import { MAX_LOCATED_LENGTH } from './limits.js';
import { readCells, readObject } from './read-row.js';
import { beginning } from './shown.js';
import type {
  Batch,
  LinesBatch,
  ParsedBatch,
  ReadOptions,
  RefusedRow,
  RowsBatch,
  WeightedContext,
} from '../contexts.js';

const NEWLINE = 0x0a;

/** What a line holds: a context, why it is none, or nothing but white space. */
type Read = WeightedContext | string | undefined;

/**
 * Parses a batch: contexts in the rows' order, without the names that begin with `$` and without the weight's column, the key's under `targetingKey`;
 * and the refused rows, the batch's own among them. Never throws for what a file holds.
 */
export function parseBatch(batch: Batch, options: ReadOptions): ParsedBatch {
  const contexts: WeightedContext[] = [];
  const refused: RefusedRow[] = [...batch.refused];
  const numbers = batch.kind === 'rows' ? batch.numbers : undefined;
  let index = 0;
  for (const read of batch.kind === 'lines' ? readLines(batch, options) : readRows(batch, options)) {
    if (typeof read === 'object') contexts.push(read);
    else if (typeof read === 'string')
      refused.push({ file: batch.file, row: numbers?.[index] ?? batch.first + index, message: read });
    index += 1;
  }
  return { contexts, refused };
}

function* readLines(batch: LinesBatch, options: ReadOptions): Generator<Read> {
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length);
  if (!isUtf8(bytes)) {
    yield* readDoubtfulLines(batch, bytes, options);
    return;
  }
  const text = bytes.toString();
  for (let start = batch.first === 1 && text.startsWith('\uFEFF') ? 1 : 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield readLine(text.slice(start, end), options);
    start = end + 1;
  }
}

/** Line by line, for one of them is not UTF-8. */
function* readDoubtfulLines(batch: LinesBatch, bytes: Buffer, options: ReadOptions): Generator<Read> {
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    const isMarked = batch.first === 1 && start === 0;
    if (!isUtf8(line)) yield 'expected UTF-8, found other bytes';
    else yield readLine(isMarked ? line.toString().replace(/^\uFEFF/, '') : line.toString(), options);
    start = end + 1;
  }
}

function readLine(line: string, options: ReadOptions): Read {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return line.trim() === '' ? undefined : jsonProblem(line);
  }
  return readObject(value, options);
}

function jsonProblem(line: string): string {
  const expected = 'expected a JSON object on one line';
  if (line.length > MAX_LOCATED_LENGTH) return `${expected}, found a long line that is no JSON`;
  const offset = jsonErrorOffset(line.trimEnd());
  if (offset >= line.trimEnd().length) return `${expected}, found only its beginning`;
  return `${expected}, found ${beginning(line.charAt(offset))} at column ${offset + 1}`;
}

function* readRows(batch: RowsBatch, options: ReadOptions): Generator<Read> {
  const paths = new Map<string, readonly string[]>();
  for (const row of batch.rows) yield readCells(row, options, paths);
}
