/** Staged changes: a flag of a staged tier widens by the plan of the base branch, one stage at a time. */
import { defaultVariantOf, type PolicyDocument, type RiskTier } from '../../../provider/engine/index.js';
import type { Direction, FlagChange } from '../../change/change.js';
import type { Finding } from '../finding.js';
import { demandsOf } from '../tier.js';
import type { Breach } from './breach.js';
import type { RolloutHistory, ServingDocuments } from './history.js';
import { checkHold, type HoldFinding } from './hold.js';
import { conditionsOfServed, isPlanEdited, Meanings } from './meaning.js';
import { environmentOf, planOf, servedBy, servesNobody, type Served } from './served.js';
import { breachesOfBirth, breachesOfStep, isAdvance } from './step.js';

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
    if (this.#directions.get(id) !== 'other' || this.#judged.has(id)) return;
    this.#judged.add(id);
    const after = servedBy(this.input.result.flags.get(key)?.read(), environment);
    if (after === undefined || servesNobody(after)) return;
    const before = servedBy(this.input.base.flags.get(key)?.read(), environment);
    const breaches =
      before === undefined ? this.#start(after, environment) : this.#step(before, after, environment, why);
    for (const breach of breaches) {
      const finding = { severity: 'error' as const, ...breach, message: `${breach.message}${why}`, key, environment };
      this.findings.set(`${id} ${breach.code} ${breach.message}`, finding);
    }
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

function segmentBreaches(after: Served, from: ServingDocuments, to: ServingDocuments): readonly Breach[] {
  const old = conditionsOfServed(after, from);
  return [...conditionsOfServed(after, to)]
    .filter(([name, condition]) => from.segments.has(name) && old.get(name) !== condition)
    .map(([name]) => ({
      code: 'staged-segment',
      message: `the segment \`${name}\` changes, which a reached stage or a rule uses, and may bring people in`,
      fix: `leave \`${name}\` as it is; make another segment for the new people, and a stage of its own for that`,
    }));
}

/** As {@link segmentBreaches}, of all that a flag needs: nothing of it may serve more than it did. */
function widerNeeds(
  before: Served,
  after: Served,
  environment: string,
  from: ServingDocuments,
  to: ServingDocuments,
): readonly Breach[] {
  const [old, now] = [new Meanings(from, environment), new Meanings(to, environment)];
  return sharedNeeds(before, after).flatMap(([key, variant]): readonly Breach[] => {
    if (old.of(key) === now.of(key)) return [];
    if (isDefault(to, key, variant)) return [inverseNeed(key, variant)];
    const needed = servedBy(to.flags.get(key)?.read(), environment);
    if (needed === undefined) return [];
    const last = servedBy(from.flags.get(key)?.read(), environment);
    const breaches = last && [
      ...breachesOfStep(last, needed, 0),
      ...segmentBreaches(needed, from, to),
      ...widerNeeds(last, needed, environment, from, to),
    ];
    if (breaches?.length === 0 || (last === undefined && servesNobody(needed))) return [];
    const message = `\`${key}\`, which it needs, serves more than it did then`;
    return [{ code: 'staged-prerequisite', message, fix: 'begin at `stage: off`' }];
  });
}

function sharedNeeds(before: Served, { flag }: Served): readonly (readonly [string, string])[] {
  const old = new Map(Object.entries(before.flag.prerequisites ?? {}));
  return Object.entries(flag.prerequisites ?? {})
    .filter(([key]) => old.has(key))
    .map(([key, variant]) => [key, String(variant)]);
}

function isDefault({ flags }: ServingDocuments, key: string, variant: string): boolean {
  const flag = flags.get(key)?.read();
  return flag !== undefined && defaultVariantOf(flag) === variant;
}

function inverseNeed(key: string, variant: string): Breach {
  return {
    code: 'staged-prerequisite',
    message: `it needs \`${key}: ${variant}\`, the default of that flag, which may reach more people now`,
    fix: 'turn this flag off in the same change, and on again afterwards',
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
