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

/** A rising selection that ends at an index. */
interface Rise {
  readonly index: number;
  readonly position: number;
  readonly length: number;
  readonly previous: Rise | undefined;
}

/** The indices of a longest rising selection of positions; -1 is no position. At most 200 rules, so squared is fast. */
function longestRise(positions: readonly number[]): ReadonlySet<number> {
  const rises: Rise[] = [];
  positions.forEach((position, index) => {
    if (position < 0) return;
    const previous = longest(rises.filter((rise) => rise.position < position));
    rises.push({ index, position, length: (previous?.length ?? 0) + 1, previous });
  });
  const selected = new Set<number>();
  for (let rise = longest(rises); rise !== undefined; rise = rise.previous) selected.add(rise.index);
  return selected;
}

function longest(rises: readonly Rise[]): Rise | undefined {
  let best: Rise | undefined;
  for (const rise of rises) if (best === undefined || rise.length > best.length) best = rise;
  return best;
}

/** How something came to its place: "added before `dach-pilot`", "moved to the end". */
export function placeWords<T extends Named>({ next, isMoved }: Aligned<T>, nameOf: (name: string) => string): string {
  const verb = isMoved ? 'moved' : 'added';
  if (next === undefined) return `${verb} ${isMoved ? 'to' : 'at'} the end`;
  return `${verb} before ${nameOf(next.name)}`;
}
