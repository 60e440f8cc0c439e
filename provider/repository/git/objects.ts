/** Reads blobs by their ids, all in one process, and checks that each is what its id says. */
import { createHash } from 'node:crypto';
import { localEnvironment } from './environment.js';
import { type GitLimits, runGit } from './process.js';
import { shown } from './redact.js';
import type { GitRepository } from './repository.js';
import { Slices } from '../slices.js';
import { SyncError } from '../sync-error.js';

/** A blob to read; `size` in bytes. */
export interface BlobRequest {
  readonly id: string;
  readonly size: number;
}

/** Thousands of the largest flag files; beyond it memory is at risk. */
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;

/** `<id> blob <size>` and two line ends. */
const MAX_FRAME_BYTES = 128;

const READ_TIMEOUT_MS = 30_000;
const LINE_END = 0x0a;

function hashOf(bytes: Uint8Array, id: string): string {
  const algorithm = id.length === 64 ? 'sha256' : 'sha1';
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The blobs of `cat-file --batch` output; undefined where it is not exactly what was asked for. */
async function parseBatch(
  output: Buffer,
  requests: readonly BlobRequest[],
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const blobs = new Map<string, Uint8Array>();
  const slices = new Slices();
  let offset = 0;
  for (const { id, size } of requests) {
    const start = output.indexOf(LINE_END, offset) + 1;
    if (start === 0 || output.toString('latin1', offset, start - 1) !== `${id} blob ${size}`) return undefined;
    const bytes = output.subarray(start, start + size);
    if (bytes.length !== size || hashOf(bytes, id) !== id) return undefined;
    blobs.set(id, bytes);
    offset = start + size + 1;
    if (slices.isOver) await slices.pause();
  }
  return blobs;
}

/** Reads blobs by id. @throws SyncError when one is missing or damaged, or all together exceed 256 MiB */
export async function readBlobs(
  repository: GitRepository,
  requests: readonly BlobRequest[],
  limits: GitLimits,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (requests.length === 0) return new Map();
  const total = requests.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_TOTAL_BYTES) {
    throw new SyncError(`the files to read have ${total} bytes, more than ${MAX_TOTAL_BYTES}`, 'later');
  }
  const { exitCode, stdout, stderr } = await runGit({
    ...limits,
    gitDir: repository.gitDir,
    // Without --buffer each blob would arrive by itself, and most of the time would go into events.
    args: ['cat-file', '--batch', '--buffer'],
    environment: localEnvironment(repository.gitDir),
    input: requests.map(({ id }) => `${id}\n`).join(''),
    timeoutMs: limits.timeoutMs ?? READ_TIMEOUT_MS,
    maxOutputBytes: total + requests.length * MAX_FRAME_BYTES,
  });
  const blobs = exitCode === 0 ? await parseBatch(stdout, requests) : undefined;
  if (blobs !== undefined) return blobs;
  await repository.reportDamage?.();
  throw new SyncError(
    `an object in ${repository.gitDir} is missing or damaged (${shown(stderr) || 'wrong bytes'})`,
    'later',
  );
}
