/** Expiry: how far ahead a flag's last day may lie, and what its passing does to changes of the flag. */
import { parseInstant, type FlagDocument, type PolicyDocument } from '../../../provider/engine/index.js';
import type { FlagChange } from '../../change/change.js';
import type { Finding } from '../finding.js';
import { isLayoutOnly, isReduction } from './direction.js';
import { parseDuration } from './duration.js';
import { formatDay, shifted } from './instant-text.js';

/** What the expiry of flags is judged by. */
export interface ExpiryInput {
  readonly flags: readonly FlagChange[];
  /** The base's. */
  readonly policy: PolicyDocument;
  readonly now: Date;
  /** Every flag of the result; asked only where a flag is new. */
  readonly result: () => Iterable<FlagDocument>;
}

type Ladder = NonNullable<PolicyDocument['expiry']>;

/** Judges the last days of all flags of a change. */
export function checkExpiry({ flags, policy, now, result }: ExpiryInput): readonly Finding[] {
  const { expiry } = policy;
  if (expiry === undefined) return [];
  const own = flags.flatMap((flag) => [...checkDate(flag, expiry, now), ...checkPassing(flag, expiry, now)]);
  return [...own, ...checkDebts(flags, expiry, now, result)];
}

/** A new or changed last day lies within the policy's `max`. */
function checkDate({ key, before, after }: FlagChange, { max }: Ladder, now: Date): readonly Finding[] {
  if (after === undefined || after.expiresAt === before?.expiresAt) return [];
  const isTemporary = [before?.type, after.type].some((type) => type === 'release' || type === 'experiment');
  const day = dayOf(after);
  if (!isTemporary || (day === undefined && after.expiresAt !== 'never')) return [];
  if (before === undefined && day !== undefined && day < startOfDay(now)) {
    const code = 'expiry-past';
    const found = `the new flag \`${key}\` expires on ${after.expiresAt}, which is over`;
    return [{ code, severity: 'error', message: found, fix: fixOfDate(max, now), key }];
  }
  if (max === undefined) return [];
  const latest = latestDay(max, now);
  if (day !== undefined && day <= latest) return [];
  const message =
    `\`expiresAt: ${after.expiresAt}\` is farther ahead than the policy’s \`max: ${max}\`, ` +
    `which on ${formatDay(now)} allows up to ${formatDay(latest)}`;
  return [{ code: 'expiry-too-far', severity: 'error', message, fix: fixOfDate(max, now), key }];
}

function fixOfDate(max: string | undefined, now: Date): string {
  if (max === undefined) return 'give the day by which the flag will be gone';
  return `write \`expiresAt: ${formatDay(latestDay(max, now))}\` or an earlier day; it can be extended again, by review`;
}

/** What a change of the flag's own file meets around its last day, by what the change leaves as that day. */
function checkPassing(flag: FlagChange, ladder: Ladder, now: Date): readonly Finding[] {
  const { key, status, after } = flag;
  const day = after && dayOf(after);
  if (after === undefined || day === undefined || status === 'reached' || isLayoutOnly(flag)) return [];
  const about = `\`${key}\` ${day <= now ? 'expired' : 'expires'} on ${after.expiresAt}`;
  if (isPast(day, ladder.fail, now)) {
    if (isReduction(flag)) return [];
    const message = `${about}, and since ${formatDay(shifted(day, parseDuration(ladder.fail)))} its changes are refused`;
    const until = ladder.max === undefined ? 'a later day' : `a day up to ${formatDay(latestDay(ladder.max, now))}`;
    const fix = `remove the flag, or extend it in this change: \`expiresAt:\` ${until}; a kill passes as it is`;
    return [{ code: 'expiry-failed', severity: 'error', message, fix, key }];
  }
  if (isPast(day, ladder.warn, now)) {
    const end =
      ladder.fail === undefined
        ? ''
        : `; from ${formatDay(shifted(day, parseDuration(ladder.fail)))} on its changes are refused`;
    const fix = 'remove the flag from the code and retire it, or extend it';
    return [{ code: 'expiry-passed', severity: 'warning', message: `${about}${end}`, fix, key }];
  }
  if (ladder.ticket === undefined || now < shifted(day, -parseDuration(ladder.ticket))) return [];
  const fix = 'plan its removal';
  return [{ code: 'expiry-near', severity: 'notice', message: about, fix, key }];
}

/** A team with flags that should long be gone makes no new ones. */
function checkDebts(
  flags: readonly FlagChange[],
  { fail }: Ladder,
  now: Date,
  result: () => Iterable<FlagDocument>,
): readonly Finding[] {
  const added = flags.flatMap(({ status, after }) => (status === 'added' && after !== undefined ? [after] : []));
  if (added.length === 0 || fail === undefined) return [];
  // Whoever hands an expired flag over in the same change still answers for it.
  const owners = new Map(flags.flatMap(({ key, before }) => (before === undefined ? [] : [[key, before.owner]])));
  const debts = new Map<string, string[]>();
  for (const flag of result()) {
    const day = dayOf(flag);
    if (day === undefined || !isPast(day, fail, now)) continue;
    for (const owner of new Set([flag.owner, owners.get(flag.key) ?? flag.owner])) {
      const keys = debts.get(owner);
      if (keys === undefined) debts.set(owner, [flag.key]);
      else keys.push(flag.key);
    }
  }
  return added.flatMap(({ key, owner }) => {
    const debt = (debts.get(owner) ?? []).filter((other) => other !== key).sort();
    if (debt.length === 0) return [];
    const more = debt.length > MAX_NAMED ? ` and ${debt.length - MAX_NAMED} more` : '';
    const names = debt
      .slice(0, MAX_NAMED)
      .map((other) => `\`${other}\``)
      .join(', ');
    const message = `\`${owner}\` adds \`${key}\` while flags of its own are more than ${fail} past their day: ${names}${more}`;
    const fix = 'remove or extend those first; both may be part of this change';
    return [{ code: 'expiry-debt', severity: 'error' as const, message, fix, key }];
  });
}

/** A list that a reader can take in. */
const MAX_NAMED = 5;

function isPast(day: Date, step: string | undefined, now: Date): step is string {
  return step !== undefined && now >= shifted(day, parseDuration(step));
}

/** The last day's midnight in UTC; undefined for `never`. */
function dayOf({ expiresAt }: FlagDocument): Date | undefined {
  return expiresAt === 'never' ? undefined : new Date(parseInstant(expiresAt));
}

function latestDay(max: string, now: Date): Date {
  return startOfDay(shifted(now, parseDuration(max)));
}

function startOfDay(instant: Date): Date {
  const day = new Date(instant);
  day.setUTCHours(0, 0, 0, 0);
  return day;
}
