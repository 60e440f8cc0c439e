/** Previews of the pull request of a scene, with figures that a test chooses. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextKeys } from '../../contexts/contexts.js';
import type { EnvironmentImpact, Population, Preview, Share } from '../../impact/preview.js';
import type { Scene } from './scene.js';

/** A share of the 1,000 contexts of these previews, half a point uncertain; of users where they are known. */
export function shareOf(percent: number, { users, margin = 0.5 }: { users?: number; margin?: number } = {}): Share {
  const [share, low, high] = [percent, Math.max(0, percent - margin), Math.min(100, percent + margin)].map(
    // Without what adding and dividing leave behind.
    (value) => Math.round(value * 1_000) / 100_000,
  ) as [number, number, number];
  const inUsers = (part: number): number => Math.round(part * (users ?? 0));
  const counted = { count: inUsers(share), low: inUsers(low), high: inUsers(high) };
  return { contexts: Math.round(percent * 10), share, low, high, users: users === undefined ? undefined : counted };
}

/** An environment in which so many percent change. */
export function moved(environment: string, percent: number, users?: number): EnvironmentImpact {
  const share = users === undefined ? shareOf(percent) : shareOf(percent, { users });
  return { environment, changed: share, flags: 1, groups: [] };
}

/** The contexts of these previews. */
export function populationOf(keys: Partial<ContextKeys> = { plain: 1_000 }, users?: number): Population {
  const all = { plain: 0, hashed: 0, synthetic: 0, missing: 0, ...keys };
  const contexts = all.plain + all.hashed + all.synthetic + all.missing;
  return {
    files: [{ name: 'contexts.jsonl', format: 'jsonl', rows: contexts }],
    contexts,
    repeated: 0,
    refused: { rows: 0, examples: [] },
    keys: all,
    users,
    usersFrom: users === undefined ? 'unknown' : 'given',
    effectiveContexts: contexts,
  };
}

/** The preview of a scene's change as it is now. */
export async function previewOf(
  scene: Scene,
  environments: readonly EnvironmentImpact[],
  more: Partial<Preview> = {},
): Promise<Preview> {
  const [base, head] = [await scene.git('rev-parse', 'origin/main'), await scene.git('rev-parse', 'change')];
  return {
    version: 1,
    tool: 'flagctl 0.0.0',
    base,
    head,
    merged: await scene.git('merge-tree', '--write-tree', base, head),
    population: populationOf(),
    environments,
    flags: [],
    findings: [],
    ...more,
  };
}

/** An estimate from the rules alone. */
export const ESTIMATE: Partial<Preview> = { population: undefined };

/** Writes a preview beside the clone; gives the file's name. */
export async function previewFile(scene: Scene, preview: Preview, name = 'preview.json'): Promise<string> {
  const file = join(scene.repository.folder, name);
  await writeFile(file, JSON.stringify(preview));
  return file;
}
