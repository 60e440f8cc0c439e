/** The rules of the replayed flags, as the merge result has them: whom they decide for, and whom they would. */
import {
  isPlan,
  reachedStages,
  type ConditionDocument,
  type Plan,
  type Predicate,
  type Ruleset,
} from '../../../provider/engine/index.js';
import type { ObservedRule } from '../findings/observed.js';
import type { Subject } from './subjects.js';

/** A rule, or a segment of a stage that is reached. */
export interface WatchedRule extends Pick<ObservedRule, 'key' | 'environment' | 'name' | 'kind'> {
  readonly holds: Predicate;
  /** Who decided each of the flag's results, by the result's index: a name, or `prerequisites`. */
  readonly deciders: readonly (string | undefined)[];
}

/** A flag's rules, and which of them decided each of its results: an index, or -1. */
export interface WatchedFlag {
  readonly rules: readonly WatchedRule[];
  readonly ruleOf: Int32Array;
}

/** The rules of a flag in an environment; none where it is disabled there. */
export function watchedFlag(ruleset: Ruleset, { key, environment }: Subject, plan: Plan | undefined): WatchedFlag {
  const found = plan === undefined ? [] : conditionsOf(plan);
  const deciders = (plan?.outcomes ?? []).map(({ rule, stage, reason }) =>
    reason === 'PREREQUISITE_FAILED' ? 'prerequisites' : (rule ?? stage),
  );
  return {
    rules: found.map(({ kind, name, when }) => ({
      key,
      environment,
      kind,
      name,
      deciders,
      holds: ruleset.predicate(environment, when),
    })),
    ruleOf: Int32Array.from(plan?.outcomes ?? [], ({ rule, stage }) =>
      found.findIndex(({ kind, name }) => name === (kind === 'rule' ? rule : stage)),
    ),
  };
}

interface NamedCondition extends Pick<ObservedRule, 'name' | 'kind'> {
  readonly when: ConditionDocument;
}

function conditionsOf({ environment }: Plan): readonly NamedCondition[] {
  const { rules = [], rollout = 0 } = environment ?? {};
  const stages = isPlan(rollout) ? reachedStages(rollout).segments : [];
  return [
    ...rules.map(({ name, when }) => ({ kind: 'rule', name, when }) as const),
    ...stages.map(({ name, segment }) => ({ kind: 'stage', name, when: { segment } }) as const),
  ];
}
