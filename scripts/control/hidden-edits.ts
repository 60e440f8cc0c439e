/** Edits that reach nobody while something keeps everybody out, and that are there when it goes: no part of a reduction. */
import {
  canonical,
  defaultVariantOf,
  type EnvironmentDocument,
  type FlagDocument,
} from '../../provider/engine/index.js';
import type { Change, Direction, FlagChange } from '../change/change.js';
import { environmentOf } from '../change/environments.js';
import { latentWideningOf } from '../change/exposure.js';

/** What of a flag is edited so, in words; of environments that are not proved to reduce the reader knows already. */
export function hiddenEdits({ key, before, after, effects }: FlagChange, change: Change): readonly string[] {
  if (before === undefined || after === undefined) return [];
  return effects.flatMap(({ environment, direction }) => {
    if (direction === 'other') return [];
    const edit = editIn({ environment, direction, before, after }, change);
    return edit === undefined ? [] : [`flag ${key}: ${edit} in ${environment}, where it reaches nobody now`];
  });
}

interface EditedEnvironment {
  readonly environment: string;
  readonly direction: Direction;
  readonly before: FlagDocument;
  readonly after: FlagDocument;
}

function editIn({ environment, direction, before, after }: EditedEnvironment, { base, result }: Change) {
  const [was, is] = [environmentOf(before, environment), environmentOf(after, environment)];
  if (direction === 'same' && canonical(was) !== canonical(is) && !isOnlySwitchedOff(was, is)) {
    return 'something is edited along';
  }
  const added = addedRules(was, is, defaultVariantOf(after));
  if (added.length > 0) return `the rule \`${added[0]}\` is added`;
  const [old, now] = [base.loaded?.ruleset.documents, result.loaded?.ruleset.documents];
  if (old === undefined || now === undefined) return undefined;
  const points = latentWideningOf([before, old.segments], [after, now.segments], environment);
  return points > 0 ? `something rises by ${points} percentage points` : undefined;
}

/** A kill is one of every environment, also of those that reach nobody. */
function isOnlySwitchedOff(before: EnvironmentDocument | undefined, after: EnvironmentDocument | undefined): boolean {
  return before !== undefined && canonical({ ...before, enabled: false }) === canonical(after);
}

/** Rules of new names that serve something else than the default. */
function addedRules(
  before: EnvironmentDocument | undefined,
  after: EnvironmentDocument | undefined,
  defaultVariant: string | null,
): readonly string[] {
  const known = new Set((before?.rules ?? []).map(({ name }) => name));
  return (after?.rules ?? [])
    .filter(({ name, serve }) => !known.has(name) && (serve === undefined || String(serve) !== defaultVariant))
    .map(({ name }) => name);
}
