/** Whether prerequisites or segments lead back to themselves. */
import { segmentReferences, type Documents } from '../../engine/index.js';
import type { Pointer, ProblemCode, UnplacedProblem } from '../problem.js';
import type { CheckedRepository } from './checked-repository.js';

/** A longer cycle is shown by its ends. */
const MAX_SHOWN = 8;

interface Edge {
  readonly to: string;
  readonly pointer: Pointer;
}

/** Reports each cycle of prerequisites and of segments once, at the reference that closes it. */
export function checkCycles({ documents, fileOf }: CheckedRepository): readonly UnplacedProblem[] {
  const prerequisites = (key: string): readonly Edge[] =>
    (documents.flags.get(key)?.references.prerequisites ?? []).map((to) => ({ to, pointer: ['prerequisites', to] }));
  const segments = (name: string): readonly Edge[] =>
    segmentReferences(documents.segments.get(name)?.read().when ?? {}, ['when']).map(({ name: to, pointer }) => ({
      to,
      pointer,
    }));
  return [
    ...findCycles(needy(documents.flags), prerequisites).map((cycle) =>
      problemOf('prerequisite-cycle', 'prerequisites', cycle, fileOf.flag(cycle.path.at(-1) as string), 'key'),
    ),
    ...findCycles(documents.segments.keys(), segments).map((cycle) =>
      problemOf('segment-cycle', 'segments', cycle, fileOf.segment(cycle.path.at(-1) as string), 'value'),
    ),
  ];
}

/** The flags that need others: only these can be in a cycle. */
function needy(flags: Documents['flags']): readonly string[] {
  return [...flags].flatMap(([key, { references }]) => (references.prerequisites.length === 0 ? [] : [key]));
}

interface Cycle {
  /** From the first node of the cycle to the one whose edge leads back to it. */
  readonly path: readonly string[];
  readonly closing: Edge;
}

/** Depth first, with a stack of its own: a chain of references may be as long as there are files. */
function findCycles(nodes: Iterable<string>, edgesOf: (node: string) => readonly Edge[]): readonly Cycle[] {
  const cycles: Cycle[] = [];
  const done = new Set<string>();
  for (const start of nodes) {
    if (done.has(start)) continue;
    // In the order of insertion, so a path and a set at once.
    const path = new Set([start]);
    const pending = [{ node: start, edges: edgesOf(start).values() }];
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      const edge = top.edges.next().value;
      if (edge === undefined) {
        done.add(top.node);
        path.delete(top.node);
        pending.pop();
      } else if (path.has(edge.to)) {
        const nodesOnPath = [...path];
        cycles.push({ path: nodesOnPath.slice(nodesOnPath.indexOf(edge.to)), closing: edge });
      } else if (!done.has(edge.to)) {
        path.add(edge.to);
        pending.push({ node: edge.to, edges: edgesOf(edge.to).values() });
      }
    }
  }
  return cycles;
}

function problemOf(
  code: ProblemCode,
  what: string,
  { path, closing }: Cycle,
  file: string,
  at: 'key' | 'value',
): UnplacedProblem {
  return {
    code,
    file,
    pointer: closing.pointer,
    at,
    message: `these ${what} lead back to where they start`,
    found: shown([...path, closing.to]).join(' → '),
    expected: `${what} without a cycle`,
    fix: 'remove one of these references',
  };
}

function shown(names: readonly string[]): readonly string[] {
  if (names.length <= MAX_SHOWN) return names;
  const ends = MAX_SHOWN / 2;
  return [...names.slice(0, ends), `(${(names.length - MAX_SHOWN).toLocaleString('en')} more)`, ...names.slice(-ends)];
}
