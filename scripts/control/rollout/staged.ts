/** Staged changes: a flag of a staged tier widens by the plan of the base branch, one stage at a time. */
import { environmentOf } from '../../change/environments.js';
import type { PolicyDocument, RiskTier } from '../../../provider/engine/index.js';
import type { Direction, FlagChange } from '../../change/change.js';
import type { Finding } from '../finding.js';
import { demandsOf } from '../tier.js';
import type { Breach } from './breach.js';
import type { RolloutHistory, ServingDocuments } from './history.js';
import { checkHold, type HoldFinding } from './hold.js';
import { isPlanEdited, Meanings } from './meaning.js';
import { inverseNeed, isDefault, segmentBreaches, sharedNeeds, widerNeeds } from './needs.js';
import { planOf, servedBy, servesNobody, type Served } from './served.js';
import { breachesOfBirth, breachesOfReduction, breachesOfStep, isAdvance } from './step.js';

/** What staged changes are judged by. */
export interface StagedInput {
  readonly flags: readonly FlagChange[];
  readonly base: ServingDocuments;
  readonly result: ServingDocuments;
  /** The base's. */
  readonly policy: PolicyDocument;
  /** The highest tier that a flag has at base, at the result or by a floor. */
  readonly tierOf: (key: string) => RiskTier;
  readonly history: Pick<RolloutHistory, 'lastServed' | 'stageSince'>;
  readonly now: Date;
}

/** Judges all flags of a change, and those that a staged flag needs. Nothing that is proved to widen nobody is refused. */
export function checkStaged(input: StagedInput): readonly Finding[] {
  const staged = input.flags.filter(({ key }) => demandsOf(input.policy, input.tierOf(key)).staged === true);
  const judge = new Judge(input);
  for (const { key, effects } of staged) for (const { environment } of effects) judge.judge(key, environment, '');
  return [...judge.findings.values(), ...staged.flatMap(checkFirstStages)];
}

/** Judges environments of flags, each once. */
class Judge {
  readonly findings = new Map<string, Finding>();
  readonly #judged = new Set<string>();
  readonly #directions: ReadonlyMap<string, Direction>;

  constructor(private readonly input: StagedInput) {
    this.#directions = new Map(
      input.flags.flatMap(({ key, effects }) =>
        effects.map(({ environment, direction }) => [idOf(key, environment), direction] as const),
      ),
    );
  }

  /** @param why what a message ends with, where another flag is the reason to look at this one */
  judge(key: string, environment: string, why: string): void {
    const id = idOf(key, environment);
    // By itself a flag is asked more than for another's sake.
    if (this.#judged.has(`${id}${why}`)) return;
    this.#judged.add(`${id}${why}`);
    for (const breach of this.#breaches(key, environment, why)) {
      const finding = { severity: 'error' as const, ...breach, message: `${breach.message}${why}`, key, environment };
      this.findings.set(`${id} ${breach.code} ${breach.message}`, finding);
    }
  }

  #breaches(key: string, environment: string, why: string): readonly (Breach | HoldFinding)[] {
    const direction = this.#directions.get(idOf(key, environment)) ?? 'same';
    const after = servedBy(this.input.result.flags.get(key)?.read(), environment);
    if (direction === 'same' || after === undefined || servesNobody(after)) return [];
    const before = servedBy(this.input.base.flags.get(key)?.read(), environment);
    if (direction === 'other') {
      return before === undefined ? this.#start(after, environment) : this.#step(before, after, environment, why);
    }
    return before === undefined || why !== '' ? [] : breachesOfReduction(before, after);
  }

  #step(before: Served, after: Served, environment: string, why: string): readonly (Breach | HoldFinding)[] {
    const { result, history, now } = this.input;
    const { key } = after.flag;
    const breaches = [
      ...breachesOfStep(before, after, 1),
      ...segmentBreaches(after, this.input.base, result),
      ...this.#needs(before, after, environment, why),
    ];
    if (breaches.length > 0 || before.plan === undefined || !isAdvance(before.plan, after.plan)) return breaches;
    const { stageSince } = history;
    return checkHold(before.plan, stageSince && (() => stageSince(key, environment)), now);
  }

  /** What a flag needs widens it too, and so is judged like it. */
  #needs(before: Served, after: Served, environment: string, why: string): readonly Breach[] {
    const { result } = this.input;
    const [old, now] = [new Meanings(this.input.base, environment), new Meanings(result, environment)];
    return sharedNeeds(before, after).flatMap(([key, variant]) => {
      if (old.of(key) === now.of(key)) return [];
      if (isDefault(result, key, variant)) return [inverseNeed(key, variant)];
      this.judge(key, environment, why || `; \`${after.flag.key}\`, whose changes are staged, needs it`);
      return [];
    });
  }

  /** An environment that is off at base. */
  #start(after: Served, environment: string): readonly Breach[] {
    const { result, history } = this.input;
    const { key } = after.flag;
    const old = this.input.base.flags.get(key)?.read();
    if (old === undefined) return breachesOfBirth(undefined, after);
    const last = history.lastServed(key, environment);
    if (last === 'never') return breachesOfBirth(planOf(old, environmentOf(old, environment)), after);
    const before = last === 'unknown' ? undefined : servedBy(last.flags.get(key)?.read(), environment);
    if (last === 'unknown' || before === undefined) return [UNKNOWN_HISTORY];
    const breaches = [
      ...breachesOfStep(before, after, 0),
      ...segmentBreaches(after, last, result),
      ...widerNeeds(before, after, environment, last, result),
    ];
    return breaches.length === 0 ? [] : [widerStart(before, breaches)];
  }
}

const UNKNOWN_HISTORY: Breach = {
  code: 'staged-history-unknown',
  message: 'it is off on the base branch, and how far it last served can’t be told without the whole history',
  fix: 'fetch the whole history (`fetch-depth: 0`), or begin at `stage: off`',
};

function widerStart({ plan }: Served, breaches: readonly Breach[]): Breach {
  const last =
    plan === undefined ? 'the rollout that it last served' : `\`stage: ${plan.document.stage}\`, where it last was`;
  return {
    code: 'staged-restart',
    message: `it is on again and goes further than it last served: ${breaches.map(({ message }) => message).join('; ')}`,
    fix: `begin with ${last}, or with \`stage: off\` and no rule that serves anything, and go on in later changes`,
  };
}

/** A plan of one step is none, and only a person can say whether this environment may have one. */
function checkFirstStages({ key, before, after, status, effects }: FlagChange): readonly Finding[] {
  if (status === 'reached' || after === undefined) return [];
  return effects.flatMap(({ environment }) => {
    const first = planOf(after, environmentOf(after, environment))?.document.stages[0];
    if (first?.percent !== 100 || !isPlanEdited(before, after, environment)) return [];
    const message = `the first stage of its plan, \`${first.name}\`, reaches everybody at once`;
    return [{ code: 'staged-one-step', severity: 'warning' as const, message, key, environment }];
  });
}

function idOf(key: string, environment: string): string {
  return `${environment} ${key}`;
}
