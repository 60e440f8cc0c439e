/** The first two lines of a bundle: the frame, by which any damage shows, and the header. */
import { excerpt } from '../excerpt.js';
import { MAX_HEADER_BYTES, unreadable, unwritable, type BundleContent } from './content.js';

const NAME = 'guidon-bundle';
/** Another version is another format. */
const VERSION = 2;
const FORMAT = `${NAME}/${VERSION}`;
/** The format, 8 digits, 64 digits, two spaces and the end of the line, rounded up. */
const MAX_FRAME_BYTES = 100;
const FRAME = new RegExp(`^${FORMAT} ([1-9]\\d{0,7}) ([0-9a-f]{64})\\n`);
const OTHER_VERSION = new RegExp(`^${NAME}/(\\d{1,9}) `);

/** What the frame says of the rest: where it starts, its length in bytes, and its SHA-256 in hex. */
export interface Frame {
  readonly start: number;
  readonly length: number;
  readonly digest: string;
}

/** What the header says, with the number of documents. */
export interface Header extends Omit<BundleContent, 'documents'> {
  readonly documents: number;
}

/** The first line, for a rest of so many bytes and this SHA-256. */
export function frameLine({ length, digest }: Omit<Frame, 'start'>): string {
  return `${FORMAT} ${length} ${digest}\n`;
}

/** Reads the first line. @throws SyncError (later) */
export function parseFrame(bytes: Buffer): Frame {
  const head = bytes.toString('latin1', 0, MAX_FRAME_BYTES);
  const [line, length, digest] = FRAME.exec(head) ?? [];
  if (line !== undefined && length !== undefined && digest !== undefined) {
    return { start: line.length, length: Number(length), digest };
  }
  if (head === '') throw unreadable('it is empty');
  const version = OTHER_VERSION.exec(head)?.[1];
  if (version === undefined || version === String(VERSION)) {
    throw unreadable(`its first line is damaged: found ${excerpt(head)}, expected "${FORMAT}", a length and a digest`);
  }
  const by = Number(version) > VERSION ? 'it was written by a newer guidon' : 'its format is not known';
  throw unreadable(`${by}: found ${NAME}/${version}, expected ${FORMAT}`);
}

/** The second line. @throws SyncError (later) where it would be too long to be read back */
export function headerLine({ repository, revision, root, checkedBy, documents, labels }: Header): string {
  const line = JSON.stringify({ repository, revision, root, checkedBy, documents, labels });
  if (Buffer.byteLength(line) > MAX_HEADER_BYTES)
    throw unwritable(`its header has more than ${MAX_HEADER_BYTES} bytes`);
  return `${line}\n`;
}

/** Reads the second line, which must be to the letter as {@link headerLine} writes it. @throws SyncError (later) */
export function parseHeader(line: string): Header {
  let header: unknown;
  try {
    header = JSON.parse(line);
  } catch (cause) {
    throw unreadable('its header is not JSON', { cause });
  }
  if (!isHeader(header) || headerLine(header) !== `${line}\n`) throw unreadable('its header is not laid out as one');
  return header;
}

function isHeader(value: unknown): value is Header {
  if (!isMap(value) || !isMap(value['labels'])) return false;
  const isText = (key: string): boolean => typeof value[key] === 'string';
  const isLabel = (label: unknown): boolean => typeof label === 'string' || typeof label === 'number';
  return (
    ['repository', 'revision', 'root', 'checkedBy'].every(isText) &&
    Number.isSafeInteger(value['documents']) &&
    Object.values(value['labels']).every(isLabel)
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
