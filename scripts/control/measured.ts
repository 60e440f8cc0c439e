/** What of a preview the control judges: enough for a record to keep, and for the same verdict out of that record. */
import type { EnvironmentImpact, Population, Preview } from '../impact/preview.js';
import { environmentsOf, standingsOf } from '../impact/replay/subjects.js';
import type { Evidence } from './evidence.js';

/** What was measured of a change; a preview is one. */
export interface Measured extends Pick<Preview, 'base' | 'head' | 'merged' | 'findings'> {
  /** Undefined of an estimate. */
  readonly population: Pick<Population, 'contexts' | 'keys' | 'users'> | undefined;
  readonly environments: readonly Pick<EnvironmentImpact, 'environment' | 'changed' | 'flags'>[];
}

/** Whether nothing was replayed, so that all there is comes from the rules. */
export function isEstimate({ population }: Pick<Measured, 'population'>): boolean {
  return population === undefined || population.contexts === 0;
}

/**
 * The environments in which some flag is not proved to serve everybody the same: those of which a preview must speak. None
 * where a side does not load.
 */
export function openEnvironments({ change, directionOf }: Pick<Evidence, 'change' | 'directionOf'>): readonly string[] {
  const [base, result] = [change.base.loaded?.ruleset, change.result.loaded?.ruleset];
  if (base === undefined || result === undefined) return [];
  const standings = change.flags.flatMap((flag) => standingsOf(flag, { base, result }, directionOf));
  const open = new Set(standings.flatMap(({ environment, isProved }) => (isProved ? [] : [environment])));
  return environmentsOf({ base, result }).filter((environment) => open.has(environment));
}
