/** The specification's scenarios that cannot hold for this provider, and why. */
import type { Scenario } from './scenarios.js';

/** One scenario, or one outline with all its examples. */
export interface Inapplicable {
  readonly feature: string;
  readonly name: string;
  /** How many scenarios that is. */
  readonly count: number;
  /** The step that cannot hold; the ones before it do. */
  readonly step: string;
  readonly reason: string;
}

const NO_METADATA_OF_AUTHORS =
  'The specification lets the author of a flag attach any metadata to it (1.4.14: "if present"). The flag format is ' +
  'closed and has no such field: the metadata of a result are the provider’s, and tell where it came from.';

/**
 * Every scenario that is not in this table is run and has to pass. The ones in it are run too, and have to fail at the
 * step that is given here: an entry that no longer holds is an error, not a gap.
 */
export const inapplicable: readonly Inapplicable[] = [
  {
    feature: 'evaluation_v2',
    name: 'CACHED reason',
    count: 2,
    step: 'the reason should be "CACHED"',
    reason:
      'For providers that ask a server and remember its answers. This one decides each evaluation anew, in memory, ' +
      'and says how: the reason of the second is that of the first.',
  },
  {
    feature: 'evaluation_v2',
    name: 'Flag metadata in evaluation details',
    count: 1,
    step: 'the resolved metadata should contain',
    reason: NO_METADATA_OF_AUTHORS,
  },
  {
    feature: 'metadata',
    name: 'Returns metadata',
    count: 1,
    step: 'the resolved metadata should contain',
    reason: NO_METADATA_OF_AUTHORS,
  },
  {
    feature: 'metadata',
    name: 'Returns no metadata',
    count: 4,
    step: 'the resolved metadata is empty',
    reason:
      'Every result carries the provider’s own metadata (flag set, version, owner, type, risk tier, environment), so ' +
      'that a log line or a trace can tell which commit decided: none is ever empty.',
  },
];

/** The entry that a scenario falls under. */
export function inapplicabilityOf({ feature, name }: Scenario): Inapplicable | undefined {
  return inapplicable.find((entry) => entry.feature === feature && entry.name === name);
}
