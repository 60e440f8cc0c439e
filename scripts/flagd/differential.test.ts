import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import { describe, expect, test } from 'vitest';
import type { EvaluationContext, JsonValue, Ruleset, ValueKind } from '../../provider/engine/index.js';
import { load, readWorkingTree, renderProblem, type Tree } from '../../provider/repository/index.js';
import { compileToFlagd, type FlagdCompilation } from './compile.js';
import { contextsFor } from './testing/document-contexts.js';
import { Random } from './testing/random.js';
import { randomRepository, type RandomRepository } from './testing/random-flags.js';
import { randomContext } from './testing/random-values.js';

const BATCHES = 12;
const FLAGS_A_BATCH = 260;
const CONTEXTS = 24;
const EXAMPLE_CONTEXTS = 400;

const silent = { error() {}, warn() {}, info() {}, debug() {} };
/** In the order in which a flag set is evaluated by each of flagd's two evaluators in JavaScript. */
const evaluators = [{ disableDynamicCodeGeneration: false }, { disableDynamicCodeGeneration: true }];

/** The caller's defaults: values that no variant has. */
const absent: Record<ValueKind, JsonValue> = { boolean: false, string: '<absent>', number: -12_345.5, object: { absent: true } };

interface Difference {
  readonly key: string;
  readonly context: EvaluationContext;
  readonly engine: unknown;
  readonly flagd: unknown;
}

/** What was compared, so that a run in which nothing happens can't pass. */
class Comparison {
  evaluations = 0;
  readonly differences: Difference[] = [];
  readonly reasons = new Map<string, number>();
  readonly variants = new Set<string>();

  constructor(
    private readonly ruleset: Ruleset,
    private readonly environment: string,
    readonly compilation: FlagdCompilation,
  ) {}

  run(contexts: readonly EvaluationContext[], options: { disableDynamicCodeGeneration: boolean }): this {
    const core = new FlagdCore(new MemoryStorage(silent, options), silent);
    core.setConfigurations(JSON.stringify(this.compilation.flagd));
    for (const key of Object.keys(this.compilation.flagd.flags)) {
      for (const context of contexts) this.#compare(core, key, context);
    }
    return this;
  }

  #compare(core: FlagdCore, key: string, context: EvaluationContext): void {
    const snapshot = this.ruleset.snapshot(this.environment);
    const engine = snapshot.evaluate(key, context);
    const kind = snapshot.kind(key) as ValueKind;
    const flagd = core.resolve(kind, key, absent[kind], context as never, silent);
    this.evaluations++;
    this.reasons.set(engine.reason, (this.reasons.get(engine.reason) ?? 0) + 1);
    this.variants.add(`${key} ${engine.variant}`);
    const wanted = engine.variant === undefined ? absent[kind] : engine.value;
    const isSame =
      flagd.errorCode === undefined &&
      flagd.variant === engine.variant &&
      JSON.stringify(flagd.value) === JSON.stringify(wanted);
    if (!isSame) this.differences.push({ key, context, engine, flagd });
  }
}

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
    revision: 'sha256:random', repository: 'random', root: '', hasCodeowners: false, entries,
    read: async (wanted) => new Map(wanted.map(({ id }) => [id, bytes.get(id) as Uint8Array])),
  };
}

async function loaded(tree: Tree): Promise<Ruleset> {
  const result = await load(tree);
  if (result.ok) return result.loaded.ruleset;
  throw new Error(result.problems.slice(0, 5).map((problem) => renderProblem(problem)).join('\n'));
}

describe('a compiled flag means in flagd what it means in the engine', () => {
  test('every example flag that flagd can express, in every environment', async () => {
    const ruleset = await loaded(await readWorkingTree(process.cwd(), 'flags'));
    const random = new Random(1);
    let flags = 0;
    for (const environment of ruleset.documents.policy.environments) {
      const compilation = compileToFlagd(ruleset, environment);
      const comparison = new Comparison(ruleset, environment, compilation);
      const contexts = contextsFor(ruleset.documents, random, EXAMPLE_CONTEXTS);
      for (const options of evaluators) comparison.run(contexts, options);
      expect(comparison.differences).toEqual([]);
      flags += Object.keys(compilation.flagd.flags).length;
      const left = compilation.inexpressible.map(({ key }) => key);
      expect([...Object.keys(compilation.flagd.flags), ...left].sort()).toEqual([...ruleset.documents.flags.keys()].sort());
    }
    expect(flags).toBeGreaterThanOrEqual(40);
  });

  test('thousands of generated flags, in both evaluators', async () => {
    const random = new Random(20_260_907);
    const total = { flags: 0, evaluations: 0, variants: 0, withTargeting: 0, reasons: new Map<string, number>() };
    const t = { load: 0, compile: 0, run: 0 };
    for (let batch = 0; batch < BATCHES; batch++) {
      let t0 = performance.now();
      const ruleset = await loaded(treeOf(randomRepository(random, FLAGS_A_BATCH)));
      t.load += performance.now() - t0; t0 = performance.now();
      const compilation = compileToFlagd(ruleset, 'production');
      t.compile += performance.now() - t0; t0 = performance.now();
      if (batch === 0) console.log(compilation.inexpressible);
      expect(compilation.inexpressible).toEqual([]);
      const comparison = new Comparison(ruleset, 'production', compilation);
      const contexts = random.repeat(CONTEXTS, () => randomContext(random));
      comparison.run(contexts, evaluators[batch % 2] as (typeof evaluators)[number]);
      t.run += performance.now() - t0;
      if (comparison.differences.length) { const d = comparison.differences[0]!; console.log(batch, comparison.differences.length, JSON.stringify(d.context), JSON.stringify(ruleset.documents.flags.get(d.key)), JSON.stringify(compilation.flagd.flags[d.key]!.targeting), JSON.stringify([...ruleset.documents.segments].map(([n,x])=>[n,x.when]))); }
      expect(comparison.differences.slice(0, 3)).toEqual([]);
      total.flags += Object.keys(compilation.flagd.flags).length;
      total.evaluations += comparison.evaluations;
      total.variants += comparison.variants.size;
      for (const [r, n] of comparison.reasons) total.reasons.set(r, (total.reasons.get(r) ?? 0) + n);
      total.withTargeting += Object.values(compilation.flagd.flags).filter(({ targeting }) => targeting !== undefined).length;
    }
    console.log(total, t);
  });
});
