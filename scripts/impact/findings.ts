/** What a reviewer should know of a preview beside its figures: of the rules that it replayed, and of the contexts. */
import type { FlagChange } from '../change/change.js';
import type { Segments } from '../change/audience.js';
import type { Finding } from '../control/finding.js';
import type { ObservedAttribute, ObservedRule } from './observed.js';
import { populationFindings } from './population-findings.js';
import type { FlagImpact, Population } from './preview.js';

/** What findings are made of. */
export interface ReplayedChange {
  readonly flags: readonly FlagImpact[];
  readonly changes: readonly FlagChange[];
  /** Of the flags of the change that were replayed. */
  readonly rules: readonly ObservedRule[];
  readonly attributes: readonly ObservedAttribute[];
  readonly population: Population;
  /** Of the merge result. */
  readonly segments: Segments;
}

/** The findings of a preview that replayed contexts, of each code at most some and then how many more. */
export function previewFindings({ flags, population }: ReplayedChange): readonly Finding[] {
  return [...populationFindings(population, flags)];
}
