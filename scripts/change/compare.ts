/** The semantic diff: two sides of a change to what it does to each flag that it concerns. */
import type { FlagDocument, PolicyDocument } from '../../provider/engine/index.js';
import type { LoadedRepository } from '../../provider/repository/index.js';
import type { ChangedFile, Direction, EnvironmentEffect, FlagChange, Side } from './change.js';
import { editedFlags, sharedEdits } from './edits.js';
import { environmentNames } from './environments.js';
import { exposureOf } from './exposure.js';
import { arrivalsOf, flagNode, type Node } from './reach.js';
import { reachedItems, type Spread } from './reached-items.js';
import { uncomparableFlags } from './uncomparable.js';

/** What a change does to the people who get a flag in an environment. */
export type DirectionOf = (key: string, environment: string) => Direction;

/**
 * What a change does to every flag whose file differs and to every flag that an edited segment, guardrail or
 * prerequisite reaches, sorted by key. Only these are read. A comment or a layout that changed reaches nothing. Where a
 * side does not load nothing can be compared, and each flag says so: see {@link uncomparableFlags}.
 */
export function compareSides(
  base: Side,
  result: Side,
  files: readonly ChangedFile[],
  directionOf: DirectionOf,
): readonly FlagChange[] {
  const [old, now] = [base.loaded, result.loaded];
  if (old === undefined || now === undefined) return uncomparableFlags(base, result, files);
  const [before, after] = [old.ruleset.documents, now.ruleset.documents];
  const own = editedFlags(old, now, files);
  const edits = sharedEdits(before, after);
  const editedKeys = [...own].filter(([, { items }]) => items.length > 0).map(([key]) => flagNode(key));
  const arrivals = arrivalsOf([before, after], [...edits.keys(), ...editedKeys]);
  const reached = [...before.flags.keys(), ...after.flags.keys()].filter((key) => arrivals.has(flagNode(key)));
  const keys = [...new Set([...own.keys(), ...reached])].sort();
  return keys.map((key): FlagChange => {
    const flag = own.get(key) ?? unedited(after.flags.get(key)?.read());
    return {
      key,
      status: statusOf(flag, own.has(key)),
      before: flag.before,
      after: flag.after,
      items: [...flag.items, ...itemsFromElsewhere(key, flag, { edits, arrivals })],
      effects: effectsOf(key, flag, [old, now], directionOf),
      via: [...(arrivals.get(flagNode(key))?.keys() ?? [])],
    };
  });
}

type ComparedFlag = Pick<FlagChange, 'before' | 'after' | 'items'>;

function unedited(document: FlagDocument | undefined): ComparedFlag {
  return { before: document, after: document, items: [] };
}

function statusOf({ before, after }: ComparedFlag, isEdited: boolean): FlagChange['status'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return isEdited ? 'changed' : 'reached';
}

function itemsFromElsewhere(key: string, { before, after }: ComparedFlag, spread: Spread): FlagChange['items'] {
  const arrivals = spread.arrivals.get(flagNode(key)) ?? new Map<Node, Node>();
  return reachedItems({ before, after, arrivals }, spread);
}

function effectsOf(
  key: string,
  { before, after }: ComparedFlag,
  [base, result]: readonly [LoadedRepository, LoadedRepository],
  directionOf: DirectionOf,
): readonly EnvironmentEffect[] {
  const policies = [result, base].map(({ ruleset }) => ruleset.documents.policy);
  return inPolicyOrder(environmentNames(before, after), policies).map((environment) => ({
    environment,
    direction: directionOf(key, environment),
    exposure: {
      before: exposureOf(before, environment, base.ruleset.documents.segments),
      after: exposureOf(after, environment, result.ruleset.documents.segments),
    },
  }));
}

/** The environments of a flag, in the order of the policies; names that no policy has come last. */
function inPolicyOrder(names: readonly string[], policies: readonly PolicyDocument[]): readonly string[] {
  const order = [...new Set([...policies.flatMap(({ environments }) => environments), ...names])];
  return order.filter((name) => names.includes(name));
}
