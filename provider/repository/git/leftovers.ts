/** What killed processes leave in a store and beside it: none of it may block or grow for ever. */
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sweepQuarantines } from './quarantine.js';

/** Git takes these locks for a moment only: to replace a small file. */
const STALE_LOCK_MS = 5_000;

/** Twice the longest that collecting, fetching or making a store takes; a living process may also be suspended. */
const STALE_TEMPORARY_MS = 10 * 60_000;

/** A file or folder with its age. */
export interface AgedPath {
  readonly path: string;
  /** In milliseconds of the file system's clock. */
  readonly modified: number;
}

/** The age of what is in a folder, the youngest first; what vanishes meanwhile is left out. */
export async function agesOf(folder: string, names: readonly string[]): Promise<AgedPath[]> {
  const paths = names.map((name) => join(folder, name));
  const found = await Promise.allSettled(paths.map(async (path) => ({ path, modified: (await stat(path)).mtimeMs })));
  const aged = found.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  return aged.sort((a, b) => b.modified - a.modified);
}

async function removeStale(folder: string, names: readonly string[], ageMs: number): Promise<void> {
  const limit = Date.now() - ageMs;
  const stale = (await agesOf(folder, names)).filter(({ modified }) => modified < limit);
  await Promise.all(stale.map(({ path }) => rm(path, { recursive: true, force: true })));
}

/** Removes what would block a fetch, and what one left behind; what its git still holds is left to the next time. */
export async function sweepLeftovers(gitDir: string): Promise<void> {
  const packs = join(gitDir, 'objects', 'pack');
  const [names, packNames] = await Promise.all([readdir(gitDir), readdir(packs)]);
  const temporary = packNames.filter((name) => /^\.?tmp[-_]|\.(?:lock|keep)$/.test(name));
  const locks = names.filter((name) => name.endsWith('.lock'));
  await Promise.allSettled([
    sweepQuarantines(gitDir, names, (unknown) => removeStale(gitDir, unknown, STALE_TEMPORARY_MS)),
    removeStale(gitDir, locks, STALE_LOCK_MS),
    removeStale(packs, temporary, STALE_TEMPORARY_MS),
  ]);
}

/** Removes stores that were replaced, those that were never finished, and locks that keep git from collecting. */
export async function sweepSurroundings(gitDir: string): Promise<void> {
  const folder = dirname(gitDir);
  const names = await readdir(folder);
  const replaced = names.filter((name) => name.startsWith(`${basename(gitDir)}.old-`));
  const unfinished = names.filter((name) => name.startsWith(`${basename(gitDir)}.new-`));
  const information = join(gitDir, 'objects', 'info');
  const locks = (await readdir(information, { recursive: true }).catch(() => [])).filter((name) =>
    name.endsWith('.lock'),
  );
  await Promise.allSettled([
    ...replaced.map((name) => rm(join(folder, name), { recursive: true, force: true })),
    removeStale(folder, unfinished, STALE_TEMPORARY_MS),
    removeStale(information, locks, STALE_TEMPORARY_MS),
  ]);
}
