/** The attributes that the flags of a change read, at the base or in the merge result, in any environment. */
import {
  attributePaths,
  type ConditionDocument,
  type Documents,
  type FlagDocument,
} from '../../../provider/engine/index.js';
import { closureOf } from './closure.js';

/** Attributes that are watched: more than an application has; a context is looked at once for each. */
const MAX_ATTRIBUTES = 200;

/** Their paths, sorted: those of the flags' own conditions, of their segments, and of the flags that they need. */
export function attributesOf(sides: readonly Documents[], keys: readonly string[]): readonly string[] {
  const paths = new Set<string>();
  for (const documents of sides) {
    const { flags, segments } = closureOf(documents, keys, []);
    const conditions = [...flags.flatMap(conditionsOf), ...segments.map(([, { when }]) => when)];
    for (const path of conditions.flatMap(attributePaths)) paths.add(path);
    for (const { bucketBy } of flags) if (bucketBy !== undefined) paths.add(bucketBy);
  }
  return [...paths].sort().slice(0, MAX_ATTRIBUTES);
}

function conditionsOf({ environments = {} }: FlagDocument): readonly ConditionDocument[] {
  return Object.values(environments).flatMap(({ rules = [] }) => rules.map(({ when }) => when));
}
