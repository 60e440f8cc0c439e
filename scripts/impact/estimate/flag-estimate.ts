/** What a change does to all users of a flag in an environment, in words. */
import { variantsOf } from '../../../provider/engine/index.js';
import type { FlagChange } from '../../change/change.js';
import { codeSpan, fromTo, valuesFromTo } from '../../change/words.js';
import { everyoneOutside, placeOf } from './audience-words.js';
import { certainOf, changeWords, givenWord, isSameGiven, isSplit, valueText, type Gives } from './gives.js';
import type { NeedChanges } from './need-changes.js';
import { alignedSteps } from './step-estimate.js';
import type { Steps } from './steps.js';

/** Prerequisites that are named behind each audience. */
const MAX_NEEDS = 2;

/** Whether the flag decides anything at all: that it is killed, enabled, new or gone. */
export function stateLines({ before: old, after: now }: FlagChange, before: Steps, after: Steps): readonly string[] {
  if (before.isEnabled === after.isEnabled) return [];
  const [was, is] = [givenWord(before.rest.fallback), givenWord(after.rest.fallback)];
  if (now === undefined) return [`removed: everyone gets the default in the code, counted as ${is}`];
  if (old === undefined) return [`new: everyone had the default in the code, counted as ${was}`];
  return [after.isEnabled ? `enabled: everyone got ${was}` : `disabled: everyone gets ${is}`];
}

/** Whether a percentage lets other people in. */
export function bucketingLines(before: Steps, after: Steps): readonly string[] {
  if (![before, after].every((side) => givesOf(side).some(isSplit))) return [];
  const effect = 'other people are in, wherever a percentage decides';
  const { bucketBy: was } = before;
  const { bucketBy: is } = after;
  return [
    was === is ? [] : [`hashed by ${codeSpan(is)} instead of ${codeSpan(was)}: ${effect}`],
    before.salt === after.salt ? [] : [`hashed with another salt: ${effect}`],
  ].flat();
}

/** The variants that are served on both sides, with another value. */
export function valueLines(before: Steps, after: Steps): readonly string[] {
  const [old, now] = [variantsOf(before.flag), variantsOf(after.flag)];
  const served = servedBy(before);
  return [...servedBy(after)].flatMap((variant) => {
    const [was, is] = [old.get(variant), now.get(variant)];
    if (!served.has(variant) || was === undefined || is === undefined) return [];
    if (valueText(before.flag, variant) === valueText(after.flag, variant)) return [];
    return [`variant ${codeSpan(variant)} for whoever gets it: ${valuesFromTo(was, is)}`];
  });
}

/** The prerequisites that differ, or that may serve others than before. */
export function needLines(before: Steps, after: Steps, changes: NeedChanges): readonly string[] {
  if (!before.isEnabled || !after.isEnabled) return [];
  const lines = [...new Set([...after.needs.keys(), ...before.needs.keys()])].flatMap((key): readonly string[] => {
    const [was, is] = [before.needs.get(key), after.needs.get(key)];
    const name = codeSpan(key);
    if (was === undefined) {
      return [`needs ${name} = ${codeSpan(is ?? '')} now: everyone else gets ${givenWord(after.rest.fallback)}`];
    }
    if (is === undefined) return [`needs ${name} = ${codeSpan(was)} no longer`];
    if (was !== is) return [`needs of ${name} another variant: ${fromTo(was, is)}`];
    return changes.differs(key) ? [`prerequisite ${name} changes: it may serve ${codeSpan(is)} to others`] : [];
  });
  const [old, now] = [before.rest, after.rest];
  const isSame = isSameGiven([old.fallback, old.flag], [now.fallback, now.flag]);
  if (isSame || before.needs.size === 0 || after.needs.size === 0) return lines;
  return [...lines, `where a prerequisite fails: default ${givenWord(old.fallback)} → ${givenWord(now.fallback)}`];
}

/** What everyone gets whom no rule and no stage's segment is about. */
export function restLines(before: Steps, after: Steps, where: string): readonly string[] {
  const enabled = [before, after].filter(({ isEnabled }) => isEnabled);
  const isNobody = ({ steps }: Steps): boolean => steps.some(({ when }) => Object.keys(when).length === 0);
  if (enabled.length > 0 && enabled.every(isNobody)) return [];
  const places = alignedSteps(before, after).flatMap(({ before: old, after: now }) => now ?? old ?? []);
  const change = changeWords(`${everyoneOutside(places.map(placeOf))}${where}`, before.rest, after.rest);
  return change === undefined ? [] : [change];
}

/** What stands behind an audience: " for whom `payments.checkout.new-flow` serves `true`". */
export function whereWords({ needs }: Steps): string {
  if (needs.size === 0) return '';
  const words = [...needs].slice(0, MAX_NEEDS).map(([key, variant]) => `${codeSpan(key)} serves ${codeSpan(variant)}`);
  const rest = needs.size - words.length;
  return ` for whom ${words.join(' and ')}${rest > 0 ? ` and ${rest} more prerequisites hold` : ''}`;
}

function givesOf({ steps, rest }: Steps): readonly Gives[] {
  return [...steps.map(({ gives }) => gives), rest];
}

/** The variants that somebody may get. */
function servedBy(side: Steps): ReadonlySet<string> {
  const served = givesOf(side).flatMap((gives) => {
    const certain = certainOf(gives);
    return certain === undefined ? [...gives.shares.map(({ variant }) => variant), gives.fallback] : [certain];
  });
  const unmet = side.needs.size > 0 ? [side.rest.fallback] : [];
  return new Set([...served, ...unmet].filter((variant) => variant !== null));
}
