/** A flag in one environment as the steps that decide: its rules, the segments that a plan has reached, and the rest. */
import {
  defaultVariantOf,
  isPlan,
  type ConditionDocument,
  type FlagDocument,
  type RolloutDocument,
} from '../../../provider/engine/index.js';
import { environmentOf } from '../../change/environments.js';
import { reachedStages, sharesOf, targetOf } from '../../change/shares.js';
import type { Gives } from './gives.js';

/** A rule, or a stage's segment. */
export interface Step {
  readonly kind: 'rule' | 'stage';
  readonly name: string;
  readonly when: ConditionDocument;
  readonly gives: Gives;
}

/** What decides, in the order in which it does. */
export interface Steps {
  readonly flag: FlagDocument;
  readonly isEnabled: boolean;
  /** From a flag's key to the variant that it must serve; none where the flag is disabled. */
  readonly needs: ReadonlyMap<string, string>;
  /** None where the flag is disabled. */
  readonly steps: readonly Step[];
  readonly rest: Gives;
  /** What rollouts hash, and with what. */
  readonly bucketBy: string;
  readonly salt: string;
}

/** The steps of a flag in an environment; where it is disabled, or not there, the default to everyone. */
export function stepsOf(flag: FlagDocument, environmentName: string): Steps {
  const { bucketBy = 'targetingKey', salt = flag.key, prerequisites = {} } = flag;
  const environment = environmentOf(flag, environmentName);
  const fallback = defaultVariantOf(flag);
  const gives = (rollout: RolloutDocument): Gives => ({ flag, shares: sharesOf(flag, rollout), fallback });
  if (environment?.enabled !== true) {
    return { flag, isEnabled: false, needs: new Map(), steps: [], rest: gives(0), bucketBy, salt };
  }
  const { rules = [], rollout = 0 } = environment;
  return {
    flag,
    isEnabled: true,
    needs: new Map(Object.entries(prerequisites).map(([key, variant]) => [key, String(variant)])),
    steps: [
      ...rules.map(({ name, when, serve, rollout: part = 0 }): Step => {
        const served = serve === undefined ? gives(part) : certainly(flag, String(serve));
        return { kind: 'rule', name, when, gives: served };
      }),
      ...stageSteps(flag, rollout),
    ],
    rest: gives(rollout),
    bucketBy,
    salt,
  };
}

function stageSteps(flag: FlagDocument, rollout: RolloutDocument): readonly Step[] {
  if (!isPlan(rollout)) return [];
  const target = targetOf(flag, rollout);
  if (target === undefined) return [];
  return reachedStages(rollout).flatMap(({ name, segment }): readonly Step[] =>
    segment === undefined ? [] : [{ kind: 'stage', name, when: { segment }, gives: certainly(flag, target) }],
  );
}

function certainly(flag: FlagDocument, variant: string): Gives {
  const fallback = defaultVariantOf(flag);
  return { flag, shares: variant === fallback ? [] : [{ variant, percent: 100 }], fallback };
}
