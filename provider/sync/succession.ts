/** What one ruleset after another means for an environment. */
import { comparedFlags, type Ruleset } from '../engine/index.js';
import { Slices, SyncError } from '../repository/index.js';

/** Why a ruleset can't serve an environment; undefined where it can. A first one that can't has a misspelt name in it. */
export function unfitnessOf({ documents }: Ruleset, environment: string, isFirst: boolean): SyncError | undefined {
  const { environments } = documents.policy;
  if (environments.includes(environment)) return undefined;
  const message = `the environment "${environment}" is not in policy.yaml, which has ${environments.join(', ')}`;
  return new SyncError(message, isFirst ? 'never' : 'later');
}

/** The keys of the flags whose results may differ, sorted. Works in slices: a commit may touch every file. */
export async function changedKeysOf(
  before: Ruleset | undefined,
  after: Ruleset,
  environment: string,
): Promise<readonly string[]> {
  const slices = new Slices();
  const changed: string[] = [];
  for (const key of comparedFlags(before, after, environment)) {
    if (key !== undefined) changed.push(key);
    if (slices.isOver) await slices.pause();
  }
  return changed.sort();
}
