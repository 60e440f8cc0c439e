/** What of a repository is another after a change: by file, by the objects that hold the documents, and by meaning. */
import type { Documents, FlagDocument, Stored } from '../../provider/engine/index.js';
import type { LoadedRepository } from '../../provider/repository/index.js';
import type { ChangedFile, ChangeItem } from './change.js';
import type { ItemDraft } from './draft.js';
import { flagItems } from './flag-items.js';
import { guardrailNode, segmentNode, type Node } from './reach.js';
import { guardrailItems, segmentItems } from './shared-items.js';

/** A flag whose file differs. */
export interface EditedFlag {
  readonly before: FlagDocument | undefined;
  readonly after: FlagDocument | undefined;
  readonly items: readonly ChangeItem[];
}

/**
 * The flags whose files differ, by key. Those that `files` leaves out are found by their stored documents, which are
 * the same objects where the result was loaded with the base as `previous`; if not, they are compared by meaning.
 */
export function editedFlags(
  base: LoadedRepository,
  result: LoadedRepository,
  files: readonly ChangedFile[],
): ReadonlyMap<string, EditedFlag> {
  const [before, after] = [base.ruleset.documents.flags, result.ruleset.documents.flags];
  const named = new Set(files.flatMap(({ path }) => [base, result].flatMap((side) => flagKeyAt(side, path) ?? [])));
  const edited = new Map<string, EditedFlag>();
  for (const key of new Set([...named, ...differing(before, after)])) {
    const flag = { before: before.get(key)?.read(), after: after.get(key)?.read() };
    const items = flagItems(flag.before, flag.after);
    if (items.length > 0 || named.has(key)) edited.set(key, { ...flag, items });
  }
  return edited;
}

/** The items of the segments and guardrails that mean something else, by node. */
export function sharedEdits(before: Documents, after: Documents): ReadonlyMap<Node, readonly ItemDraft[]> {
  const segments = differing(before.segments, after.segments).map((name): [Node, readonly ItemDraft[]] => [
    segmentNode(name),
    segmentItems(name, before.segments.get(name)?.read(), after.segments.get(name)?.read()),
  ]);
  const guardrails = differing(before.guardrails, after.guardrails).map((name): [Node, readonly ItemDraft[]] => [
    guardrailNode(name),
    guardrailItems(name, before.guardrails.get(name)?.read(), after.guardrails.get(name)?.read()),
  ]);
  return new Map([...segments, ...guardrails].filter(([, items]) => items.length > 0));
}

/** The key of the flag whose file a path is; undefined where it is none. */
function flagKeyAt({ files }: LoadedRepository, path: string): string | undefined {
  const place = files.get(path)?.place;
  return place?.kind === 'flag' ? place.name : undefined;
}

type Stores = ReadonlyMap<string, Stored<unknown>>;

function differing(before: Stores, after: Stores): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}
