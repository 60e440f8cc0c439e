/** A preview's flags as rows: what of them is shown, in a terminal and in Markdown, and in which order. */
import { codeSpan, word } from '../../change/words.js';
import type { FlagEnvironmentImpact, GroupImpact, Preview, Served, Share, Transition } from '../preview.js';

/** A flag in an environment in which somebody changes. */
export interface MovedRow {
  readonly key: string;
  readonly environment: string;
  readonly changed: Share;
  readonly transitions: readonly Transition[];
  /** The largest of the transitions that are changes. */
  readonly main: Transition;
}

/** How many get a result before and after, as shares of 0 to 1. */
export interface Distribution {
  readonly served: Served;
  readonly before: number;
  readonly after: number;
}

/** By environment in the preview's order, and in each by how many change, the most first. */
export function movedRows({ flags, environments }: Preview): readonly MovedRow[] {
  const order = environments.map(({ environment }) => environment);
  const rows = flags.flatMap(({ key, environments: own }) =>
    own.flatMap(({ environment, changed, transitions }) => {
      const main = transitions.find(({ isChange }) => isChange);
      if (changed === undefined || changed.contexts === 0 || main === undefined) return [];
      return [{ key, environment, changed, transitions, main }];
    }),
  );
  return rows.sort(
    (a, b) => order.indexOf(a.environment) - order.indexOf(b.environment) || b.changed.share - a.changed.share,
  );
}

/** Flags that nobody gets another value of, by why: the rules prove it, or no context does. */
export function unmovedFlags({ flags, population }: Preview): {
  readonly proved: readonly string[];
  readonly unseen: readonly string[];
} {
  const isProved = ({ isProved }: FlagEnvironmentImpact): boolean => isProved;
  const isMoved = ({ changed }: FlagEnvironmentImpact): boolean => (changed?.contexts ?? 0) > 0;
  const keysOf = (kept: typeof flags): readonly string[] => kept.map(({ key }) => key);
  const unproved = flags.filter(({ environments }) => !environments.every(isProved));
  return {
    proved: keysOf(flags.filter(({ environments }) => environments.every(isProved))),
    unseen: population === undefined ? [] : keysOf(unproved.filter(({ environments }) => !environments.some(isMoved))),
  };
}

/** What the rules alone tell, a line for each flag and environment. */
export function estimateRows({ flags }: Preview): readonly {
  readonly key: string;
  readonly environment: string;
  readonly texts: readonly string[];
}[] {
  return flags.flatMap(({ key, environments }) =>
    environments
      .filter(({ estimate }) => estimate.length > 0)
      .map(({ environment, estimate }) => ({ key, environment, texts: estimate })),
  );
}

/** Who gets what before and after, what most get before first. */
export function distributionOf(transitions: readonly Transition[]): readonly Distribution[] {
  const all = new Map<string, { served: Served; before: number; after: number }>();
  const entry = (served: Served): { before: number; after: number } => {
    const name = JSON.stringify([served.variant, served.none]);
    const found = all.get(name) ?? { served, before: 0, after: 0 };
    all.set(name, found);
    return found;
  };
  for (const { from, to, users } of transitions) {
    entry(from).before += users.share;
    entry(to).after += users.share;
  }
  return [...all.values()]
    .map(({ served, before, after }) => ({ served, before: wholeShare(before), after: wholeShare(after) }))
    .sort((a, b) => b.before - a.before || b.after - a.after);
}

/** Sums of shares may miss 1 by the last digit, and everybody is still everybody. */
export function wholeShare(sum: number): number {
  return sum > 1 - 1e-9 ? 1 : sum;
}

/** The result that the largest change leads to; where that is none, the one that it leads away from. */
export function tellingOf({ transitions, main }: MovedRow): Distribution | undefined {
  const told = main.to.variant === null ? main.from : main.to;
  return distributionOf(transitions).find(({ served }) => served.variant === told.variant && served.none === told.none);
}

/** A result: the variant as `words.ts` spells it, or why there is none. */
export function servedWord({ variant, none }: Served): string {
  if (variant !== null) return word(variant);
  return none === 'no-flag' ? 'no flag' : "the caller's default";
}

/** ``segment `employees` ``, `` `country` "DE" ``, ``without `country` ``. */
export function groupWord({ by, name, value }: GroupImpact): string {
  if (by === 'segment') return `segment ${word(name)}`;
  return value === undefined ? `without ${codeSpan(name)}` : `${codeSpan(name)} ${codeSpan(value)}`;
}
