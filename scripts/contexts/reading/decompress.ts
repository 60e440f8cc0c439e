/** A file's bytes as a stream, unpacked where it is compressed. */
import { createReadStream } from 'node:fs';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import { UsageError } from '../../errors.js';
import { BATCH_BYTES } from './limits.js';
import { zstdParts } from './zstd-parts.js';
import type { Compression } from './file-kind.js';

/** Where to read, and how far. */
export interface ByteSource {
  /** For messages. */
  readonly name: string;
  readonly path: string;
  readonly compression: Compression | undefined;
  /** On disk, as it was looked at; undefined of a pipe. */
  readonly size: number | undefined;
  /** Of what it unpacks to. */
  readonly maxBytes: number;
}

/**
 * Reads a file in pieces.
 * @param progress - Told how many bytes of the file on disk were read so far
 * @throws UsageError where it can't be read, ends too early, is damaged or unpacks to too much
 */
export async function* readBytes(source: ByteSource, progress: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const { name, compression, maxBytes } = source;
  const packed = readPacked(source, progress);
  let length = 0;
  for await (const chunk of compression === undefined ? packed : unpack(name, compression, packed)) {
    length += chunk.length;
    if (compression !== undefined && length > maxBytes) {
      throw new UsageError(`${name}: it unpacks to more than ${maxBytes.toLocaleString('en')} bytes; split it`);
    }
    yield chunk;
  }
}

async function* readPacked(
  { name, path, size = 0 }: ByteSource,
  progress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: BATCH_BYTES }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      progress(bytes);
      yield chunk;
    }
  } catch (error) {
    throw new UsageError(`can't read ${name}: ${(error as Error).message}`, { cause: error });
  }
  if (bytes < size) throw new UsageError(`${name} became shorter while it was read; run it again`);
}

/** @throws UsageError */
async function* unpack(
  name: string,
  compression: Compression,
  packed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* compression === 'zstd' ? unzstd(packed) : inflate(compression, packed);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = (error as Error).message;
    throw new UsageError(`${name}: the archive is damaged or ends too early (${compression}: ${reason})`, {
      cause: error,
    });
  }
}

async function* inflate(compression: 'gzip' | 'brotli', packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacking = compression === 'gzip' ? createGunzip() : createBrotliDecompress();
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of packed) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  // An error of either ends the other, and comes out of the iteration.
  pipeline(Readable.from(counted(), { objectMode: true }), unpacking, () => undefined);
  yield* unpacking as AsyncIterable<Buffer>;
  // Brotli has no members: of two archives in a row Node leaves the second without a word. What gzip leaves is padding.
  if (compression === 'brotli' && unpacking.bytesWritten < bytes) throw new Error('there is more after its end');
}

async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  let ready: Uint8Array[] = [];
  const unpacking = new Decompress((bytes) => ready.push(bytes));
  for await (const part of zstdParts(packed)) {
    unpacking.push(part);
    yield* ready;
    ready = [];
  }
  unpacking.push(new Uint8Array(0), true);
  yield* ready;
}
