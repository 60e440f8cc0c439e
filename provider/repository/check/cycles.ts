/** Whether prerequisites or segments lead back to themselves. */
import type { ProblemCode, UnplacedProblem } from '../problem.js';
import type { Pointer } from '../problem.js';
import { segmentReferences } from './condition.js';
import type { CheckedRepository } from './checked-repository.js';

interface Edge {
  readonly to: string;
  readonly pointer: Pointer;
}

/** Reports each cycle of prerequisites and of segments once, at the reference that closes it. */
export function checkCycles({ documents, fileOf }: CheckedRepository): readonly UnplacedProblem[] {
  const prerequisites = (key: string): readonly Edge[] =>
    Object.keys(documents.flags.get(key)?.prerequisites ?? {}).map((to) => ({ to, pointer: ['prerequisites', to] }));
  const segments = (name: string): readonly Edge[] =>
    segmentReferences(documents.segments.get(name)?.when ?? {}, ['when']).map(({ name: to, pointer }) => ({ to, pointer }));
  return [
    ...findCycles(documents.flags.keys(), prerequisites).map((cycle) =>
      problemOf('prerequisite-cycle', 'prerequisites', cycle, fileOf.flag(cycle.path.at(-1) as string), 'key'),
    ),
    ...findCycles(documents.segments.keys(), segments).map((cycle) =>
      problemOf('segment-cycle', 'segments', cycle, fileOf.segment(cycle.path.at(-1) as string), 'value'),
    ),
  ];
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
    const path = [start];
    const pending = [[...edgesOf(start)]];
    while (path.length > 0) {
      const edge = pending.at(-1)?.shift();
      if (edge === undefined) {
        done.add(path.pop() as string);
        pending.pop();
      } else if (path.includes(edge.to)) {
        cycles.push({ path: path.slice(path.indexOf(edge.to)), closing: edge });
      } else if (!done.has(edge.to)) {
        path.push(edge.to);
        pending.push([...edgesOf(edge.to)]);
      }
    }
  }
  return cycles;
}

function problemOf(code: ProblemCode, what: string, { path, closing }: Cycle, file: string, at: 'key' | 'value'): UnplacedProblem {
  return {
    code,
    file,
    pointer: closing.pointer,
    at,
    message: `these ${what} lead back to themselves: ${[...path, closing.to].join(' → ')}`,
    found: closing.to,
    expected: `${what} without a cycle`,
    fix: 'remove one of the references',
  };
}
