/** The attributes that a flag repository's rules read. */
import {
  attributePaths,
  isPlan,
  type ConditionDocument,
  type FlagDocument,
  type Ruleset,
} from '../../provider/engine/index.js';

/** How a flag uses an attribute. */
export interface AttributeUse {
  /** The keys of the flags that read it, sorted. */
  readonly flags: readonly string[];
  /** Whether a rule, a stage or a segment compares it: the others only hash it. */
  readonly isCompared: boolean;
}

/** Every attribute that a flag reads in any environment, through segments too, or that its rollouts hash; by path. */
export function referencedAttributes({ documents }: Ruleset): ReadonlyMap<string, AttributeUse> {
  const uses = new Map<string, { flags: Set<string>; isCompared: boolean }>();
  const use = (path: string, flag: string, isCompared: boolean): void => {
    const known = uses.get(path) ?? { flags: new Set(), isCompared: false };
    known.flags.add(flag);
    known.isCompared ||= isCompared;
    uses.set(path, known);
  };
  const ofSegments = segmentPaths(documents);
  for (const [key, stored] of documents.flags) {
    const flag = stored.read();
    for (const when of conditionsOf(flag)) for (const path of attributePaths(when)) use(path, key, true);
    for (const name of stored.references.segments.flat()) {
      for (const path of ofSegments(name)) use(path, key, true);
    }
    if (hasRollout(flag)) use(flag.bucketBy ?? 'targetingKey', key, false);
  }
  return new Map(
    [...uses].map(([path, { flags, isCompared }]) => [path, { flags: [...flags].toSorted(), isCompared }]),
  );
}

function conditionsOf({ environments = {} }: FlagDocument): readonly ConditionDocument[] {
  return Object.values(environments).flatMap(({ rules = [] }) => rules.map(({ when }) => when));
}

function hasRollout({ environments = {} }: FlagDocument): boolean {
  return Object.values(environments).some(
    ({ rules = [], rollout }) =>
      rules.some((rule) => rule.rollout !== undefined) ||
      (rollout !== undefined && (!isPlan(rollout) || rollout.stages.some(({ percent }) => percent !== undefined))),
  );
}

/** The paths of a segment and of those that it refers to; segments are never cyclic. */
function segmentPaths({ segments }: Ruleset['documents']): (name: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  const pathsOf = (name: string): ReadonlySet<string> => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const stored = segments.get(name);
    const own = stored === undefined ? [] : attributePaths(stored.read().when);
    const inner = stored === undefined ? [] : stored.references.segments.flat().flatMap((other) => [...pathsOf(other)]);
    const paths = new Set([...own, ...inner]);
    known.set(name, paths);
    return paths;
  };
  return pathsOf;
}
