/** How far a clone has verified: kept in its git directory, so that the next time only what is new costs anything. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalRepository } from '../../provider/repository/index.js';
import { writeWhole } from '../file-writing.js';
import { readGit } from './local-git.js';

/** A point up to which everything was found right. */
export interface VerifiedPoint {
  /** The newest commit of the main branch. */
  readonly commit: string;
  /** The newest commit of the notes, and the digest of the newest record. */
  readonly notes: string;
  readonly last: string;
}

const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const DIGEST = /^[0-9a-f]{64}$/;

/** What was verified: to have looked at records proves nothing of signatures. */
export interface PointScope {
  readonly branch: string;
  readonly signatures: 'ignored' | 'checked' | 'required';
}

/** The point of a scope; undefined where there is none, or none that can be read. */
export async function readPoint(repository: LocalRepository, scope: PointScope): Promise<VerifiedPoint | undefined> {
  const { folder, name } = await placeOf(repository, scope);
  try {
    const point = JSON.parse(await readFile(join(folder, name), 'utf8')) as Partial<VerifiedPoint> | null;
    const { commit = '', notes = '', last = '' } = point ?? {};
    return HASH.test(commit) && HASH.test(notes) && DIGEST.test(last) ? { commit, notes, last } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a point. @throws SyncError where it can't be written */
export async function writePoint(repository: LocalRepository, scope: PointScope, point: VerifiedPoint): Promise<void> {
  const { folder, name } = await placeOf(repository, scope);
  await mkdir(folder, { recursive: true });
  await writeWhole(folder, name, `${JSON.stringify(point)}\n`);
}

/** Named by a digest: a branch may be called anything. */
async function placeOf(
  repository: LocalRepository,
  { branch, signatures }: PointScope,
): Promise<{ folder: string; name: string }> {
  const output = await readGit(repository, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  const name = `verified-${createHash('sha256')
    .update(JSON.stringify([branch, signatures]))
    .digest('hex')
    .slice(0, 16)}.json`;
  return { folder: join(output.toString('utf8').replace(/\n$/, ''), 'guidon'), name };
}
