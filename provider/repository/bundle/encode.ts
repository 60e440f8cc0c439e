/** A revision to the text of a bundle. */
import { createHash } from 'node:crypto';
import { MAX_BUNDLE_BYTES, MAX_DOCUMENTS, unwritable, type BundleContent, type BundleDocument } from './content.js';
import { frameLine, headerLine } from './frame.js';
import { ID, isDocumentJson, PATH, VALUE } from './line.js';
import { Slices } from '../slices.js';

/** In UTF-16 units; to write and hash so much takes a fraction of a slice. */
const PIECE_LENGTH = 256 * 1024;

/**
 * The text of a bundle in pieces, the same for the same content; the documents may come in any order.
 * @throws SyncError (later) where there is more than a bundle holds
 */
export async function encodeBundle(content: BundleContent): Promise<Buffer[]> {
  const { documents } = content;
  if (documents.length > MAX_DOCUMENTS) throw unwritable(`it has more than ${MAX_DOCUMENTS} documents`);
  const slices = new Slices();
  const body = new Body();
  let text = headerLine({ ...content, documents: documents.length });
  let previous: BundleDocument | undefined;
  for (const document of documents.toSorted(byPath)) {
    if (document.path === previous?.path) throw new Error(`${document.path} is there twice`);
    previous = document;
    text += documentLine(document);
    if (text.length < PIECE_LENGTH) continue;
    body.add(text);
    text = '';
    if (slices.isOver) await slices.pause();
  }
  body.add(text);
  return body.framed();
}

/** What follows the frame. */
class Body {
  readonly #pieces: Buffer[] = [];
  readonly #hash = createHash('sha256');
  #length = 0;

  add(text: string): void {
    const piece = Buffer.from(text);
    this.#pieces.push(piece);
    this.#hash.update(piece);
    this.#length += piece.length;
    refuseTooLong(this.#length);
  }

  framed(): Buffer[] {
    const frame = Buffer.from(frameLine({ length: this.#length, digest: this.#hash.digest('hex') }));
    refuseTooLong(frame.length + this.#length);
    return [frame, ...this.#pieces];
  }
}

function refuseTooLong(length: number): void {
  if (length > MAX_BUNDLE_BYTES) throw unwritable(`it has more than ${MAX_BUNDLE_BYTES} bytes`);
}

function byPath(a: BundleDocument, b: BundleDocument): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}

function documentLine({ path, id, json }: BundleDocument): string {
  if (!isDocumentJson(json)) throw new Error(`what ${path} holds is no map or list in compact JSON`);
  return `${PATH}${inner(path)}${ID}${inner(id)}${VALUE}${json}}\n`;
}

/** A JSON string without its quotes. */
function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
