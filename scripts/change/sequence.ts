/** Two ordered lists of named things, aligned: what was added, removed, renamed and moved. */

interface Named {
  readonly name: string;
}

/** One thing of either list. */
export interface Aligned<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
  /** Whether it stands elsewhere among those that stayed. */
  readonly isMoved: boolean;
  /** What stayed and comes next after it; undefined at the end. */
  readonly next: T | undefined;
}

/**
 * Aligns by name, and what is left by content: the same content under another name is a rename. In the order of
 * `after`, followed by what was removed. As few things as possible are moved.
 */
export function align<T extends Named>(
  before: readonly T[],
  after: readonly T[],
  contentOf: (one: T) => string,
): readonly Aligned<T>[] {
  const partners = partnersOf(before, after, contentOf);
  const positions = after.map((one) => before.indexOf(partners.get(one) as T));
  const staying = longestRise(positions);
  const kept = after.map((one, index) => {
    const next = after.find((_, later) => later > index && staying.has(later));
    const partner = partners.get(one);
    return { before: partner, after: one, isMoved: partner !== undefined && !staying.has(index), next };
  });
  const taken = new Set(partners.values());
  const removed = before.filter((one) => !taken.has(one));
  return [...kept, ...removed.map((one) => ({ before: one, after: undefined, isMoved: false, next: undefined }))];
}

function partnersOf<T extends Named>(
  before: readonly T[],
  after: readonly T[],
  contentOf: (one: T) => string,
): ReadonlyMap<T, T> {
  const byName = new Map(before.map((one) => [one.name, one]));
  const partners = new Map<T, T>();
  for (const one of after) {
    const same = byName.get(one.name);
    if (same !== undefined) partners.set(one, same);
  }
  const taken = new Set(partners.values());
  const left = before.filter((one) => !taken.has(one)).map((one) => ({ one, content: contentOf(one) }));
  for (const one of after) {
    if (partners.has(one)) continue;
    const content = contentOf(one);
    const index = left.findIndex((other) => other.content === content);
    if (index >= 0) partners.set(one, (left.splice(index, 1)[0] as { one: T }).one);
  }
  return partners;
}

/** The indices of a longest rising selection of positions; -1 is no position. At most 200 rules, so squared is fast. */
function longestRise(positions: readonly number[]): ReadonlySet<number> {
  const lengths: number[] = [];
  const previous: number[] = [];
  let best = -1;
  positions.forEach((position, index) => {
    lengths[index] = 0;
    previous[index] = -1;
    if (position < 0) return;
    lengths[index] = 1;
    for (let earlier = 0; earlier < index; earlier += 1) {
      const isLower = (positions[earlier] as number) >= 0 && (positions[earlier] as number) < position;
      if (!isLower || (lengths[earlier] as number) < (lengths[index] as number)) continue;
      lengths[index] = (lengths[earlier] as number) + 1;
      previous[index] = earlier;
    }
    if (best < 0 || (lengths[index] as number) > (lengths[best] as number)) best = index;
  });
  const rise = new Set<number>();
  for (let index = best; index >= 0; index = previous[index] as number) rise.add(index);
  return rise;
}

/** Where something stands: "before `dach-pilot`", "at the end". */
export function placeWords<T extends Named>({ next }: Aligned<T>, nameOf: (name: string) => string): string {
  return next === undefined ? 'at the end' : `before ${nameOf(next.name)}`;
}
