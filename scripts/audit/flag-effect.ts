/** What a change did to each flag, in the words and figures that a trail keeps. */
import type { FlagDocument, RiskTier } from '../../provider/engine/index.js';
import type { Direction, FlagChange } from '../change/change.js';
import { widestOf } from '../change/exposure.js';
import { effectWords, headingWords, itemsEverywhere } from '../change/shown.js';

/** What a commit did in one environment. */
export interface PlaceEffect {
  readonly environment: string;
  readonly direction: Direction;
  /** The widest reach, in percent. */
  readonly reach: { readonly before: number; readonly after: number };
  /** `reaches 5 % → 25 %`; empty where the reach is the same. */
  readonly words: string;
  readonly items: readonly string[];
}

/** What a commit did to a flag. */
export interface FlagEffect {
  readonly key: string;
  readonly status: FlagChange['status'];
  readonly owner: string | undefined;
  readonly riskTier: { readonly before?: RiskTier | undefined; readonly after?: RiskTier | undefined };
  /** Owner, tier, and whether it is new or gone. */
  readonly heading: string;
  /** The flag that has its content on the other side: a renamed file is another key. */
  readonly renamed?: { readonly from?: string; readonly to?: string } | undefined;
  /** What holds in every environment. */
  readonly everywhere: readonly string[];
  /** Every environment in which the flag is, or was. */
  readonly environments: readonly PlaceEffect[];
  readonly via: readonly string[];
}

/** The effects of a change on its flags. */
export function flagEffects(flags: readonly FlagChange[]): readonly FlagEffect[] {
  const renames = renamesOf(flags);
  return flags.map((flag) => ({
    key: flag.key,
    status: flag.status,
    owner: (flag.after ?? flag.before)?.owner,
    riskTier: { before: flag.before?.riskTier, after: flag.after?.riskTier },
    heading: headingWords(flag),
    renamed: renames.get(flag.key),
    everywhere: itemsEverywhere(flag).map(({ text }) => text),
    environments: placesOf(flag),
    via: flag.via,
  }));
}

function placesOf({ effects, items }: FlagChange): readonly PlaceEffect[] {
  const names = [...effects.map(({ environment }) => environment), ...items.map(({ environment }) => environment)];
  return [...new Set(names)].flatMap((environment) => {
    if (environment === undefined) return [];
    const effect = effects.find((one) => one.environment === environment);
    return {
      environment,
      direction: effect?.direction ?? 'other',
      reach: {
        before: effect === undefined ? 0 : widestOf(effect.exposure.before),
        after: effect === undefined ? 0 : widestOf(effect.exposure.after),
      },
      words: effectWords(effect),
      items: items.filter((item) => item.environment === environment).map(({ text }) => text),
    };
  });
}

/** Flags that are gone and flags that are new with the same content, by key. */
function renamesOf(flags: readonly FlagChange[]): ReadonlyMap<string, NonNullable<FlagEffect['renamed']>> {
  const gone = new Map(
    flags.flatMap(({ status, key, before }) =>
      status === 'removed' && before !== undefined ? [[contentOf(before), key]] : [],
    ),
  );
  const renames = new Map<string, NonNullable<FlagEffect['renamed']>>();
  for (const { status, key, after } of flags) {
    const from = status === 'added' && after !== undefined ? gone.get(contentOf(after)) : undefined;
    if (from === undefined || renames.has(from)) continue;
    renames.set(key, { from });
    renames.set(from, { to: key });
  }
  return renames;
}

/** A flag's document apart from its key. */
export function contentOf(flag: FlagDocument): string {
  return JSON.stringify({ ...flag, key: '' });
}
