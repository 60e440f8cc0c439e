/** Cumulative widening: what a flag gained over the last days counts together, so that small steps make no big one. */
import type { PolicyDocument } from '../../../provider/engine/index.js';
import type { Exposure, FlagChange } from '../../change/change.js';
import type { Finding } from '../finding.js';
import { parseDuration } from '../time/duration.js';
import { formatInstant, shifted } from '../time/instant-text.js';
import type { RolloutHistory, ServingDocuments } from './history.js';
import { isServedToAll, ownValue } from './served.js';

/** What cumulative widening is judged by. */
export interface WideningInput {
  readonly flags: readonly FlagChange[];
  /** The base's. */
  readonly policy: PolicyDocument;
  readonly history: Pick<RolloutHistory, 'exposureAt'>;
  /** The largest increase of the rest or of any open rule, in percentage points, at least 0. */
  readonly wideningOf: (before: Exposure, after: Exposure) => number;
  /** The base's flags: one that another one no longer needs kept people out, unless everybody had it. */
  readonly base: Pick<ServingDocuments, 'flags'>;
  readonly now: Date;
}

/** An environment of a flag that widened so far that its change needs what the tier `high` needs. */
export interface RaisedFlag {
  readonly key: string;
  readonly environment: string;
  /** Net, this change included. */
  readonly points: number;
  /** The beginning of the window. */
  readonly since: Date;
  /** `flag payments.checkout.new-flow widened by 21 percentage points in production since 2026-11-21 12:00 UTC` */
  readonly why: string;
}

/** The flags that count as `high`, and why in words. */
export interface CumulativeWidening {
  readonly raised: readonly RaisedFlag[];
  readonly findings: readonly Finding[];
}

const NOBODY: Exposure = { rest: 0, openRules: new Map() };

/** Nets each flag and environment that this change widens over the policy's window. */
export function cumulativeWidening(input: WideningInput): CumulativeWidening {
  const { widening } = input.policy;
  const since = windowStart(input.policy, input.now);
  if (widening === undefined || since === undefined) return { raised: [], findings: [] };
  const threshold = Number(widening.high.replace('%', ''));
  const all = input.flags.flatMap((flag) => raisedEnvironments(flag, input, since, threshold));
  const findings = all.map(({ raised: { key, environment, why }, isKnown }): Finding => {
    const past = isKnown
      ? ''
      : '; how far it reached then can’t be told without the whole history, so nothing is taken off';
    return {
      code: isKnown ? 'widening-cumulative' : 'widening-unknown',
      severity: isKnown ? 'notice' : 'warning',
      message:
        `${why}, this change included; ` +
        `from ${widening.high} within ${widening.window} on, a change needs what the tier \`high\` needs${past}`,
      ...(isKnown ? {} : { fix: 'fetch the whole history (`fetch-depth: 0`)' }),
      key,
      environment,
    };
  });
  return { raised: all.map(({ raised }) => raised), findings };
}

/** Since when widening counts together; undefined where the policy does not ask. */
export function windowStart({ widening }: PolicyDocument, now: Date): Date | undefined {
  return widening && shifted(now, -parseDuration(widening.window));
}

interface Raise {
  readonly raised: RaisedFlag;
  readonly isKnown: boolean;
}

function raisedEnvironments(
  flag: FlagChange,
  { history, wideningOf, base }: WideningInput,
  since: Date,
  threshold: number,
): readonly Raise[] {
  const { key, effects } = flag;
  return effects.flatMap(({ environment, direction, exposure }) => {
    // What is proved to reduce matches nobody new, however it is written.
    const isReducing = direction === 'reducing';
    const isFreed = !isReducing && losesNeed(flag, environment, base);
    const before = isFreed ? NOBODY : exposure.before;
    const after = isReducing ? { ...exposure.after, audiences: undefined } : exposure.after;
    // A step that adds nothing is not the one to answer for what was added before.
    if (wideningOf(before, after) <= 0) return [];
    const past = isFreed ? NOBODY : history.exposureAt(key, environment, since);
    const points = rounded(wideningOf(past === 'unknown' ? NOBODY : (past ?? NOBODY), after));
    if (points < threshold) return [];
    const why = `flag ${key} widened by ${points} percentage points in ${environment} since ${formatInstant(since)}`;
    return [{ raised: { key, environment, points, since, why }, isKnown: past !== 'unknown' }];
  });
}

/** Whether a change lets in whom a flag that is needed no longer kept out. */
function losesNeed({ before, after }: FlagChange, environment: string, { flags }: WideningInput['base']): boolean {
  return Object.entries(before?.prerequisites ?? {}).some(
    ([key, variant]) =>
      String(ownValue(after?.prerequisites, key)) !== String(variant) &&
      !isServedToAll(flags.get(key)?.read(), environment, String(variant)),
  );
}

/** To the thousandths that percentages have, so that a sum of them is not a hair below itself. */
function rounded(points: number): number {
  return Math.round(points * 1_000) / 1_000;
}
