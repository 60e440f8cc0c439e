/** The text of a bundle to the revision that it holds: whole as it was written, or not at all. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  MAX_BUNDLE_BYTES,
  MAX_DOCUMENTS,
  MAX_HEADER_BYTES,
  unreadable,
  type BundleContent,
  type BundleDocument,
} from './content.js';
import { parseFrame, parseHeader } from './frame.js';
import { parseLine } from './line.js';
import { LineReader } from './line-reader.js';
import { Slices } from '../slices.js';

/** To hash so many bytes takes about a millisecond. */
const HASHED_BYTES = 1024 * 1024;
/** In characters; to read so many takes less time than to ask for it often. */
const MEASURED_LENGTH = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a bundle. Documents are not parsed, since their bytes are those that were written; which rules admitted them
 * then, {@link BundleContent.checkedBy} says.
 * @throws SyncError (later) for anything but a whole, undamaged bundle of this format
 */
export async function decodeBundle(bytes: Buffer): Promise<BundleContent> {
  if (bytes.length > MAX_BUNDLE_BYTES) throw unreadable(`it has more than ${MAX_BUNDLE_BYTES} bytes`);
  const slices = new Slices();
  const rest = await verifiedRest(bytes, slices);
  const headerEnd = rest.subarray(0, MAX_HEADER_BYTES + 1).indexOf(NEWLINE);
  if (headerEnd < 0) throw unreadable('its header has no end');
  const { documents: count, ...header } = parseHeader(rest.toString('utf8', 0, headerEnd));
  const reader = new DocumentReader(rest.subarray(headerEnd + 1));
  while (reader.readUntilOver(slices)) await slices.pause();
  const { documents } = reader;
  if (documents.length !== count) throw unreadable(`found ${documents.length} documents, expected ${count}`);
  return { ...header, documents };
}

/** What follows the frame, held against it. */
async function verifiedRest(bytes: Buffer, slices: Slices): Promise<Buffer> {
  const { start, length, digest } = parseFrame(bytes);
  const rest = bytes.subarray(start);
  if (rest.length !== length) {
    throw unreadable(
      `it is cut short or too long: found ${rest.length} bytes after its first line, expected ${length}`,
    );
  }
  const hash = createHash('sha256');
  for (let at = 0; at < rest.length; at += HASHED_BYTES) {
    hash.update(rest.subarray(at, at + HASHED_BYTES));
    if (slices.isOver) await slices.pause();
  }
  const found = hash.digest('hex');
  if (found !== digest) throw unreadable(`it is damaged: found the SHA-256 ${found}, expected ${digest}`);
  if (rest.at(-1) !== NEWLINE || !isUtf8(rest)) throw unreadable('it is not lines of UTF-8');
  return rest;
}

/** Reads documents in slices. Its loop is no async function, since those are never compiled while they run. */
class DocumentReader {
  readonly documents: BundleDocument[] = [];
  readonly #lines: LineReader;
  #previous: string | undefined;

  constructor(bytes: Buffer) {
    this.#lines = new LineReader(bytes);
  }

  /** Reads until the slice is over; false where nothing is left. */
  readUntilOver(slices: Slices): boolean {
    let length = 0;
    while (this.#lines.next()) {
      this.#read();
      length += this.#lines.end - this.#lines.start;
      if (length < MEASURED_LENGTH) continue;
      length = 0;
      if (slices.isOver) return true;
    }
    return false;
  }

  #read(): void {
    const place = this.documents.length + 1;
    if (place > MAX_DOCUMENTS) throw unreadable(`it has more than ${MAX_DOCUMENTS} documents`);
    const { text, start, end } = this.#lines;
    const document = parseLine(text, start, end);
    if (document === undefined) throw unreadable(`document ${place} is not laid out as one`);
    if (this.#previous !== undefined && document.path <= this.#previous) {
      throw unreadable(`document ${place} is out of order, or there twice`);
    }
    this.#previous = document.path;
    this.documents.push(document);
  }
}
