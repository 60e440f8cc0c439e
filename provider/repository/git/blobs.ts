/** Blobs by their ids alone, however many: read in portions, so that memory stays bounded. */
import { localEnvironment } from './environment.js';
import { type BlobRequest, readBlobs } from './objects.js';
import { type GitLimits, runGit } from './process.js';
import { shown } from './redact.js';
import type { GitRepository } from './repository.js';
import { SyncError } from '../sync-error.js';

/** Ids that are given at once: five million changes of flags. */
const MAX_BLOBS = 5_000_000;

/** An id, its type and its size. */
const MAX_LINE_BYTES = 128;

/** What is in memory at once, beside one blob of the largest size. */
const PORTION_BYTES = 32 * 1024 * 1024;

const SIZES_TIMEOUT_MS = 60_000;
const SIZE_LINE = /^([0-9a-f]+) blob (\d+)$/;

/**
 * Reads blobs and gives each to `visit`, once for each id; undefined for one larger than `maxBytes`.
 * @throws SyncError when one is missing or damaged
 */
export async function visitBlobs(
  repository: GitRepository,
  ids: ReadonlySet<string>,
  maxBytes: number,
  visit: (id: string, bytes: Uint8Array | undefined) => void,
  limits: GitLimits = {},
): Promise<void> {
  let portion: BlobRequest[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    for (const [id, content] of await readBlobs(repository, portion, limits)) visit(id, content);
    portion = [];
    bytes = 0;
  };
  for (const request of await sizesOf(repository, ids, limits)) {
    if (request.size > maxBytes) {
      visit(request.id, undefined);
      continue;
    }
    portion.push(request);
    bytes += request.size;
    if (bytes > PORTION_BYTES) await flush();
  }
  await flush();
}

async function sizesOf(
  repository: GitRepository,
  ids: ReadonlySet<string>,
  limits: GitLimits,
): Promise<readonly BlobRequest[]> {
  if (ids.size > MAX_BLOBS) throw new SyncError(`there are more than ${MAX_BLOBS} files to read`, 'never');
  if (ids.size === 0) return [];
  const { exitCode, stdout, stderr } = await runGit({
    ...limits,
    gitDir: repository.gitDir,
    args: ['cat-file', '--batch-check', '--buffer'],
    environment: localEnvironment(repository.gitDir),
    input: `${[...ids].join('\n')}\n`,
    timeoutMs: limits.timeoutMs ?? SIZES_TIMEOUT_MS,
    maxOutputBytes: ids.size * MAX_LINE_BYTES,
  });
  const lines = stdout.toString('latin1').split('\n').slice(0, -1);
  const requests = lines.flatMap((line) => {
    const [, id, size] = SIZE_LINE.exec(line) ?? [];
    return id !== undefined && ids.has(id) ? [{ id, size: Number(size) }] : [];
  });
  if (exitCode === 0 && requests.length === ids.size) return requests;
  await repository.reportDamage?.();
  const missing = lines.find((line) => !SIZE_LINE.test(line)) ?? stderr;
  throw new SyncError(`an object of the history is missing or damaged: ${shown(missing)}`, 'later');
}
