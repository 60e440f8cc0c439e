/** Whether evaluating a flag takes a bounded number of steps, however its segments and prerequisites refer to each other. */
import type { FlagDocument, StoredReferrer } from '../../engine/index.js';
import type { UnplacedProblem } from '../problem.js';
import type { CheckedRepository } from './checked-repository.js';

/**
 * Most segments and prerequisites that one evaluation may have to go through, counted as often as they are referred
 * to: twenty layers of two would be a million. Bounds the depth of a chain, too.
 */
const MAX_WEIGHT = 1_000;

/** Checks a repository without cycles; one problem for each flag or segment where the limit is first crossed. */
export function checkWeights({ documents, fileOf }: CheckedRepository): readonly UnplacedProblem[] {
  const problems: UnplacedProblem[] = [];
  const segmentsOf = (name: string): readonly string[] =>
    documents.segments.get(name)?.references.segments.flat() ?? [];
  const segments = weigh(documents.segments.keys(), segmentsOf, () => 0);
  const inSegments = (key: string): number =>
    largest(documents.flags.get(key)).reduce((sum, name) => sum + (segments.get(name) ?? 0), 0);
  const neededBy = (key: string): readonly string[] => documents.flags.get(key)?.references.prerequisites ?? [];
  const flags = weigh(documents.flags.keys(), neededBy, inSegments);
  for (const [name, weight] of segments) {
    const isFirst = segmentsOf(name).every((inner) => (segments.get(inner) ?? 0) <= MAX_WEIGHT);
    if (weight > MAX_WEIGHT && isFirst) problems.push(tooMany(fileOf.segment(name), 'when', weight));
  }
  for (const [key, weight] of flags) {
    const isFirst = neededBy(key).every((needed) => (flags.get(needed) ?? 0) <= MAX_WEIGHT);
    if (weight > MAX_WEIGHT && isFirst) {
      const at = neededBy(key).length > 0 ? 'prerequisites' : 'environments';
      problems.push(tooMany(fileOf.flag(key), at, weight));
    }
  }
  return problems;
}

/** The segments of the environment that refers to most of them: an evaluation looks at one. */
function largest(flag: StoredReferrer<FlagDocument> | undefined): readonly string[] {
  const lists = flag?.references.segments ?? [];
  return lists.reduce((most, list) => (list.length > most.length ? list : most), []);
}

/** Each node's weight: one, what it has of its own, and the weights of all that it refers to. Needs no recursion. */
function weigh(
  nodes: Iterable<string>,
  referencesOf: (node: string) => readonly string[],
  ownWeight: (node: string) => number,
): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const start of nodes) {
    const pending = [start];
    for (let node = pending.at(-1); node !== undefined; node = pending.at(-1)) {
      const references = weights.has(node) ? [] : referencesOf(node);
      const open = new Set(references.filter((reference) => !weights.has(reference)));
      for (const reference of open) pending.push(reference);
      if (open.size > 0) continue;
      pending.pop();
      if (weights.has(node)) continue;
      weights.set(
        node,
        references.reduce((sum, one) => sum + (weights.get(one) ?? 0), 1 + ownWeight(node)),
      );
    }
  }
  return weights;
}

const tooMany = (file: string, pointer: string, weight: number): UnplacedProblem => ({
  code: 'references-too-many',
  file,
  pointer: [pointer],
  at: 'key',
  message: 'one evaluation would have to go through too many segments and prerequisites',
  found: weight > Number.MAX_SAFE_INTEGER ? 'more than 2^53' : weight.toLocaleString('en'),
  expected: `at most ${MAX_WEIGHT.toLocaleString('en')}, each counted as often as it is referred to`,
  fix: 'flatten the references: name what matters in the end, not what refers to it in turn',
});
