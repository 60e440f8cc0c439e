/** When commits reached the main branch, as far as their dates can be believed. */

/** What a commit says of its time. */
export interface DatedCommit {
  /** Milliseconds since 1970; undefined where it has no date. */
  readonly date: number | undefined;
  /** Whether the host's clock says so, and not the commit. */
  readonly isHosts: boolean;
}

/** When a commit reached the branch. */
export interface Moment {
  /** Milliseconds since 1970; of a commit whose date can't be right, those of the one that it stands on, or 0. */
  readonly at: number;
  /** The latest that it can have been; the same as `at` where the date is believed. */
  readonly until: number;
  /** `neighbours`: the commit's own date contradicts those of more commits than agree with it. */
  readonly source: 'host' | 'commit' | 'neighbours';
}

/**
 * The moments of a branch's commits, both oldest first. The dates of as many commits as can be right together are
 * believed (the longest sequence that never goes back, the older ones where there are several), and none in the
 * future; every other commit was made somewhere between the believed ones around it. So one wrong date, early or late,
 * moves nobody else, and nobody leaves a stretch of time by a date alone.
 */
export function momentsOf(commits: readonly DatedCommit[], now: number): readonly Moment[] {
  const believed = believedOf(commits, now);
  const moments: Moment[] = [];
  // Before the first believed one nothing is known.
  let latest = 0;
  let next = 0;
  for (const [index, { date = 0, isHosts }] of commits.entries()) {
    if (believed[next] === index) {
      latest = date;
      next += 1;
      moments.push({ at: date, until: date, source: isHosts ? 'host' : 'commit' });
      continue;
    }
    const following = believed[next];
    const until = following === undefined ? now : (commits[following]?.date ?? now);
    moments.push({ at: Math.min(latest, until), until, source: 'neighbours' });
  }
  return moments;
}

/** The indexes of the believed ones, by patience sorting: n log n. */
function believedOf(commits: readonly DatedCommit[], now: number): readonly number[] {
  const lengths = lengthsFrom(commits, now);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const believed: number[] = [];
  let wanted = longest;
  let latest = Number.NEGATIVE_INFINITY;
  for (const [index, length] of lengths.entries()) {
    const date = commits[index]?.date;
    if (wanted === 0 || length !== wanted || date === undefined || date < latest) continue;
    believed.push(index);
    latest = date;
    wanted -= 1;
  }
  return believed;
}

/** Of each commit, how many can be right from it on; 0 of one that cannot be right at all. */
function lengthsFrom(commits: readonly DatedCommit[], now: number): readonly number[] {
  // At n: the latest date at which a sequence of n + 1 can begin; never rises with n.
  const heads: number[] = [];
  return commits
    .toReversed()
    .map(({ date }) => {
      if (date === undefined || date > now) return 0;
      const length = countAtLeast(heads, date);
      heads[length] = date;
      return length + 1;
    })
    .toReversed();
}

/** How many of the numbers, which never rise, are at least `bound`. */
function countAtLeast(falling: readonly number[], bound: number): number {
  let [low, high] = [0, falling.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((falling[middle] ?? 0) >= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
