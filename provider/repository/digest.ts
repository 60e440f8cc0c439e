/** Content digests of listed files, computed again only where a file may have changed. */
import { constants, type BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';
import { createHash, webcrypto } from 'node:crypto';
import { forEachConcurrently, ifThere } from './file-access.js';
import type { ListedFile } from './listing.js';

/**
 * Larger files are told apart by their size alone: the format refuses them whatever they hold (its limit is 1 MiB),
 * and reading them would let a stray database dump hold up every load.
 */
const MAX_DIGESTED_BYTES = 1024 * 1024;
/**
 * How old a change must be before the file's times are trusted to show the next one: a write within one tick of the
 * clock leaves them equal (git's "racily clean"). FAT has the coarsest clock, with ticks of 2 s.
 */
const RACY_MS = 2_000;
/** From this size on, hashing leaves the event loop's thread: 64 KiB take it about 0.2 ms. */
const LARGE_BYTES = 64 * 1024;

/** The digests of one listing, by path. */
export interface Digests {
  readonly ids: ReadonlyMap<string, string>;
  /** Whether every one was known already and could be trusted. */
  readonly isRemembered: boolean;
}

interface Known {
  readonly identity: string;
  readonly id: string;
}

/** Remembers the digests of one folder's files between two readings. */
export class DigestMemory {
  private known: ReadonlyMap<string, Known> = new Map();

  /** The digest of every file; undefined where one changed or vanished after it was listed. */
  async of(files: readonly ListedFile[], signal?: AbortSignal): Promise<Digests | undefined> {
    const ids = new Map<string, string>();
    const next = new Map<string, Known>();
    const unknown: ListedFile[] = [];
    for (const file of files) {
      const known = this.known.get(file.realPath);
      if (known?.identity !== file.identity) {
        unknown.push(file);
        continue;
      }
      next.set(file.realPath, known);
      ids.set(file.path, known.id);
    }
    await forEachConcurrently(unknown, async (file) => {
      signal?.throwIfAborted();
      const readAtMs = Date.now();
      const id = await digestOf(file);
      if (id === undefined) return;
      ids.set(file.path, id);
      if (readAtMs - file.changedAtMs > RACY_MS) next.set(file.realPath, { identity: file.identity, id });
    });
    if (ids.size < files.length) return undefined;
    this.known = next;
    return { ids, isRemembered: unknown.length === 0 };
  }
}

async function digestOf(file: ListedFile): Promise<string | undefined> {
  if (file.kind !== 'file') return sha256(new TextEncoder().encode(`${file.kind}\0${file.target ?? ''}`));
  if (file.size > MAX_DIGESTED_BYTES) return digestOfBytes(file.size, undefined);
  const bytes = await readListed(file);
  return bytes && digestOfBytes(file.size, bytes);
}

/** A file's id, from its bytes as {@link readListed} gives them. */
export async function digestOfBytes(size: number, bytes: Uint8Array | undefined): Promise<string> {
  if (bytes === undefined || size > MAX_DIGESTED_BYTES) return sha256(new TextEncoder().encode(`oversize\0${size}`));
  if (bytes.length < LARGE_BYTES) return sha256(bytes);
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes of a listed file; undefined where it is gone or is no longer of its listed size. */
export async function readListed(file: ListedFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // The listing saw a regular file; should it have become a link or a pipe since, it must neither be followed nor hang.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await ifThere(open(file.realPath, flags));
  if (handle === undefined) return undefined;
  try {
    const stat: BigIntStats = await handle.stat({ bigint: true });
    if (!stat.isFile() || Number(stat.size) !== file.size) return undefined;
    const bytes = new Uint8Array(file.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) return undefined;
      length += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
