/** The parts of a zstd archive: RFC 8878, section 3.1. What unpacks it allocates whatever it declares, so that is read first. */

/** As `zstd --long` writes by default, which is more than any level does without it but the last ones of `--ultra`. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

/** Of a block, packed as well as unpacked: section 3.1.1.2.4. */
const MAX_BLOCK_BYTES = 128 * 1024;

const FRAME_MAGIC = 0xfd2fb528;
/** The last four bits are free: section 3.1.2. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;

/** A part that begins at the current byte: how long it is, and what follows. */
interface Part {
  readonly bytes: number;
  readonly next: Place;
  /** Whether it can be gone over in pieces, for nothing in it unpacks. */
  readonly isIgnored?: boolean;
}

/** What may begin: a frame, or within one a block or its checksum. */
type Place = { readonly kind: 'frame' } | { readonly kind: 'block' | 'checksum'; readonly hasChecksum: boolean };

/**
 * Cuts an archive into parts that each unpack to 128 KiB at the most: headers, blocks and checksums, without the frames
 * that decoders skip.
 * @throws Error for what is no zstd, ends too early, or wants a window of more than 128 MiB
 */
export async function* zstdParts(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let place: Place = { kind: 'frame' };
  let rest: Uint8Array = new Uint8Array(0);
  let ignored = 0;
  for await (const chunk of packed) {
    let bytes: Uint8Array = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const gone = Math.min(ignored, bytes.length);
      ignored -= gone;
      bytes = bytes.subarray(gone);
      const part: Part | undefined = ignored > 0 ? undefined : partAt(place, bytes);
      if (part === undefined || (part.isIgnored !== true && part.bytes > bytes.length)) break;
      if (part.isIgnored === true) {
        ignored = part.bytes;
      } else {
        yield bytes.subarray(0, part.bytes);
        bytes = bytes.subarray(part.bytes);
      }
      place = part.next;
    }
    rest = bytes;
  }
  if (rest.length > 0 || ignored > 0 || place.kind !== 'frame') throw new Error('unexpected end of file');
}

/** Undefined: there are too few bytes to tell. */
function partAt(place: Place, bytes: Uint8Array): Part | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (place.kind) {
    case 'frame':
      return framePart(view);
    case 'block':
      return blockPart(view, place.hasChecksum);
    case 'checksum':
      return { bytes: CHECKSUM_BYTES, next: { kind: 'frame' } };
  }
}

/** Sections 3.1.1.1 and 3.1.2. */
function framePart(view: DataView): Part | undefined {
  if (view.byteLength < 8) return undefined;
  const magic = view.getUint32(0, true);
  if (magic >>> 4 === SKIPPABLE_MAGIC >>> 4) {
    return { bytes: 8 + view.getUint32(4, true), next: { kind: 'frame' }, isIgnored: true };
  }
  if (magic !== FRAME_MAGIC) throw new Error('no frame where one should be');
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  if (dictionaryBytes > 0) throw new Error('it needs a dictionary');
  const bytes = 5 + (isSingleSegment ? 0 : 1) + sizeBytes;
  if (view.byteLength < bytes) return undefined;
  const window = isSingleSegment ? contentBytes(view, 5, sizeBytes) : windowBytes(view.getUint8(5));
  if (window > MAX_WINDOW_BYTES) throw new Error(`it needs ${window.toLocaleString('en')} bytes of memory`);
  return { bytes, next: { kind: 'block', hasChecksum: (descriptor & 4) !== 0 } };
}

/** Section 3.1.1.1.2. */
function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Section 3.1.1.1.4. */
function contentBytes(view: DataView, offset: number, bytes: number): number {
  switch (bytes) {
    case 1:
      return view.getUint8(offset);
    case 2:
      return view.getUint16(offset, true) + 256;
    case 4:
      return view.getUint32(offset, true);
    default:
      return Number(view.getBigUint64(offset, true));
  }
}

/** Section 3.1.1.2. */
function blockPart(view: DataView, hasChecksum: boolean): Part | undefined {
  if (view.byteLength < 3) return undefined;
  const header = view.getUint16(0, true) | (view.getUint8(2) << 16);
  const size = header >> 3;
  if (size > MAX_BLOCK_BYTES) throw new Error('a block of it is too large');
  const next: Place = (header & 1) === 0 ? { kind: 'block', hasChecksum } : afterBlocks(hasChecksum);
  return { bytes: 3 + (((header >> 1) & 3) === RLE_BLOCK ? 1 : size), next };
}

function afterBlocks(hasChecksum: boolean): Place {
  return hasChecksum ? { kind: 'checksum', hasChecksum } : { kind: 'frame' };
}
