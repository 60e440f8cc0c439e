/** All that a change is judged by, read out of git: both sides, what lies between them, and what was before. */
import { Directions } from '../../provider/engine/index.js';
import { commitsBetween, type CommitRecord, type IsolatedRepository } from '../../provider/repository/index.js';
import type { Change, Direction } from '../change/change.js';
import { compareSides } from '../change/compare.js';
import type { FlagPast } from '../history/flag-past.js';
import { readSide, type Sides } from '../history/side.js';
import type { CheckRequest } from './check.js';
import { controlOf, type Controlling } from './control-of.js';
import { readTemplate } from './reason/template.js';
import { pathsOf, type Paths } from './paths.js';
import { readPast } from './past.js';
import { keyHistory } from './permanence/key-history.js';
import { isRetirement, needsKeyHistory, NO_HISTORY, type JudgedChange } from './permanence/sides.js';
import { invisibleFindings } from './permanence/visible.js';
import type { Finding } from './finding.js';
import { windowStart } from './rollout/widening.js';
import type { RolloutHistory } from './rollout/history.js';
import type { Control } from './tier.js';

/** What a change is judged by. */
export interface Evidence {
  readonly change: Change;
  readonly controlling: Controlling;
  readonly control: Control;
  readonly paths: Paths;
  /** As {@link Directions.of}; `other` where a side does not load. */
  readonly directionOf: (key: string, environment: string) => Direction;
  /** As {@link Directions.latentOf}; `other` where a side does not load. */
  readonly latentDirectionOf: (key: string, environment: string) => Direction;
  /** All commits of the head that the base does not have. */
  readonly commits: readonly CommitRecord[];
  readonly past: RolloutHistory;
  /** The change in the terms of the rules of permanent keys. */
  readonly keyed: JudgedChange;
  /** What can't be seen in the files of the change. */
  readonly invisible: readonly Finding[];
  /** The base's template of a description, which gives no reason. */
  readonly template: string;
}

/** Reads it. @throws SyncError where objects are missing or the history is cut */
export async function gatherEvidence(
  repository: IsolatedRepository,
  { base, head, controlledBy = base, root, mergeTimes, now, progress }: CheckRequest,
  sides: Extract<Sides, { ok: true }>,
  begun: Promise<FlagPast> | undefined,
): Promise<Evidence> {
  const { of: directionOf, latentOf: latentDirectionOf } = directionsOf(sides);
  const change = { ...sides, flags: compareSides(sides.base, sides.result, sides.files, directionOf) };
  const paths = pathsOf(root);
  const controlSide = controlledBy === base ? sides.base : await readSide(repository, controlledBy, root);
  const controlling = await controlOf(repository, controlSide, sides.result, root);
  const start = windowStart(controlling.policy, now);
  progress('reading the history of keys');
  const [commits, history, past, invisible, template] = await Promise.all([
    commitsBetween(repository, base, head),
    needsKeyHistory(sides) ? keyHistory(repository, base, root) : NO_HISTORY,
    readPast(repository, {
      base: sides.base,
      root,
      flags: change.flags,
      pathOf: paths.flag,
      mergeTimes,
      begun,
      windowStart: start,
    }),
    invisibleFindings(repository, base, sides.result.revision, root),
    readTemplate(repository, base),
  ]);
  const keyed = { ...sides, history };
  const control = { policy: controlling.policy, root, pathOf: paths.flag, isRetirement: isRetirement(keyed) };
  const directions = { directionOf, latentDirectionOf };
  return { change, controlling, control, paths, ...directions, commits, past, keyed, invisible, template };
}

type DirectionOf = (key: string, environment: string) => Direction;

function directionsOf({ base, result }: Pick<Change, 'base' | 'result'>): Record<'of' | 'latentOf', DirectionOf> {
  if (base.loaded === undefined || result.loaded === undefined) return { of: () => 'other', latentOf: () => 'other' };
  const directions = new Directions(base.loaded.ruleset, result.loaded.ruleset);
  return {
    of: (key, environment) => directions.of(key, environment),
    latentOf: (key, environment) => directions.latentOf(key, environment),
  };
}
