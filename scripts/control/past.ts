/** What the rules of rollouts ask of the past, answered out of git and, for times, by the host. */
import { environmentOf } from '../change/environments.js';
import { isPlan, type FlagDocument } from '../../provider/engine/index.js';
import { load, readTree, type GitRepository } from '../../provider/repository/index.js';
import type { FlagChange, Side } from '../change/change.js';
import { exposureOf } from '../change/exposure.js';
import { readFlagPast, type FlagPast, type PastState } from '../history/flag-past.js';
import type { LastServed, PastExposure, RolloutHistory, ServingDocuments, StageSince } from './rollout/history.js';

/** When the host merged a commit of main, by its own clock; undefined where it does not know. */
export type MergeTimes = (commit: string) => Promise<Date | undefined>;

/** Whose past to read. */
export interface PastQuestion {
  readonly base: Side;
  readonly root: string;
  readonly flags: readonly FlagChange[];
  readonly pathOf: (key: string) => string;
  /** Undefined where no host is at hand. */
  readonly mergeTimes: MergeTimes | undefined;
  /** The past of some of the flags, which somebody began to read before the others were known. */
  readonly begun?: Promise<FlagPast> | undefined;
  /** Where cumulative widening begins to count; undefined where the policy does not ask. */
  readonly windowStart?: Date | undefined;
}

/** Reads all that may be asked of the changed flags; the answers are at once then. @throws SyncError */
export async function readPast(repository: GitRepository, question: PastQuestion): Promise<RolloutHistory> {
  const { base, flags, pathOf, mergeTimes, begun } = question;
  const known: FlagPast = (await begun) ?? new Map<string, never>();
  const paths = new Map(flags.filter(({ key }) => !known.has(key)).map(({ key }) => [key, pathOf(key)]));
  const rest = await readFlagPast(repository, { until: base.revision, paths });
  const past = await datedByHost(new Map([...known, ...rest]), question);
  const segments = base.loaded?.ruleset.documents.segments ?? new Map();
  const lastServed = await lastServedOf(repository, question, past);
  const since = mergeTimes && (await stagesSince(flags, past, mergeTimes));
  return {
    lastServed: (key, environment) => lastServed.get(idOf(key, environment)) ?? 'never',
    stageSince: since && ((key, environment) => since.get(idOf(key, environment))),
    exposureAt: (key, environment, instant): PastExposure => {
      const state = past.get(key)?.find(({ at }) => at <= instant);
      return state?.flag && exposureOf(state.flag, environment, segments);
    },
  };
}

/**
 * Whoever makes a commit dates it, and some hosts merge it as it is. So what seems to have been there when the window
 * began counts as of its merge, where the host knows that.
 */
async function datedByHost(past: FlagPast, { flags, mergeTimes, windowStart }: PastQuestion): Promise<FlagPast> {
  if (mergeTimes === undefined || windowStart === undefined) return past;
  const dated = new Map(past);
  for (const { key, effects } of flags) {
    if (effects.every(({ direction }) => direction !== 'other')) continue;
    const states = [...(past.get(key) ?? [])];
    for (const [index, state] of states.entries()) {
      if (state.at > windowStart) continue;
      const at = await mergeTimes(state.commit);
      // What was merged before that is older still.
      if (at === undefined || at <= windowStart) break;
      states[index] = { ...state, at };
    }
    dated.set(key, states);
  }
  return dated;
}

const idOf = (key: string, environment: string): string => JSON.stringify([key, environment]);

/** The environments that a change enables, of flags that main has had: where they begin depends on where they were. */
async function lastServedOf(
  repository: GitRepository,
  { root, flags }: PastQuestion,
  past: FlagPast,
): Promise<ReadonlyMap<string, LastServed>> {
  const found = new Map<string, LastServed>();
  const documents = new Map<string, Promise<ServingDocuments | 'unknown'>>();
  for (const { key, before, after, effects } of flags) {
    for (const { environment } of effects) {
      if (isEnabled(before, environment) || !isEnabled(after, environment)) continue;
      const state = past.get(key)?.find(({ flag }) => isEnabled(flag, environment));
      if (state === undefined) continue;
      const read = documents.get(state.commit) ?? documentsAt(repository, state.commit, root);
      documents.set(state.commit, read);
      found.set(idOf(key, environment), await read);
    }
  }
  return found;
}

async function documentsAt(
  repository: GitRepository,
  commit: string,
  root: string,
): Promise<ServingDocuments | 'unknown'> {
  const result = await load(await readTree(repository, commit, root));
  return result.ok ? result.loaded.ruleset.documents : 'unknown';
}

async function stagesSince(
  flags: readonly FlagChange[],
  past: FlagPast,
  mergeTimes: MergeTimes,
): Promise<ReadonlyMap<string, StageSince>> {
  const since = new Map<string, StageSince>();
  for (const { key, before, effects } of flags) {
    for (const { environment } of effects) {
      const start = stageStart(past.get(key) ?? [], before, environment);
      if (start === undefined) continue;
      const at = await mergeTimes(start.commit);
      since.set(idOf(key, environment), { at: at ?? start.at, source: at === undefined ? 'unknown' : 'host' });
    }
  }
  return since;
}

/** The oldest of the newest states that all have the stage of the base. */
function stageStart(
  states: readonly PastState[],
  base: FlagDocument | undefined,
  environment: string,
): PastState | undefined {
  const stage = stageOf(base, environment);
  if (stage === undefined) return undefined;
  const end = states.findIndex(({ flag }) => stageOf(flag, environment) !== stage);
  if (end === 0) return undefined;
  return states.at(end === -1 ? -1 : end - 1);
}

function stageOf(flag: FlagDocument | undefined, environment: string): string | undefined {
  const { enabled, rollout } = environmentOf(flag, environment) ?? {};
  return enabled === true && rollout !== undefined && isPlan(rollout) ? rollout.stage : undefined;
}

function isEnabled(flag: FlagDocument | undefined, environment: string): boolean {
  return environmentOf(flag, environment)?.enabled === true;
}
