/** What the rules alone tell of whom a change moves. */
import type { Ruleset } from '../../../provider/engine/index.js';
import type { LoadedRepository } from '../../../provider/repository/index.js';
import type { FlagChange } from '../../change/change.js';
import { cutList } from '../../change/shown.js';
import { bucketingLines, needLines, restLines, stateLines, valueLines, whereWords } from './flag-estimate.js';
import { NeedChanges } from './need-changes.js';
import { SegmentChanges } from './segment-changes.js';
import { segmentLines, stepLines } from './step-estimate.js';
import { stepsOf } from './steps.js';

/** Of a flag in an environment: a comment has many flags, and who wants more replays contexts. */
export const MAX_ESTIMATE_LINES = 8;

/** The revisions that a change lies between. */
export interface EstimatedSides {
  readonly base: Pick<LoadedRepository, 'ruleset'>;
  readonly result: Pick<LoadedRepository, 'ruleset'>;
}

/**
 * Whom the change moves in an environment, as far as the documents tell: one line a fact, the most important first, safe
 * in Markdown. Percentages are upper bounds and said as such. Empty only where nobody gets another value.
 */
export function estimateOf(flag: FlagChange, environment: string, sides: EstimatedSides): readonly string[] {
  const present = flag.after ?? flag.before;
  if (present === undefined) return [];
  const off = { ...present, environments: {} };
  const [before, after] = [stepsOf(flag.before ?? off, environment), stepsOf(flag.after ?? off, environment)];
  const { segments, needsIn } = comparisonOf(sides);
  const where = whereWords(after.isEnabled ? after : before);
  const lines = [
    ...stateLines(flag, before, after),
    ...bucketingLines(before, after),
    ...valueLines(before, after),
    ...needLines(before, after, needsIn(environment)),
    ...restLines(before, after, where),
    ...stepLines(before, after, where),
    ...segmentLines(before, after, segments),
  ];
  // Two steps may be about one segment, and give the same.
  return cutList([...new Set(lines)], MAX_ESTIMATE_LINES, 'fact');
}

/** What is found out once for all flags. */
interface Comparison {
  readonly base: Ruleset;
  readonly segments: SegmentChanges;
  readonly needsIn: (environment: string) => NeedChanges;
}

/** By the result, of which nobody compares several bases at once. */
const comparisons = new WeakMap<Ruleset, Comparison>();

function comparisonOf({ base: { ruleset: base }, result: { ruleset: result } }: EstimatedSides): Comparison {
  const known = comparisons.get(result);
  if (known?.base === base) return known;
  const [before, after] = [base.documents, result.documents];
  const segments = new SegmentChanges(before.segments, after.segments);
  const needs = new Map<string, NeedChanges>();
  const needsIn = (environment: string): NeedChanges => {
    const found = needs.get(environment) ?? new NeedChanges(environment, before.flags, after.flags, segments);
    needs.set(environment, found);
    return found;
  };
  const fresh = { base, segments, needsIn };
  comparisons.set(result, fresh);
  return fresh;
}
