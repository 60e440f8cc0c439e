/** Whether evaluating a flag takes a bounded number of steps, however its segments and prerequisites refer to each other. */
import { NO_REFERENCES, type FlagDocument, type StoredReferrer } from '../../engine/index.js';
import type { UnplacedProblem } from '../problem.js';
import type { CheckedRepository } from './checked-repository.js';

/**
 * Most segments and prerequisites that one evaluation may have to go through, counted as often as they are referred
 * to: twenty layers of two would be a million.
 */
const MAX_WEIGHT = 1_000;

/** Longest chain of references: each is some calls within one another, on a stack of which the application has its part. */
const MAX_DEPTH = 50;

/** Checks a repository without cycles; one problem for each flag or segment where a limit is first crossed. */
export function checkWeights({ documents, fileOf }: CheckedRepository): readonly UnplacedProblem[] {
  const problems: UnplacedProblem[] = [];
  const segmentsOf = (name: string): readonly string[] =>
    documents.segments.get(name)?.references.segments.flat() ?? [];
  const neededBy = (key: string): readonly string[] => documents.flags.get(key)?.references.prerequisites ?? [];
  for (const { sizes, limit, tell } of measures) {
    const segments = new Sums(segmentsOf, () => 1, sizes);
    for (const name of documents.segments.keys()) {
      const size = segments.of(name);
      if (size > limit && segmentsOf(name).every((inner) => segments.of(inner) <= limit)) {
        problems.push(tell(fileOf.segment(name), 'when', size));
      }
    }
    const ownSize = (key: string): number =>
      1 + sizes(largest(documents.flags.get(key)).map((name) => segments.of(name)));
    const flags = new Sums(neededBy, ownSize, sizes);
    for (const [key, { references }] of documents.flags) {
      if (references === NO_REFERENCES) continue;
      const size = flags.of(key);
      if (size > limit && neededBy(key).every((needed) => flags.of(needed) <= limit)) {
        problems.push(tell(fileOf.flag(key), neededBy(key).length > 0 ? 'prerequisites' : 'environments', size));
      }
    }
  }
  return problems;
}

/** The segments of the environment that refers to most of them: an evaluation looks at one. */
function largest(flag: StoredReferrer<FlagDocument> | undefined): readonly string[] {
  const lists = flag?.references.segments ?? [];
  return lists.reduce((most, list) => (list.length > most.length ? list : most), []);
}

/** Makes one size of those of all that a node refers to. */
type Sizes = (sizes: readonly number[]) => number;

/** The sizes of nodes: each its own, and what all that it refers to comes to. */
class Sums {
  readonly #known = new Map<string, number>();

  constructor(
    private readonly referencesOf: (node: string) => readonly string[],
    private readonly ownSize: (node: string) => number,
    private readonly sizes: Sizes,
  ) {}

  /** Needs no recursion, however long a chain of references is. */
  of(start: string): number {
    // Of most nodes nothing needs to be remembered: they refer to nothing.
    if (this.referencesOf(start).length === 0) return this.ownSize(start);
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
    return this.ownSize(node) + this.sizes(references.map((one) => this.#known.get(one) ?? 0));
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

const tooDeep = (file: string, pointer: string, depth: number): UnplacedProblem => ({
  code: 'references-too-many',
  file,
  pointer: [pointer],
  at: 'key',
  message: 'segments and prerequisites refer to one another in too long a chain from here',
  found: `${depth.toLocaleString('en')}, one behind the other`,
  expected: `at most ${MAX_DEPTH}`,
  fix: 'flatten the references: name what matters in the end, not what refers to it in turn',
});

const measures: readonly {
  readonly sizes: Sizes;
  readonly limit: number;
  readonly tell: (file: string, pointer: string, size: number) => UnplacedProblem;
}[] = [
  { sizes: (sizes) => sizes.reduce((sum, size) => sum + size, 0), limit: MAX_WEIGHT, tell: tooMany },
  { sizes: (sizes) => sizes.reduce((most, size) => Math.max(most, size), 0), limit: MAX_DEPTH, tell: tooDeep },
];
