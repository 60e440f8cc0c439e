/** Why a flag has the value it has: the decision step by step, told with the same closures that made it. */
import { BUCKETS, bucketOf, hasher, isHashable } from './bucket.js';
import { attributeReader, compileCondition, type SegmentLookup } from './condition.js';
import type { ConditionDocument, JsonValue, RolloutDocument, WeightsDocument } from './documents.js';
import type { Plan } from './plan.js';
import { isPlan, reachedStages } from './rollout.js';
import type { Ruleset } from './ruleset.js';
import type { Evaluation, EvaluationContext } from './types.js';

/** One entry of a condition, and whether it holds for the context. */
export interface ExplainedCondition {
  /** A reserved word or an attribute path. */
  readonly key: string;
  readonly holds: boolean;
  /** What the file asks for. */
  readonly expected: unknown;
  /** The attribute's value; undefined where it is missing or the entry is a reserved word. */
  readonly found: unknown;
  /** The entries inside `any`, `all`, `not` or a segment. */
  readonly inner: readonly ExplainedCondition[];
}

/** One step of a decision, in the order in which they are taken. */
export interface ExplainedStep {
  readonly kind: 'environment' | 'prerequisite' | 'rule' | 'stage' | 'rollout';
  /** The rule's or stage's name, or the prerequisite's key. */
  readonly name?: string;
  /** Whether the step applied to the context. */
  readonly holds: boolean;
  /** Whether the decision ended here. */
  readonly decided: boolean;
  readonly conditions: readonly ExplainedCondition[];
  /** The context's bucket in percent, where a rollout decided by hash. */
  readonly bucketPercent?: number;
  /** What the file says here. */
  readonly detail?: JsonValue;
}

/** A result and the steps to it; steps after the deciding one are left out. */
export interface Explanation {
  readonly evaluation: Evaluation;
  readonly steps: readonly ExplainedStep[];
}

/** Explains one evaluation; one that failed has no steps. @throws RangeError for an unknown environment. */
export function explain(ruleset: Ruleset, environment: string, key: string, context: EvaluationContext): Explanation {
  const evaluation = ruleset.snapshot(environment).evaluate(key, context);
  const plan = ruleset.plan(environment, key);
  const isResolved = plan !== undefined && evaluation.errorCode === undefined;
  return { evaluation, steps: isResolved ? new Explainer(ruleset, context).steps(plan, evaluation) : [] };
}

class Explainer {
  readonly #segment: SegmentLookup = (name) => compileCondition(this.#when(name), this.#segment);

  constructor(
    private readonly ruleset: Ruleset,
    private readonly context: EvaluationContext,
  ) {}

  steps(plan: Plan, evaluation: Evaluation): readonly ExplainedStep[] {
    const { environment } = plan;
    if (environment === undefined) return [{ kind: 'environment', holds: false, decided: true, conditions: [] }];
    const steps: ExplainedStep[] = [...plan.prerequisites].map(([name, needed]) =>
      this.#prerequisite(plan, name, needed),
    );
    const unmet = steps.findIndex(({ decided }) => decided);
    if (unmet >= 0) return steps.slice(0, unmet + 1);
    for (const { name, when, serve, rollout } of environment.rules ?? []) {
      const conditions = this.#conditions(when);
      const holds = conditions.every((condition) => condition.holds);
      const bucket = holds && rollout !== undefined ? this.#bucket(plan, rollout) : {};
      steps.push({
        kind: 'rule',
        name,
        holds,
        decided: holds,
        conditions,
        detail: (serve ?? rollout) as JsonValue,
        ...bucket,
      });
      if (holds) return steps;
    }
    return [...steps, ...this.#rollout(plan, environment.rollout ?? 0, evaluation)];
  }

  #prerequisite(plan: Plan, name: string, needed: Plan): ExplainedStep {
    const wanted = String(plan.document.prerequisites?.[name]);
    const served = needed.outcomes[needed.decide(this.context)]?.variant ?? null;
    const holds = served === wanted;
    return {
      kind: 'prerequisite',
      name,
      holds,
      decided: !holds,
      conditions: [],
      detail: { needs: wanted, serves: served },
    };
  }

  #rollout(plan: Plan, rollout: RolloutDocument, evaluation: Evaluation): readonly ExplainedStep[] {
    if (!isPlan(rollout)) {
      const detail = rollout as JsonValue;
      return [{ kind: 'rollout', holds: true, decided: true, conditions: [], detail, ...this.#bucket(plan, rollout) }];
    }
    const decidedBy = evaluation.flagMetadata['stage'];
    const { segments, share } = reachedStages(rollout);
    const steps: ExplainedStep[] = [];
    for (const { name, segment } of segments) {
      const decided = name === decidedBy;
      const conditions = this.#conditions({ segment });
      steps.push({ kind: 'stage', name, holds: decided, decided, conditions, detail: { segment } });
      if (decided) return steps;
    }
    if (share !== undefined) {
      const { name, percent } = share;
      const decided = name === decidedBy;
      const bucket = this.#bucket(plan, percent);
      steps.push({ kind: 'stage', name, holds: decided, decided, conditions: [], detail: { percent }, ...bucket });
      if (decided) return steps;
    }
    return [
      ...steps,
      { kind: 'rollout', holds: false, decided: true, conditions: [], detail: { stage: rollout.stage } },
    ];
  }

  #bucket(plan: Plan, rollout: number | WeightsDocument): { bucketPercent?: number } {
    const live = typeof rollout === 'number' ? [rollout] : Object.values(rollout).filter((weight) => weight > 0);
    if (live.length === 0 || (live.length === 1 && (live[0] === 0 || live[0] === 100))) return {};
    const value = attributeReader(plan.document.bucketBy ?? 'targetingKey')(this.context);
    if (!isHashable(value)) return {};
    const hash = hasher(plan.document.salt ?? plan.document.key)(value);
    return { bucketPercent: (bucketOf(hash, BUCKETS) * 100) / BUCKETS };
  }

  #conditions(when: ConditionDocument): readonly ExplainedCondition[] {
    return Object.entries(when).map(([key, expected]) => {
      const holds = compileCondition({ [key]: expected }, this.#segment)(this.context);
      const inner = this.#inner(key, expected);
      const found = inner === undefined ? attributeReader(key)(this.context) : undefined;
      return { key, holds, expected, found, inner: inner ?? [] };
    });
  }

  /** The entries inside a reserved word; undefined for an attribute. */
  #inner(key: string, operand: unknown): readonly ExplainedCondition[] | undefined {
    if (key === 'any' || key === 'all')
      return (operand as ConditionDocument[]).flatMap((when) => this.#conditions(when));
    if (key === 'not') return this.#conditions(operand as ConditionDocument);
    if (key !== 'segment') return undefined;
    return [operand].flat().flatMap((name) => this.#conditions(this.#when(name as string)));
  }

  #when(segment: string): ConditionDocument {
    return this.ruleset.documents.segments.get(segment)?.read().when ?? {};
  }
}
