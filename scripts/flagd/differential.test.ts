import { describe, expect, test } from 'vitest';
import type { OperatorsDocument, Ruleset } from '../../provider/engine/index.js';
import { load, readWorkingTree, renderProblem, type Tree } from '../../provider/repository/index.js';
import { compileToFlagd } from './compile.js';
import { Comparison, evaluators, type EvaluatorOptions } from './testing/comparison.js';
import { contextsFor } from './testing/document-contexts.js';
import { Random } from './testing/random.js';
import { randomRepository, type RandomRepository } from './testing/random-flags.js';
import { randomContext } from './testing/random-values.js';

const BATCHES = 12;
const FLAGS_A_BATCH = 260;
const CONTEXTS = 24;
const EXAMPLE_CONTEXTS = 400;
const reasons = ['DEFAULT', 'DISABLED', 'PREREQUISITE_FAILED', 'SPLIT', 'STATIC', 'TARGETING_MATCH'];

/** How often generated conditions use each operator: all but those that flagd has nothing for. */
type OperatorCounts = Record<Exclude<keyof OperatorsDocument, 'matches' | 'before' | 'after'>, number>;
const none: OperatorCounts = {
  equals: 0,
  in: 0,
  notIn: 0,
  startsWith: 0,
  endsWith: 0,
  contains: 0,
  gt: 0,
  gte: 0,
  lt: 0,
  lte: 0,
  semver: 0,
  exists: 0,
};

/** A repository in memory, written as JSON, which is YAML. */
function treeOf({ flags, segments }: RandomRepository): Tree {
  const policy = { bucketing: 'flagd-v2', environments: ['production'], teams: { 'team-a': { codeOwner: '@acme/a' } } };
  const files = new Map<string, unknown>([
    ['policy.yaml', policy],
    ...[...segments].map(([name, segment]) => [`segments/${name}.yaml`, segment] as const),
    ...[...flags].map(([key, flag]) => [`${key.replaceAll('.', '/')}.yaml`, flag] as const),
  ]);
  const bytes = new Map([...files].map(([path, value]) => [path, new TextEncoder().encode(JSON.stringify(value))]));
  const entries = [...files.keys()].map((path) => ({ path, id: path, kind: 'file' as const }));
  return {
    revision: 'sha256:random',
    repository: 'random',
    root: '',
    hasCodeowners: false,
    entries,
    read: async (wanted) => new Map(wanted.map(({ id }) => [id, bytes.get(id) as Uint8Array])),
  };
}

async function loaded(tree: Tree): Promise<Ruleset> {
  const result = await load(tree);
  if (result.ok) return result.loaded.ruleset;
  const errors = result.problems.filter(({ severity }) => severity === 'error');
  throw new Error(
    errors
      .slice(0, 3)
      .map((problem) => renderProblem(problem))
      .join('\n'),
  );
}

/** What a whole run compared. */
class Total {
  flags = 0;
  evaluations = 0;
  withTargeting = 0;
  /** Pairs of a flag and a variant that it served. */
  served = 0;
  readonly reasons: Record<string, number> = {};
  readonly operators: OperatorCounts = { ...none };

  add(ruleset: Ruleset, comparison: Comparison): void {
    const flags = Object.values(comparison.compilation.flagd.flags);
    this.flags += flags.length;
    this.withTargeting += flags.filter(({ targeting }) => targeting !== undefined).length;
    this.evaluations += comparison.evaluations;
    this.served += comparison.served.size;
    for (const [reason, count] of comparison.reasons) this.reasons[reason] = (this.reasons[reason] ?? 0) + count;
    const text = JSON.stringify(
      [...ruleset.documents.flags.values(), ...ruleset.documents.segments.values()].map((stored) => stored.read()),
    );
    for (const operator of Object.keys(none) as (keyof OperatorCounts)[]) {
      this.operators[operator] += text.split(`"${operator}":`).length - 1;
    }
  }
}

describe('a compiled flag means in flagd what it means in the engine', () => {
  test('every example flag that flagd can express, in every environment', async () => {
    const ruleset = await loaded(await readWorkingTree(process.cwd(), 'flags'));
    const random = new Random(1);
    let compared = 0;
    for (const environment of ruleset.documents.policy.environments) {
      const compilation = compileToFlagd(ruleset, environment);
      const comparison = new Comparison(ruleset, environment, compilation);
      const contexts = contextsFor(ruleset.documents, random, EXAMPLE_CONTEXTS);
      for (const options of evaluators) comparison.run(contexts, options);
      expect(comparison.differences).toEqual([]);
      const keys = [...Object.keys(compilation.flagd.flags), ...compilation.inexpressible.map(({ key }) => key)];
      expect(keys.sort()).toEqual([...ruleset.documents.flags.keys()].sort());
      compared += Object.keys(compilation.flagd.flags).length;
    }
    expect(compared).toBeGreaterThanOrEqual(40);
  });

  test('thousands of generated flags, by both of its evaluators', { timeout: 240_000 }, async () => {
    const random = new Random(20_260_907);
    const total = new Total();
    for (let batch = 0; batch < BATCHES; batch++) {
      const ruleset = await loaded(treeOf(randomRepository(random, FLAGS_A_BATCH)));
      const compilation = compileToFlagd(ruleset, 'production');
      expect(compilation.inexpressible).toEqual([]);
      const contexts = random.repeat(CONTEXTS, () => randomContext(random));
      const comparison = new Comparison(ruleset, 'production', compilation);
      comparison.run(contexts, evaluators[batch % evaluators.length] as EvaluatorOptions);
      expect(comparison.differences).toEqual([]);
      total.add(ruleset, comparison);
    }
    expect(total.flags).toBeGreaterThanOrEqual(3_000);
    expect(total.withTargeting).toBeGreaterThanOrEqual(2_000);
    expect(total.evaluations).toBe(total.flags * CONTEXTS);
    expect(total.served / total.flags).toBeGreaterThan(1.5);
    expect(Object.keys(total.reasons).sort()).toEqual(reasons);
    expect(Math.min(...Object.values(total.reasons))).toBeGreaterThan(2_000);
    expect(Math.min(...Object.values(total.operators))).toBeGreaterThan(200);
  });
});
