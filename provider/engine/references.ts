/** What documents refer to by name. */
import {
  NO_REFERENCES,
  type ConditionDocument,
  type FlagDocument,
  type References,
  type SegmentDocument,
  type StoredReferrer,
} from './documents.js';
import { isPlan } from './rollout.js';

/** A segment that a condition names, and the steps that lead there. */
export interface SegmentReference {
  readonly name: string;
  readonly pointer: readonly (string | number)[];
}

/** The names of the segments that a condition refers to, and where it does. */
export function segmentReferences(
  when: ConditionDocument,
  pointer: readonly (string | number)[],
): readonly SegmentReference[] {
  return Object.entries(when).flatMap(([key, operand]) => {
    const at = [...pointer, key];
    if (key === 'not') return segmentReferences(operand as ConditionDocument, at);
    if (key === 'any' || key === 'all') {
      return (operand as readonly ConditionDocument[]).flatMap((inner, index) =>
        segmentReferences(inner, [...at, index]),
      );
    }
    if (key !== 'segment') return [];
    if (typeof operand === 'string') return [{ name: operand, pointer: at }];
    return (operand as readonly string[]).map((name, index) => ({ name, pointer: [...at, index] }));
  });
}

/** The attribute paths that a condition itself reads, each as often as it does; those of its segments are not among them. */
export function attributePaths(when: ConditionDocument): readonly string[] {
  return Object.entries(when).flatMap(([key, operand]) => {
    if (key === 'segment') return [];
    if (key === 'not') return attributePaths(operand as ConditionDocument);
    if (key !== 'any' && key !== 'all') return [key];
    return (operand as readonly ConditionDocument[]).flatMap(attributePaths);
  });
}

/** The references of a flag. */
export function referencesOfFlag({ environments = {}, prerequisites = {} }: FlagDocument): References {
  const segments = Object.values(environments)
    .map(({ rules = [], rollout = 0 }) => [
      ...rules.flatMap(({ when }) => namesIn(when)),
      ...(isPlan(rollout) ? rollout.stages.flatMap(({ segment }) => segment ?? []) : []),
    ])
    .filter((names) => names.length > 0);
  return shared({ segments, prerequisites: Object.keys(prerequisites) });
}

/** The references of a segment. */
export function referencesOfSegment({ when }: SegmentDocument): References {
  const names = namesIn(when);
  return shared({ segments: names.length === 0 ? [] : [names], prerequisites: [] });
}

/** Holds a flag as it is. */
export function holdFlag(document: FlagDocument): StoredReferrer<FlagDocument> {
  return { references: referencesOfFlag(document), read: () => document };
}

/** Holds a segment as it is. */
export function holdSegment(document: SegmentDocument): StoredReferrer<SegmentDocument> {
  return { references: referencesOfSegment(document), read: () => document };
}

function namesIn(when: ConditionDocument): readonly string[] {
  return segmentReferences(when, []).map(({ name }) => name);
}

/** Enough for every combination that a repository of ten thousand flags uses more than a few times. */
const MAX_SHARED = 1_000;

/** Of longer ones there are few that are equal. */
const MAX_SHARED_LENGTH = 200;

/** Most flags refer to the same few segments: equal references are one object. */
const known = new Map<string, References>();

function shared(references: References): References {
  if (references.segments.length === 0 && references.prerequisites.length === 0) return NO_REFERENCES;
  const text = JSON.stringify(references);
  if (text.length > MAX_SHARED_LENGTH) return references;
  const same = known.get(text);
  if (same !== undefined) return same;
  if (known.size >= MAX_SHARED) known.clear();
  known.set(text, references);
  return references;
}
