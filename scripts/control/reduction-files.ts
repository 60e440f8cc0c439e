/** Which files belong to a reduction: those that it reduces by. Whatever else is edited along is another change. */
import { isPlan } from '../../provider/engine/index.js';
import type { Change, ChangedFile, FlagChange } from '../change/change.js';

/**
 * Whether a file is a flag that is reduced, its cases, or a segment by which some flag is reduced and which nobody is
 * still to be reached by. New files and deleted ones are none: what nothing uses yet can be proved to reduce nobody.
 */
export function isFileOfReduction({ path, status }: ChangedFile, change: Change): boolean {
  const place = change.result.loaded?.files.get(path)?.place;
  if (status !== 'modified' || place === undefined) return false;
  if (place.kind === 'segment') return isSegmentOfReduction(place.name, change);
  if (place.kind !== 'flag' && place.kind !== 'cases') return false;
  return change.flags.some((flag) => flag.key === place.name && isReduced(flag));
}

/** Whether a file, on either side, decides what flags serve and nothing else: a flag's or a segment's, or cases. */
export function isServing(path: string, { base, result }: Change): boolean {
  const places = [base, result].flatMap(({ loaded }) => loaded?.files.get(path)?.place ?? []);
  return places.some(({ kind }) => kind === 'flag' || kind === 'segment' || kind === 'cases');
}

function isSegmentOfReduction(name: string, { base, result, flags }: Change): boolean {
  const [before, after] = [base, result].map(({ loaded }) => loaded?.ruleset.documents.segments.get(name)?.read());
  if (before?.owner !== after?.owner || before?.description !== after?.description) return false;
  return flags.some((flag) => flag.via.includes(`segment ${name}`) && isReduced(flag)) && !flags.some(awaitsSegments);
}

function isReduced({ effects }: FlagChange): boolean {
  return effects.some(({ direction }) => direction === 'reducing');
}

/** Whether some plan of a flag has segments ahead, of which no comparison of what is served says anything. */
export function awaitsSegments({ after }: FlagChange): boolean {
  return Object.values(after?.environments ?? {}).some(({ rollout = 0 }) => {
    if (!isPlan(rollout)) return false;
    const reached = rollout.stages.findIndex(({ name }) => name === rollout.stage) + 1;
    return rollout.stages.slice(reached).some(({ segment }) => segment !== undefined);
  });
}
