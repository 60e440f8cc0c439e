/** What of a change's flags is shown, and in which words, wherever it is shown. */
import { counted } from '../report.js';
import type { ChangeItem, EnvironmentEffect, FlagChange } from './change.js';
import { wideningOf, widestOf } from './exposure.js';
import { percentWord, word } from './words.js';

/** Flags in full; more than a reviewer reads in one go. */
export const MAX_SHOWN_FLAGS = 50;

/** Items of one flag in one environment; a list of rules written anew has more. */
export const MAX_SHOWN_ITEMS = 20;

/** Causes of a flag's being reached that fit beside its name. */
const MAX_SHOWN_CAUSES = 3;

/** A flag's items in one environment, and what the change does there. */
export interface ShownEnvironment {
  readonly environment: string;
  readonly effect: EnvironmentEffect | undefined;
  readonly items: readonly ChangeItem[];
}

/** The flags of which the change touches the files, and those that it only reaches. */
export function partsOf(flags: readonly FlagChange[]): {
  readonly edited: readonly FlagChange[];
  readonly reached: readonly FlagChange[];
} {
  return {
    edited: flags.filter(({ status }) => status !== 'reached'),
    reached: flags.filter(({ status }) => status === 'reached'),
  };
}

/** A flag's owner and tier, at both sides where they differ. */
export function responsibleWords({ before, after }: FlagChange): readonly [owner: string, tier: string] {
  return [
    distinct([before?.owner, after?.owner]).map(word).join(' → '),
    distinct([before?.riskTier, after?.riskTier]).join(' → '),
  ];
}

/** What stands beside a flag's key: owner, tier, and whether it is new or gone. */
export function headingWords(flag: FlagChange): string {
  const status = flag.status === 'added' ? 'new' : flag.status === 'removed' ? 'removed' : '';
  return [...responsibleWords(flag), status].filter((words) => words !== '').join(' · ');
}

/** The items that hold for every environment. */
export function itemsEverywhere({ items }: FlagChange): readonly ChangeItem[] {
  return items.filter(({ environment }) => environment === undefined);
}

/** The environments in which a flag has items, or another reach than before. */
export function shownEnvironments({
  status,
  before,
  after,
  items,
  effects: all,
}: FlagChange): readonly ShownEnvironment[] {
  // Of a side that was not read the worst is assumed, which is no news for a reader.
  const isUnread = status !== 'added' && status !== 'removed' && (before === undefined || after === undefined);
  const effects = isUnread ? [] : all;
  const names = distinct([
    ...effects.map(({ environment }) => environment),
    ...items.map(({ environment }) => environment),
  ]);
  return names
    .map((environment) => ({
      environment,
      effect: effects.find((effect) => effect.environment === environment),
      items: items.filter((item) => item.environment === environment),
    }))
    .filter(({ effect, items: own }) => own.length > 0 || effectWords(effect) !== '');
}

/** How far the flag reached and reaches, and whether that is proved to be a reduction: "reaches 25 % → 0 %, reducing". */
export function effectWords(effect: EnvironmentEffect | undefined): string {
  if (effect === undefined) return '';
  const { before, after } = effect.exposure;
  const [was, is, widening] = [widestOf(before), widestOf(after), wideningOf(before, after)];
  const reach = was === is ? '' : `reaches ${percentWord(was)} → ${percentWord(is)}`;
  const hidden = was === is && widening > 0 ? `widens by ${widening} points` : '';
  return [reach, hidden, effect.direction === 'reducing' ? 'reducing' : ''].filter((words) => words !== '').join(', ');
}

/** What reaches a flag, in few words. */
export function causeWords({ via }: FlagChange, wordOf: (cause: string) => string): string {
  const rest = via.length - MAX_SHOWN_CAUSES;
  return `${via.slice(0, MAX_SHOWN_CAUSES).map(wordOf).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** What reaches flags, said once and not at each of them. */
export function reachingTexts(reached: readonly FlagChange[]): readonly string[] {
  const items = reached.flatMap((flag) => flag.items);
  return distinct(
    items.map(({ environment, text }) => (environment === undefined ? text : `${word(environment)}: ${text}`)),
  );
}

/** The first few of a list, and a line on what is left out; nothing is, where the list is short. */
export function cutList(lines: readonly string[], limit: number, noun: string): readonly string[] {
  return [...lines.slice(0, limit), ...moreLines(lines.length - limit, noun)];
}

/** "and 3 more flags"; nothing where nothing is left out. */
export function moreLines(rest: number, noun: string): readonly string[] {
  return rest > 0 ? [`and ${counted(rest, `more ${noun}`)}`] : [];
}

function distinct<T>(values: readonly (T | undefined)[]): readonly T[] {
  return [...new Set(values)].filter((value): value is T => value !== undefined);
}
