/** Pieces of git's pack protocol (gitprotocol-v2, gitformat-pack), for packs that no git would send. */
import { constants, deflateSync } from 'node:zlib';

const TYPES = { commit: 1, blob: 3 } as const;

/** The longest payload of a packet, channel included, rounded down. */
const MAX_PAYLOAD_BYTES = 65_000;

function packet(...parts: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(parts);
  return Buffer.concat([Buffer.from((payload.length + 4).toString(16).padStart(4, '0')), payload]);
}

/** What precedes a pack in the answer to a fetch. */
export const packAnswerStart = packet(Buffer.from('packfile\n'));

/** Bytes as packets of a channel: 1 the pack, 2 messages for people, 3 the server's last words. */
export function channel(number: 1 | 2 | 3, bytes: Uint8Array): Buffer {
  const packets: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += MAX_PAYLOAD_BYTES) {
    packets.push(packet(Uint8Array.of(number), bytes.subarray(start, start + MAX_PAYLOAD_BYTES)));
  }
  return Buffer.concat(packets);
}

/** The start of a pack of one object that claims to have `size` bytes. */
export function packStart(type: keyof typeof TYPES, size: number): Buffer {
  const header = [(TYPES[type] << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    header.push((header.pop() ?? 0) | 0x80, rest & 0x7f);
  }
  return Buffer.from([...Buffer.from('PACK'), 0, 0, 0, 2, 0, 0, 0, 1, ...header]);
}

/** The start of compressed data to which {@link incompressible} may be added any number of times. */
export const compressedStart = Buffer.from([0x78, 0x01]);

/** A part of compressed data: 64 KB that take as much. */
export function incompressible(): Buffer {
  const options = { level: 0, finishFlush: constants.Z_SYNC_FLUSH };
  // Without its header: it continues what was begun.
  return deflateSync(Buffer.alloc(64_000, 'x'), options).subarray(compressedStart.length);
}
