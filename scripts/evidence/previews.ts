/** Which change of the main branch a preview is of: the one that leads from its base to the tree that it merged. */
import { shortHash } from '../approval/wording.js';
import type { Measured } from '../control/measured.js';
import type { Preview } from '../impact/preview.js';
import { evidenceFinding, type EvidenceFinding } from './evidence-finding.js';
import type { Arrival } from './merges.js';

/** What was measured of a change. The commit that a merge queue previewed is not the one that was reviewed, and counts. */
export function measuredBy(
  previews: readonly Preview[],
  { base, head, merged }: Pick<Measured, 'base' | 'head' | 'merged'>,
): Measured | undefined {
  const preview = previews.find((one) => one.base === base && one.merged === merged);
  return preview && { ...preview, head };
}

/** Previews that are of no change: such as of a merge queue's group of several, or of a base that has moved. */
export function unusedPreviews(previews: readonly Preview[], arrivals: readonly Arrival[]): readonly EvidenceFinding[] {
  const ends = arrivals.filter(({ commit, change }) => commit.id === change.result);
  return previews
    .filter((one) => !ends.some(({ commit, change }) => change.base === one.base && commit.tree === one.merged))
    .map((one) => {
      const what = `a preview from ${shortHash(one.base)} to it is of no change that is recorded, and is left out`;
      const fix = 'preview each change as it was merged: from the commit before it to it';
      return { ...evidenceFinding('preview-unused', one.head, what, fix), severity: 'notice' };
    });
}
