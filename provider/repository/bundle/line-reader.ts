/** Bytes as lines of text, decoded in blocks, with nothing allocated for a line that need not be. */
import { isAscii } from 'node:buffer';

/** Above a million characters node keeps a string outside of the collected heap; to decode one takes a millisecond. */
const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** Goes through bytes that end with a line's end; the line that it is at is `text` from `start` to `end`. */
export class LineReader {
  text = '';
  start = 0;
  end = 0;
  #block: Buffer;
  #blockStart = 0;
  #position = 0;
  #isText = false;

  constructor(private readonly bytes: Buffer) {
    this.#block = bytes.subarray(0, 0);
  }

  /** Goes to the next line; false where there is none. */
  next(): boolean {
    if (this.#position === this.#block.length && !this.#nextBlock()) return false;
    if (this.#isText) {
      this.start = this.#position;
      this.end = this.text.indexOf('\n', this.start);
      this.#position = this.end + 1;
      return true;
    }
    const end = this.#block.indexOf(NEWLINE, this.#position);
    this.text = this.#block.toString('utf8', this.#position, end);
    this.end = this.text.length;
    this.#position = end + 1;
    return true;
  }

  /** Whole lines, as many as fit, or one. */
  #nextBlock(): boolean {
    const { bytes } = this;
    const start = this.#blockStart + this.#block.length;
    if (start === bytes.length) return false;
    const last = bytes.subarray(start, start + BLOCK_BYTES).lastIndexOf(NEWLINE);
    const end = last < 0 ? bytes.indexOf(NEWLINE, start + BLOCK_BYTES) : start + last;
    this.#block = bytes.subarray(start, end + 1);
    this.#blockStart = start;
    this.#position = 0;
    this.start = 0;
    // A string with one character beyond Latin-1 takes two bytes for each: only lines that need that should.
    this.#isText = isAscii(this.#block);
    if (this.#isText) this.text = this.#block.toString('latin1');
    return true;
  }
}
