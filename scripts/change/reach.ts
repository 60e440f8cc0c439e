/** Which flags an edited segment, guardrail or flag reaches, however many steps away. */
import { isPlan, type Documents, type FlagDocument, type References } from '../../provider/engine/index.js';

/** What was edited, or refers to it: `segment employees`, `flag payments.checkout.new-flow`, `guardrail errors`. */
export type Node = string;

/** What reaches a node, and by which of the things that the node refers to. */
export type Arrivals = ReadonlyMap<Node, Node>;

/** Causes that are kept of one node: no review reads more, and time and memory stay linear in the repository's size. */
const MAX_CAUSES = 50;

/** The node of a segment. */
export const segmentNode = (name: string): Node => `segment ${name}`;
/** The node of a flag. */
export const flagNode = (key: string): Node => `flag ${key}`;
/** The node of a guardrail. */
export const guardrailNode = (name: string): Node => `guardrail ${name}`;

/**
 * Follows references of either revision from what was edited to all that depends on it; a node does not reach itself.
 * Reads flags only where a guardrail was edited, for references do not tell guardrails.
 */
export function arrivalsOf(sides: readonly Documents[], edited: Iterable<Node>): ReadonlyMap<Node, Arrivals> {
  const origins = [...edited].sort();
  const dependents = dependentsOf(sides, new Set(origins.filter((node) => node.startsWith(guardrailNode('')))));
  const arrivals = new Map<Node, Map<Node, Node>>();
  const queue = origins.map((origin) => ({ origin, at: origin }));
  // The queue grows while it is walked.
  for (const { origin, at } of queue) {
    for (const node of dependents.get(at) ?? []) {
      const causes = arrivals.get(node) ?? new Map<Node, Node>();
      if (node === origin || causes.has(origin) || causes.size >= MAX_CAUSES) continue;
      arrivals.set(node, causes.set(origin, at));
      queue.push({ origin, at: node });
    }
  }
  return arrivals;
}

/** From a node to what refers to it, in any of the revisions. */
function dependentsOf(
  sides: readonly Documents[],
  guardrails: ReadonlySet<Node>,
): ReadonlyMap<Node, ReadonlySet<Node>> {
  const dependents = new Map<Node, Set<Node>>();
  const link = (from: Node, to: Node): void => {
    const known = dependents.get(from);
    if (known === undefined) dependents.set(from, new Set([to]));
    else known.add(to);
  };
  const linkAll = ({ segments, prerequisites }: References, to: Node): void => {
    for (const names of segments) for (const name of names) link(segmentNode(name), to);
    for (const key of prerequisites) link(flagNode(key), to);
  };
  const seen = new Set<object>();
  for (const { segments, flags } of sides) {
    for (const [name, stored] of segments) linkAll(stored.references, segmentNode(name));
    for (const [key, stored] of flags) {
      if (seen.has(stored)) continue;
      seen.add(stored);
      linkAll(stored.references, flagNode(key));
      if (guardrails.size === 0) continue;
      for (const node of guardrailNodesOf(stored.read())) if (guardrails.has(node)) link(node, flagNode(key));
    }
  }
  return dependents;
}

function guardrailNodesOf({ environments = {} }: FlagDocument): readonly Node[] {
  return Object.values(environments).flatMap(({ rollout = 0 }) =>
    isPlan(rollout) ? (rollout.guardrails ?? []).map(guardrailNode) : [],
  );
}
