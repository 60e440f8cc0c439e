/** Which commits each merge brought to the main branch. */
import type { CommitRecord } from '../../provider/repository/index.js';

/**
 * The commits that each commit of the branch brought besides itself, by its hash; none for one that is no merge.
 * @param line of the branch, oldest first
 * @param all the commits in the history of the line's newest, at least those that are not in that of its oldest
 */
export function mergedCommits(
  line: readonly Pick<CommitRecord, 'id' | 'parents'>[],
  all: readonly CommitRecord[],
): ReadonlyMap<string, readonly CommitRecord[]> {
  const left = new Map(all.map((commit) => [commit.id, commit]));
  for (const { id } of line) left.delete(id);
  const merged = new Map<string, readonly CommitRecord[]>();
  for (const { id, parents } of line) {
    const brought = parents.length < 2 ? [] : reachable(parents.slice(1), left);
    if (brought.length > 0) merged.set(id, brought);
  }
  return merged;
}

/** Takes out of `left` what can be reached. */
function reachable(from: readonly string[], left: Map<string, CommitRecord>): readonly CommitRecord[] {
  const found: CommitRecord[] = [];
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const commit = left.get(id);
    if (commit === undefined) continue;
    left.delete(id);
    found.push(commit);
    open.push(...commit.parents);
  }
  return found;
}
