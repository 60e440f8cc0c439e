/** What changed of a flag in one environment, in words. */
import {
  canonical,
  isPlan,
  type EnvironmentDocument,
  type FlagDocument,
  type JsonValue,
  type RolloutDocument,
} from '../../provider/engine/index.js';
import type { ItemDraft } from './draft.js';
import { planItems, stagesWords } from './plans.js';
import { ruleItems } from './rules.js';
import { movesPeople, rolloutWords, shareChange, sharesOf } from './shares.js';

/** The names of a flag's environments, in the order of its file; those that are gone come last. */
export function environmentNames(before: FlagDocument | undefined, after: FlagDocument | undefined): readonly string[] {
  return [...new Set([after, before].flatMap((flag) => Object.keys(flag?.environments ?? {})))];
}

/** A flag's state in an environment; undefined where the flag or the environment is not there. */
export function environmentOf(flag: FlagDocument | undefined, name: string): EnvironmentDocument | undefined {
  const { environments = {} } = flag ?? {};
  return Object.hasOwn(environments, name) ? environments[name] : undefined;
}

/** The items of an environment of a flag that was there before, in the order of the file. */
export function environmentItems(before: FlagDocument, after: FlagDocument, name: string): readonly ItemDraft[] {
  const [was, is] = [environmentOf(before, name), environmentOf(after, name)];
  if (is === undefined) return was === undefined ? [] : [goneItem(before, was, 'environment removed')];
  return [
    ...stateItems(was, is),
    ...ruleItems({ flag: before, rules: was?.rules ?? [] }, { flag: after, rules: is.rules ?? [] }),
    ...rolloutItems([before, was?.rollout ?? 0], [after, is.rollout ?? 0]),
  ];
}

/** The item of an environment that is no more. */
export function goneItem(flag: FlagDocument, was: EnvironmentDocument, words: string): ItemDraft {
  const state = was.enabled ? `was enabled, rollout ${rolloutWords(flag, was.rollout ?? 0)}` : 'was disabled';
  return { kind: 'state', text: `${words} (${state})`, before: was as unknown as JsonValue };
}

function stateItems(was: EnvironmentDocument | undefined, is: EnvironmentDocument): readonly ItemDraft[] {
  if (was === undefined) {
    const text = `environment added: ${is.enabled ? 'enabled' : 'disabled'}`;
    return [{ kind: 'state', text, after: is as unknown as JsonValue }];
  }
  if (was.enabled === is.enabled) return [];
  return [{ kind: 'state', text: is.enabled ? 'enabled' : 'killed', before: was.enabled, after: is.enabled }];
}

type FlagRollout = readonly [flag: FlagDocument, rollout: RolloutDocument];

function rolloutItems(before: FlagRollout, after: FlagRollout): readonly ItemDraft[] {
  const moves = movesPeople(sharesOf(...before), sharesOf(...after));
  const items = formItems(before, after);
  return moves ? [...items, { kind: 'bucketing', text: 'shares changed: moves people' }] : items;
}

function formItems(before: FlagRollout, after: FlagRollout): readonly ItemDraft[] {
  const [[flag, was], [newFlag, is]] = [before, after];
  const values = { before: was as JsonValue, after: is as unknown as JsonValue };
  if (isPlan(was) && isPlan(is)) return planItems([flag, was], [newFlag, is]);
  if (isPlan(was) || isPlan(is)) {
    const stages = isPlan(is) ? `: ${stagesWords(is.stages)}` : '';
    const text = `rollout ${rolloutWords(flag, was)} → ${rolloutWords(newFlag, is)}${stages}`;
    return [{ kind: 'plan', text, ...values }];
  }
  const change = canonical(was) === canonical(is) ? undefined : shareChange(before, after);
  return change === undefined ? [] : [{ kind: 'rollout', text: `rollout ${change}`, ...values }];
}
