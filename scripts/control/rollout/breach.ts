/** Ways in which one environment of a flag widens beyond what its plan allows, in words. */
import { variantsOf, type FlagDocument } from '../../../provider/engine/index.js';
import { planText } from './plan-text.js';
import { totalOf, type Served, type ServedPlan } from './served.js';
import type { WideningRule } from './within.js';

/** What is wrong with one environment, without its name. */
export interface Breach {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

const REMEDY = 'widen by the plan alone; narrowing is always possible';

/** A reach above what one variant's share was, without a plan to go by. */
export function withoutPlan(served: Served): Breach {
  return {
    code: 'staged-no-plan',
    message: 'it widens, and has no plan on the base branch; a flag of its tier widens only by the stages of a plan',
    fix: `give it a plan first, in a change of its own that reaches nobody new:\n${planText(served)}`,
  };
}

/** More than one stage at once. */
export function skippedStage(base: ServedPlan, after: ServedPlan): Breach {
  const next = stageText(base, base.index + 1);
  return {
    code: 'staged-skip',
    message: `it goes from stage \`${base.document.stage}\` to \`${after.document.stage}\`; the next stage is ${next}`,
    fix: `write \`stage: ${nameAt(base, base.index + 1)}\`, and go on from there in a later change`,
  };
}

/** A move that an edit of the plan goes along with. */
export function mixedEdit(base: ServedPlan, after: ServedPlan): Breach {
  return {
    code: 'staged-mixed',
    message:
      `it moves from stage \`${base.document.stage}\` to \`${after.document.stage}\` and edits the plan in one change ` +
      '(its stages, `to`, guardrails or holds)',
    fix: `keep \`stage: ${base.document.stage}\` with the edited plan, and move in a change of its own`,
  };
}

/** A plan that reaches more where it stands. */
export function raisedStage(base: ServedPlan, after: Served): Breach {
  const [from, to] = [base.document, after.plan?.document].map((plan) => (plan === undefined ? '' : reachedText(plan)));
  const isLast = base.index + 1 >= base.document.stages.length;
  return {
    code: 'staged-raised',
    message: `stage \`${base.document.stage}\`, which is reached already, becomes wider (${from} → ${to})`,
    fix: isLast
      ? 'add a stage behind it, and move there in a later change'
      : `leave the reached stages as they are and move to the next one, ${stageText(base, base.index + 1)}`,
  };
}

/** A plan that became a number or a map of more. */
export function replacedPlan(base: ServedPlan, after: Served): Breach {
  const hasNext = base.index + 1 < base.document.stages.length;
  return {
    code: 'staged-plan-replaced',
    message:
      `${sharesText(after)} takes the place of its plan, which stands at \`${base.document.stage}\` ` +
      `(${reachedText(base.document)})`,
    fix: hasNext
      ? `keep the plan and write its next stage, ${stageText(base, base.index + 1)}`
      : 'keep the plan; a rollout without one may not reach more than the plan does',
  };
}

/** A flag, or an environment of one, that begins beyond its first stage. */
export function widerBirth(after: Served): Breach {
  return {
    code: 'staged-birth',
    message: `it has never been on here, and would begin with ${after.plan ? `stage \`${after.plan.document.stage}\`` : sharesText(after)}`,
    fix:
      after.plan === undefined
        ? `begin off, with a plan that the next change can go on with:\n${planText({ ...after, rest: { segments: [], to: undefined, shares: [] } })}`
        : `begin at \`stage: off\`; the next change can go to the first stage, ${stageText(after.plan, 0)}`,
  };
}

/** Rules that widen beside the plan. */
export function ruleBeside({ name, how }: WideningRule, isBirth: boolean): Breach {
  const done =
    how === 'removed'
      ? 'is gone from where it kept people out'
      : how === 'added'
        ? 'serves another variant than the default, beside the plan'
        : 'serves more people than before, beside the plan';
  const stage = `make them a stage of the plan, \`{ name: ${name}, segment: … }\``;
  return {
    code: 'staged-rule',
    message: `the rule \`${name}\` ${done}`,
    fix: how === 'removed' ? `keep \`${name}\` where it is; ${REMEDY}` : isBirth ? stage : `${stage}, or ${REMEDY}`,
  };
}

/** What a rollout without a plan gives, in words. */
export function sharesText({ rest }: Served): string {
  const parts = rest.shares.map(({ variant, weight }) => `${weight / 1_000} % \`${variant}\``);
  return parts.length === 0 ? 'no rollout' : `a rollout of ${parts.join(' and ')}`;
}

/** `` `quarter` (25 %) `` */
export function stageText({ document }: ServedPlan, index: number): string {
  const stage = document.stages[index];
  if (stage === undefined) return 'none: the plan ends here';
  return `\`${stage.name}\` (${stage.percent === undefined ? `segment \`${stage.segment}\`` : `${stage.percent} %`})`;
}

/** What of a plan is reached: `segment employees, 5 %`. */
export function reachedText({ stage, stages }: ServedPlan['document']): string {
  const reached = stages.slice(0, stages.findIndex(({ name }) => name === stage) + 1);
  const segments = reached.flatMap(({ segment }) => (segment === undefined ? [] : [`segment \`${segment}\``]));
  const percent = reached.flatMap(({ percent }) => (percent === undefined ? [] : [`${percent} %`])).at(-1);
  return [...segments, ...(percent === undefined ? [] : [percent])].join(', ') || 'nobody';
}

function nameAt({ document }: ServedPlan, index: number): string {
  return document.stages[index]?.name ?? 'off';
}

/** Whether a rollout by hash decides anything: then its salt and attribute say who is in. */
export function hashes({ rules, rest }: Served): boolean {
  return [rest.shares, ...rules.map(({ shares }) => shares)].some(
    (shares) => shares.length > 1 || (shares.length === 1 && totalOf(shares) < 100_000),
  );
}

/** The names of variants in use whose values differ. */
export function changedValues(
  before: FlagDocument,
  after: FlagDocument,
  used: ReadonlySet<string>,
  canonical: (value: unknown) => string,
): readonly string[] {
  const [old, now] = [variantsOf(before), variantsOf(after)];
  return [...used].filter((name) => old.has(name) && canonical(old.get(name)) !== canonical(now.get(name)));
}
