/** A flag's state in an environment, as short as a table needs it. */
import { isPlan, type EnvironmentDocument, type RolloutDocument } from '../provider/engine/index.js';

/** `off`; or `on`, how far it is rolled out, and how many rules come first: `on 5% +2 rules`. */
export function stateWords({ enabled, rules = [], rollout = 0 }: EnvironmentDocument): string {
  if (!enabled) return 'off';
  const count = rules.length === 0 ? '' : ` +${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`;
  return `on ${rolloutState(rollout)}${count}`;
}

function rolloutState(rollout: RolloutDocument): string {
  if (typeof rollout === 'number') return `${rollout}%`;
  if (!isPlan(rollout)) {
    return Object.entries(rollout)
      .map(([variant, percent]) => `${variant} ${percent}%`)
      .join('/');
  }
  if (rollout.stage === 'off') return 'stage off';
  const reached = rollout.stages.slice(0, rollout.stages.findIndex(({ name }) => name === rollout.stage) + 1);
  const percent = reached.findLast((stage) => stage.percent !== undefined)?.percent ?? 0;
  return `${rollout.stage} ${percent}%`;
}
