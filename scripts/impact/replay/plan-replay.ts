/** From a change to what has to be replayed of it. */
import { Directions, type Ruleset } from '../../../provider/engine/index.js';
import type { LoadedRepository } from '../../../provider/repository/index.js';
import type { ChangedFile, FlagChange, Side } from '../../change/change.js';
import { compareSides } from '../../change/compare.js';
import type { ReadOptions } from '../../contexts/contexts.js';
import { attributesOf } from './attributes.js';
import { closureOf } from './closure.js';
import type { Job } from './job.js';
import { environmentsOf, standingsOf, type Standing, type Subject } from './subjects.js';

/** Both sides of a change, and what lies between them. */
export interface ComparedSides {
  readonly base: Side;
  readonly result: Side;
  /** Over the whole repository, sorted by path. */
  readonly files: readonly ChangedFile[];
}

/** Both sides, loaded. */
export interface LoadedSides {
  readonly base: LoadedRepository;
  readonly result: LoadedRepository;
}

/** The flags of a change, and where each may serve anybody something else. */
export interface PlannedReplay {
  readonly changes: readonly FlagChange[];
  /** By flag. */
  readonly standings: ReadonlyMap<string, readonly Standing[]>;
  /** By environment, in the policy's order; of one by flag. */
  readonly subjects: readonly Subject[];
}

/** Compares the sides. */
export function planReplay(sides: ComparedSides, { base, result }: LoadedSides): PlannedReplay {
  const rulesets = { base: base.ruleset, result: result.ruleset };
  const directions = new Directions(rulesets.base, rulesets.result);
  const directionOf = directions.of.bind(directions);
  const changes = compareSides(sides.base, sides.result, sides.files, directionOf);
  const standings = new Map(changes.map((change) => [change.key, standingsOf(change, rulesets, directionOf)]));
  const subjects = environmentsOf(rulesets).flatMap((environment) =>
    changes
      .map(({ key }) => ({ key, environment }))
      .filter(({ key }) => standings.get(key)?.some((one) => one.environment === environment && !one.isProved)),
  );
  return { changes, standings, subjects };
}

/** What is counted besides. */
export interface Breakdown {
  readonly by: readonly string[];
  readonly reading: ReadOptions;
}

/** Segments that users are broken down by: more than a reviewer reads of; every context is tried with each. */
const MAX_SEGMENTS = 100;

/** The work of replaying a change. */
export function jobOf({ changes, subjects }: PlannedReplay, { base, result }: LoadedSides, breakdown: Breakdown): Job {
  const keys = [...new Set(subjects.map(({ key }) => key))];
  const segments = segmentsOf(result.ruleset, keys);
  return {
    before: closureOf(base.ruleset.documents, keys, []),
    after: closureOf(result.ruleset.documents, keys, segments),
    subjects,
    segments,
    by: [...new Set(breakdown.by)],
    attributes: attributesOf(
      [base, result].map(({ ruleset }) => ruleset.documents),
      changes.map(({ key }) => key),
    ),
    reading: breakdown.reading,
  };
}

/** Those that the flags refer to first. */
function segmentsOf({ documents }: Ruleset, keys: readonly string[]): readonly string[] {
  const near = closureOf(documents, keys, []).segments.map(([name]) => name);
  return [...new Set([...near, ...documents.segments.keys()])].slice(0, MAX_SEGMENTS);
}
