/** How many users each profile has, how many contexts stand for them, and in which order those come. */
import type { AttributesDocument, PopulationDocument } from './population.js';

/** Users of one profile, or of none. */
export interface Group {
  readonly attributes: AttributesDocument;
  readonly users: number;
  /** At most as many as users; at least one where there are users. */
  readonly contexts: number;
}

/** Of a small profile, where there are so many users: shares are told to about ten points (95 %, n = 100). */
const LEAST_CONTEXTS = 100;

/**
 * The profiles and the users of none, which come last; only those that have users. Users and contexts add up exactly.
 * Small profiles get contexts beyond their share, so that something can be told of them.
 * @param count at least as many as there are groups
 */
export function groupsOf({ users, attributes, profiles = {} }: PopulationDocument, count: number): readonly Group[] {
  const all = Object.values(profiles).map((profile) => ({
    percent: profile.percent,
    attributes: merged(attributes, profile.attributes),
  }));
  const rest = 100 - all.reduce((sum, { percent }) => sum + percent, 0);
  const wanted = [...all, { percent: Math.max(0, rest), attributes }];
  const sizes = shareOut(
    users,
    wanted.map(({ percent }) => percent),
  );
  const sized = wanted
    .map((group, index) => ({ attributes: group.attributes, users: sizes[index] ?? 0 }))
    .filter((group) => group.users > 0);
  if (count >= users) return sized.map((group) => ({ ...group, contexts: group.users }));
  const least = Math.max(1, Math.min(LEAST_CONTEXTS, Math.floor(count / (2 * sized.length))));
  const floors = sized.map((group) => Math.min(least, group.users));
  const left = count - floors.reduce((sum, floor) => sum + floor, 0);
  const more = shareOut(
    left,
    sized.map((group, index) => group.users - (floors[index] ?? 0)),
  );
  return sized.map((group, index) => ({ ...group, contexts: (floors[index] ?? 0) + (more[index] ?? 0) }));
}

/** A profile's attributes stand where the general ones of their paths stand, and after them. */
function merged(general: AttributesDocument, own: AttributesDocument): AttributesDocument {
  return Object.fromEntries(new Map([...Object.entries(general), ...Object.entries(own)]));
}

/** Shares a whole number out by weights: whole numbers that add up to it, each off by less than one. */
export function shareOut(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let [cumulative, given] = [0, 0];
  return weights.map((weight) => {
    cumulative += weight;
    const end = sum === 0 ? 0 : Math.round(total * (cumulative / sum));
    const share = end - given;
    given = end;
    return share;
  });
}

/** The groups' indices in the order of their contexts, mixed evenly: any stretch of a file has about the right shares. */
export function* interleaved(groups: readonly Group[]): Generator<number> {
  const total = groups.reduce((sum, { contexts }) => sum + contexts, 0);
  const given = groups.map(() => 0);
  for (let at = 1; at <= total; at++) {
    let chosen = 0;
    let largest = Number.NEGATIVE_INFINITY;
    for (const [index, { contexts }] of groups.entries()) {
      const done = given[index] ?? 0;
      // What is behind most comes next; what is complete, never.
      const behind = done < contexts ? (contexts * at) / total - done : Number.NEGATIVE_INFINITY;
      if (behind > largest) [chosen, largest] = [index, behind];
    }
    given[chosen] = (given[chosen] ?? 0) + 1;
    yield chosen;
  }
}
