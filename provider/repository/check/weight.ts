/** Whether evaluating a flag takes a bounded number of steps, however its segments and prerequisites refer to each other. */
import { NO_REFERENCES, type FlagDocument, type StoredReferrer } from '../../engine/index.js';
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
  const segments = new Weights(segmentsOf, () => 1);
  for (const name of documents.segments.keys()) {
    const weight = segments.of(name);
    if (weight > MAX_WEIGHT && segmentsOf(name).every((inner) => segments.of(inner) <= MAX_WEIGHT)) {
      problems.push(tooMany(fileOf.segment(name), 'when', weight));
    }
  }
  const neededBy = (key: string): readonly string[] => documents.flags.get(key)?.references.prerequisites ?? [];
  const flags = new Weights(neededBy, (key) =>
    largest(documents.flags.get(key)).reduce((sum, name) => sum + segments.of(name), 1),
  );
  for (const [key, { references }] of documents.flags) {
    if (references === NO_REFERENCES) continue;
    const weight = flags.of(key);
    if (weight > MAX_WEIGHT && neededBy(key).every((needed) => flags.of(needed) <= MAX_WEIGHT)) {
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

/** The weights of nodes: each its own, and those of all that it refers to. */
class Weights {
  readonly #known = new Map<string, number>();

  constructor(
    private readonly referencesOf: (node: string) => readonly string[],
    private readonly ownWeight: (node: string) => number,
  ) {}

  /** Needs no recursion, however long a chain of references is. */
  of(start: string): number {
    // Of most nodes nothing needs to be remembered: they refer to nothing.
    if (this.referencesOf(start).length === 0) return this.ownWeight(start);
    const pending = [start];
    for (let node = pending.at(-1); node !== undefined; node = pending.at(-1)) {
      const references = this.#known.has(node) ? [] : this.referencesOf(node);
      const open = new Set(references.filter((one) => !this.#known.has(one)));
      for (const reference of open) pending.push(reference);
      if (open.size > 0) continue;
      pending.pop();
      if (!this.#known.has(node)) this.#known.set(node, this.#sum(node, references));
    }
    return this.#known.get(start) ?? 0;
  }

  #sum(node: string, references: readonly string[]): number {
    return references.reduce((sum, one) => sum + (this.#known.get(one) ?? 0), this.ownWeight(node));
  }
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
