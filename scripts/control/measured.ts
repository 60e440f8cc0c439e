/** What of a preview the control judges: enough for a record to keep, and for the same verdict out of that record. */
import type { Change } from '../change/change.js';
import type { EnvironmentImpact, Population, Preview } from '../impact/preview.js';

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

/** The environments in which some flag is not proved to serve everybody the same; none where a side does not load. */
export function openEnvironments({ base, result, flags }: Change): readonly string[] {
  if (base.loaded === undefined || result.loaded === undefined) return [];
  const open = flags.flatMap(({ effects }) => effects.filter(({ direction }) => direction !== 'same'));
  return [...new Set(open.map(({ environment }) => environment))];
}
