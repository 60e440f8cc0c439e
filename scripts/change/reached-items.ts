/** What an edit elsewhere says at the flags that it reaches. */
import { isPlan, segmentReferences, type EnvironmentDocument, type FlagDocument } from '../../provider/engine/index.js';
import type { ChangeItem } from './change.js';
import { itemsIn, type ItemDraft } from './draft.js';
import { environmentNames, environmentOf } from './environments.js';
import { guardrailNode, segmentNode, type Arrivals, type Node } from './reach.js';
import { codeSpan } from './words.js';

/** A flag as far as edits elsewhere look at it. */
export interface ReachedFlag {
  readonly before: FlagDocument | undefined;
  readonly after: FlagDocument | undefined;
  /** The flag's causes. */
  readonly arrivals: Arrivals;
}

/** What was edited, and how that spread. */
export interface Spread {
  /** The items of each segment, guardrail and flag that was edited, by its node; none for flags, which have their own. */
  readonly edits: ReadonlyMap<Node, readonly ItemDraft[]>;
  readonly arrivals: ReadonlyMap<Node, Arrivals>;
}

/** The items that a flag has for what reaches it, in the environments where it does. */
export function reachedItems(flag: ReachedFlag, spread: Spread): readonly ChangeItem[] {
  return [...flag.arrivals].flatMap(([cause, through]) => {
    const edits = spread.edits.get(cause) ?? [];
    if (edits.length === 0) return itemsIn(undefined, prerequisiteItems(flag, cause, through));
    return environmentsOf(flag, cause, spread).flatMap((environment) => itemsIn(environment, edits));
  });
}

/** One that was added or removed as a prerequisite is an item of the flag's own. */
function prerequisiteItems({ before, after }: ReachedFlag, cause: Node, through: Node): readonly ItemDraft[] {
  const [key, step] = [cause, through].map((node) => node.slice(node.indexOf(' ') + 1)) as [string, string];
  const stays = [before, after].every((flag) => Object.hasOwn(flag?.prerequisites ?? {}, step));
  if (!stays) return [];
  const text =
    cause === through
      ? `prerequisite ${codeSpan(key)} changed`
      : `prerequisite ${codeSpan(step)} changed through ${codeSpan(key)}`;
  return [{ kind: 'prerequisite', text }];
}

/** Undefined alone stands for all of them, and for a cause that arrives through a prerequisite. */
function environmentsOf(
  { before, after }: ReachedFlag,
  cause: Node,
  { arrivals }: Spread,
): readonly (string | undefined)[] {
  const names = environmentNames(before, after);
  const reached = names.filter((name) =>
    [before, after].some((flag) =>
      nodesOf(environmentOf(flag, name)).some((node) => node === cause || arrivals.get(node)?.has(cause) === true),
    ),
  );
  return reached.length === 0 || reached.length === names.length ? [undefined] : reached;
}

function nodesOf(environment: EnvironmentDocument | undefined): readonly Node[] {
  const { rules = [], rollout = 0 } = environment ?? {};
  const named = rules.flatMap(({ when }) => segmentReferences(when, []).map(({ name }) => segmentNode(name)));
  if (!isPlan(rollout)) return named;
  return [
    ...named,
    ...rollout.stages.flatMap(({ segment }) => (segment === undefined ? [] : [segmentNode(segment)])),
    ...(rollout.guardrails ?? []).map(guardrailNode),
  ];
}
