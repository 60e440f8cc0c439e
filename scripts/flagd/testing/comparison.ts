/** The engine and `@openfeature/flagd-core` side by side. */
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import type {
  Evaluation,
  EvaluationContext,
  FlagDocument,
  Ruleset,
  ValueKind,
} from '../../../provider/engine/index.js';
import type { FlagdCompilation } from '../compile.js';

/** How many differences are kept; more than a few say nothing more. */
const MAX_DIFFERENCES = 3;

const silent = { error() {}, warn() {}, info() {}, debug() {} };

/** Which of flagd's evaluators. */
export interface EvaluatorOptions {
  readonly disableDynamicCodeGeneration: boolean;
}

/** flagd in JavaScript compiles targeting to code, or interprets it where that is forbidden: two implementations. */
export const evaluators: readonly EvaluatorOptions[] = [
  { disableDynamicCodeGeneration: false },
  { disableDynamicCodeGeneration: true },
];

/** The caller's defaults. */
const absent = { boolean: false, string: '<absent>', number: -12_345.5, object: { absent: true } };

/** A context for which the two disagree, and what they were given. */
export interface Difference {
  readonly flag: FlagDocument | undefined;
  readonly targeting: unknown;
  readonly context: EvaluationContext;
  readonly engine: Evaluation;
  readonly flagd: unknown;
}

/** flagd with a definition that its own schema must admit. @throws where it does not */
export function flagdWith(
  definition: unknown,
  options: EvaluatorOptions = { disableDynamicCodeGeneration: false },
): FlagdCore {
  const storage = new MemoryStorage(silent, options);
  storage.setConfigurations(JSON.stringify(definition), true);
  return new FlagdCore(storage, silent);
}

/** Compares a compilation with the ruleset that it came from, and counts, so that a run of nothing can't pass. */
export class Comparison {
  evaluations = 0;
  readonly differences: Difference[] = [];
  readonly reasons = new Map<string, number>();
  /** Each flag with each variant that it served. */
  readonly served = new Set<string>();

  constructor(
    private readonly ruleset: Ruleset,
    private readonly environment: string,
    readonly compilation: FlagdCompilation,
  ) {}

  /** Evaluates every compiled flag for every context. */
  run(contexts: readonly EvaluationContext[], options: EvaluatorOptions): void {
    const core = flagdWith(this.compilation.flagd, options);
    for (const key of Object.keys(this.compilation.flagd.flags)) {
      for (const context of contexts) this.#compare(core, key, context);
    }
  }

  #compare(core: FlagdCore, key: string, context: EvaluationContext): void {
    const snapshot = this.ruleset.snapshot(this.environment);
    const engine = snapshot.evaluate(key, context);
    const kind = snapshot.kind(key) as ValueKind;
    const flagd = core.resolve(kind, key, absent[kind], context as never, silent);
    this.evaluations++;
    this.reasons.set(engine.reason, (this.reasons.get(engine.reason) ?? 0) + 1);
    this.served.add(`${key} ${engine.variant}`);
    const wanted = engine.variant === undefined ? absent[kind] : engine.value;
    const isSame =
      flagd.errorCode === undefined &&
      flagd.variant === engine.variant &&
      JSON.stringify(flagd.value) === JSON.stringify(wanted);
    if (isSame || this.differences.length >= MAX_DIFFERENCES) return;
    const flag = this.ruleset.documents.flags.get(key)?.read();
    this.differences.push({ flag, targeting: this.compilation.flagd.flags[key]?.targeting, context, engine, flagd });
  }
}
