/** JSON Lines: bytes in, stretches of whole lines out; nothing is decoded, and no line is held beyond its limit. */
import { UsageError } from '../../errors.js';
import { BATCH_BYTES } from './limits.js';
import type { LinesBatch, RefusedRow } from '../contexts.js';

const NEWLINE = 0x0a;

/**
 * Splits a stream of bytes at its newlines. Each batch owns its memory, so that it can be handed to a worker without a
 * copy; a line beyond the limit is a refused row, and its bytes are dropped as they come.
 * @throws UsageError where there is nothing but white space
 */
export async function* readJsonLines(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<LinesBatch> {
  const lines = new LineSplitter(file, maxLineBytes);
  // In a piece of no more than the limit only the first line can be beyond it, together with what came before.
  const pieceBytes = Math.min(BATCH_BYTES, maxLineBytes);
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += pieceBytes) {
      yield* lines.push(chunk.subarray(start, start + pieceBytes));
    }
  }
  yield* lines.end();
  if (lines.isBlank) throw new UsageError(`${file} holds no contexts: there is nothing but white space in it`);
}

/** Where a stream of bytes is between two newlines. */
class LineSplitter {
  isBlank = true;
  /** Whole lines of the batch to come, and how many. */
  private whole: Uint8Array[] = [];
  private wholeBytes = 0;
  private wholeLines = 0;
  /** The line that has begun after them. */
  private tail: Uint8Array[] = [];
  private tailBytes = 0;
  /** Of the batch's first line, from 1. */
  private first = 1;
  /** Whether the current line is beyond the limit, and dropped up to its newline. */
  private isSkipping = false;

  constructor(
    private readonly file: string,
    private readonly maxLineBytes: number,
  ) {}

  /** Takes a piece of at most a line's limit. */
  *push(piece: Uint8Array): Generator<LinesBatch> {
    let rest = piece;
    if (this.isSkipping) {
      const end = rest.indexOf(NEWLINE);
      if (end < 0) return;
      yield this.refuse();
      rest = rest.subarray(end + 1);
    }
    this.isBlank &&= !rest.some((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
    const firstEnd = rest.indexOf(NEWLINE);
    const lineBytes = this.tailBytes + (firstEnd < 0 ? rest.length : firstEnd);
    if (lineBytes > this.maxLineBytes) {
      yield* this.skip();
      if (firstEnd < 0) return;
      yield this.refuse();
      rest = rest.subarray(firstEnd + 1);
    }
    this.keep(rest);
    if (this.wholeBytes >= BATCH_BYTES) yield this.flush();
  }

  /** The last line may have no newline. */
  *end(): Generator<LinesBatch> {
    if (this.isSkipping) yield this.refuse();
    this.whole.push(...this.tail);
    this.wholeBytes += this.tailBytes;
    if (this.wholeBytes > 0) yield this.flush();
  }

  private keep(piece: Uint8Array): void {
    const length = piece.lastIndexOf(NEWLINE) + 1;
    if (length > 0) {
      for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, end + 1)) this.wholeLines += 1;
      this.whole.push(...this.tail, piece.subarray(0, length));
      this.wholeBytes += this.tailBytes + length;
      this.dropTail();
    }
    if (length === piece.length) return;
    this.tail.push(piece.subarray(length));
    this.tailBytes += piece.length - length;
  }

  private dropTail(): void {
    this.tail = [];
    this.tailBytes = 0;
  }

  private flush(refused: readonly RefusedRow[] = []): LinesBatch {
    const bytes = new Uint8Array(this.wholeBytes);
    let length = 0;
    for (const piece of this.whole) {
      bytes.set(piece, length);
      length += piece.length;
    }
    const batch: LinesBatch = { kind: 'lines', file: this.file, first: this.first, bytes, refused };
    this.first += this.wholeLines;
    this.whole = [];
    this.wholeBytes = 0;
    this.wholeLines = 0;
    return batch;
  }

  /** Lets go of a line that is too long, after the lines before it. */
  private *skip(): Generator<LinesBatch> {
    if (this.wholeBytes > 0) yield this.flush();
    this.dropTail();
    this.isSkipping = true;
  }

  /** At the end of a line that was dropped. */
  private refuse(): LinesBatch {
    this.isSkipping = false;
    this.isBlank = false;
    const message = `the line is longer than ${this.maxLineBytes.toLocaleString('en')} bytes, the most a context may have`;
    const batch = this.flush([{ file: this.file, row: this.first, message }]);
    this.first += 1;
    return batch;
  }
}
