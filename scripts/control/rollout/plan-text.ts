/** A plan to write where there is none, as YAML. */
import { defaultVariantOf, variantsOf } from '../../../provider/engine/index.js';
import { totalOf, type Served } from './served.js';

/** A usual ladder; each step but the first few doubles what it risks. */
const LADDER = [
  { name: 'canary', percent: 5, hold: '1h' },
  { name: 'quarter', percent: 25, hold: '1d' },
  { name: 'half', percent: 50, hold: '1d' },
  { name: 'all', percent: 100, hold: undefined },
];

/** The `rollout` of an environment as a plan that reaches what it reaches now. */
export function planText({ flag, rest }: Served): string {
  const percent = totalOf(rest.shares) / 1_000;
  const others = [...variantsOf(flag).keys()].filter((name) => name !== defaultVariantOf(flag));
  const to = others.length > 1 ? [`  to: ${JSON.stringify(rest.shares[0]?.variant ?? others[0])}`] : [];
  const steps = LADDER.filter((step) => step.percent > percent).map(
    ({ name, percent, hold }) =>
      `    - { name: ${name}, percent: ${percent}${hold === undefined ? '' : `, hold: ${hold}`} }`,
  );
  const current = percent > 0 ? [`    - { name: current, percent: ${percent} }`] : [];
  return ['rollout:', `  stage: ${percent > 0 ? 'current' : 'off'}`, ...to, '  stages:', ...current, ...steps].join(
    '\n',
  );
}
