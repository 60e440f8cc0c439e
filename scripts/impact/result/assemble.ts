/** A preview out of a planned replay and what it counted. */
import type { FlagChange } from '../../change/change.js';
import { word } from '../../change/words.js';
import type { Finding } from '../../control/finding.js';
import { estimateOf } from '../estimate/estimate.js';
import { groupImpacts } from './group-impacts.js';
import type { BlindSpot } from './blind-spots.js';
import { shareOf, unbounded } from './interval.js';
import type { Job } from '../replay/job.js';
import type { LoadedSides, PlannedReplay } from '../replay/plan-replay.js';
import type { ReplayedPopulation } from './population.js';
import type { Prepared } from '../replay/prepared.js';
import type { EnvironmentImpact, FlagEnvironmentImpact, FlagImpact } from '../preview.js';
import { sumsAt } from '../replay/sums.js';
import type { Standing, Subject } from '../replay/subjects.js';
import type { Tally } from '../replay/tally.js';
import { countedSubject, type CountedSubject } from './transitions.js';
import { MAX_VALUES } from '../replay/value-groups.js';

/** A replay that was done. */
export interface Counted extends ReplayedPopulation {
  readonly job: Job;
  readonly prepared: Prepared;
  readonly tally: Tally;
  /** By environment and flag, what the contexts cannot tell of it; only where there is something. */
  readonly blind: ReadonlyMap<string, ReadonlyMap<string, readonly BlindSpot[]>>;
}

/** The flags of a change, sorted by key. @param counted undefined without contexts */
export function flagImpacts(
  { changes, standings, subjects }: PlannedReplay,
  sides: LoadedSides,
  counted: Counted | undefined,
): readonly FlagImpact[] {
  const results = countedSubjects(subjects, counted);
  return changes.map((change) => ({
    key: change.key,
    status: change.status,
    owner: (change.after ?? change.before)?.owner,
    environments: (standings.get(change.key) ?? []).map((standing) =>
      environmentImpact(change, standing, sides, results?.get(nameOf({ key: change.key, ...standing }))),
    ),
  }));
}

function environmentImpact(
  change: FlagChange,
  { environment, isProved }: Standing,
  sides: LoadedSides,
  result: CountedSubject | undefined,
): FlagEnvironmentImpact {
  return {
    environment,
    isProved,
    changed: result?.changed,
    transitions: result?.transitions ?? [],
    estimate: isProved ? [] : estimateOf(change, environment, sides),
  };
}

/** The environments in which the change may serve anybody something else, in the policy's order. */
export function environmentImpacts(
  environments: readonly string[],
  flags: readonly FlagImpact[],
  counted: Counted | undefined,
): readonly EnvironmentImpact[] {
  const here = (environment: string): readonly FlagEnvironmentImpact[] =>
    flags.flatMap((flag) => flag.environments.filter((one) => one.environment === environment && !one.isProved));
  return environments.map((environment, index) => {
    if (counted === undefined) {
      return { environment, changed: undefined, flags: here(environment).length, groups: [] };
    }
    const { job, tally, universe, blind } = counted;
    const changed = shareOf(sumsAt(tally.changed, index), sumsAt(tally.all, 0), universe);
    return {
      environment,
      changed: blind.has(environment) ? unbounded(changed, universe) : changed,
      flags: here(environment).filter(({ changed }) => changed !== undefined && changed.contexts > 0).length,
      groups: groupImpacts(job, tally, index, universe),
    };
  });
}

/** What was left out of the breakdowns. */
export function breakdownFindings({ job, tally }: Counted): readonly Finding[] {
  return job.by.flatMap((path, index): Finding[] => {
    const others = tally.values[index]?.others ?? 0;
    if (others === 0) return [];
    const message = `${word(path)} has more than ${MAX_VALUES} values, or very long ones; ${others} contexts are not broken down by it`;
    const fix = 'break the users down by an attribute with fewer values';
    return [{ code: 'breakdown-incomplete', severity: 'notice', message, fix }];
  });
}

function countedSubjects(
  subjects: readonly Subject[],
  counted: Counted | undefined,
): ReadonlyMap<string, CountedSubject> | undefined {
  if (counted === undefined) return undefined;
  const { prepared, tally, universe, blind } = counted;
  // A job has the subjects in the same order.
  return new Map(
    prepared.subjects.map((prepared, index) => {
      const subject = subjects[index] as Subject;
      const result = countedSubject(prepared, tally, universe);
      const isBlind = blind.get(subject.environment)?.has(subject.key) === true;
      return [nameOf(subject), isBlind ? { ...result, changed: unbounded(result.changed, universe) } : result];
    }),
  );
}

function nameOf({ key, environment }: Subject): string {
  return `${environment} ${key}`;
}
