/** What a change does to the flags of one environment, each compared once. */
import { Conditions } from './condition-formula.js';
import { directionOfLists } from './decision-comparison.js';
import { decisionsOf, environmentOf, type Decision } from './decision-list.js';
import { concernedFlags } from './diff.js';
import type { FlagDocument } from './documents.js';
import { Formulas, type Formula } from './formula.js';
import type { Ruleset } from './ruleset.js';
import { areNamesAsValues, isReducible, valueLabels, variantLabels, type FlagPair, type Labels } from './labels.js';
import type { Direction } from './served.js';
import { defaultVariantOf } from './variants.js';

interface Side {
  readonly ruleset: Ruleset;
  readonly conditions: Conditions;
  /** Those that were read: reading one may take a while. */
  readonly flags: Map<string, FlagDocument | undefined>;
}

/** Both sides of a change, in all environments. */
export interface Sides {
  readonly before: Side;
  readonly after: Side;
  readonly formulas: Formulas;
  /** The flags that may mean something else; any other is the same. */
  readonly concerned: ReadonlySet<string>;
}

/** Reads nothing yet. */
export function sidesOf(before: Ruleset, after: Ruleset): Sides {
  const formulas = new Formulas();
  const concerned = new Set(concernedFlags(before.documents, after.documents));
  return { before: sideOf(before, formulas), after: sideOf(after, formulas), formulas, concerned };
}

function sideOf(ruleset: Ruleset, formulas: Formulas): Side {
  return { ruleset, conditions: new Conditions(formulas, ruleset.documents.segments), flags: new Map() };
}

type SideName = 'before' | 'after';

/** Longest chain of flags that need one another that is followed; beyond, nothing is known. */
const MAX_NEEDS = 200;

/** The flags of one environment, as they are or all enabled. */
export class EnvironmentComparison {
  readonly #directions = new Map<string, Direction>();
  readonly #variantDirections = new Map<string, Direction>();
  readonly #openness = new Map<string, boolean>();
  readonly #lists = { before: new Map<string, readonly Decision[]>(), after: new Map<string, readonly Decision[]>() };

  /** How many flags that need one another are being compared. */
  #needs = 0;

  /** @param isLatent as if all were enabled, on both sides */
  constructor(
    private readonly sides: Sides,
    private readonly environment: string,
    private readonly isLatent: boolean,
  ) {}

  /** By value. What is on neither side proves nothing. */
  direction(key: string): Direction {
    return remember(this.#directions, key, () => {
      const { before, after } = this.sides;
      const isEverywhere = [before, after].every(({ ruleset }) =>
        ruleset.documents.policy.environments.includes(this.environment),
      );
      if (!isEverywhere) return 'other';
      if (!after.ruleset.documents.flags.has(key)) return 'other';
      if (before.ruleset.documents.flags.has(key) && !this.sides.concerned.has(key)) return 'same';
      const [old, now] = [this.#flag('before', key), this.#flag('after', key) as FlagDocument];
      if (old === undefined) return this.#directionOfAdded(now);
      return this.#directionOfValues({ before: old, after: now });
    });
  }

  /** Whether a flag, and whatever it needs, is enabled on both sides: nothing of it is latent. */
  isOpen(key: string, depth = 0): boolean {
    return remember(this.#openness, key, () =>
      (['before', 'after'] as const).every((side) => {
        const flag = this.#flag(side, key);
        if (flag === undefined || environmentOf(flag, this.environment)?.enabled !== true) return false;
        const needs = Object.keys(flag.prerequisites ?? {});
        return depth < MAX_NEEDS && needs.every((needed) => this.isOpen(needed, depth + 1));
      }),
    );
  }

  #flag(side: SideName, key: string): FlagDocument | undefined {
    const { ruleset, flags } = this.sides[side];
    return remember(flags, key, () => ruleset.documents.flags.get(key)?.read());
  }

  #directionOfAdded(flag: FlagDocument): Direction {
    if (Object.values(flag.environments ?? {}).some(({ enabled }) => enabled)) return 'other';
    const fallback = defaultVariantOf(flag);
    const isDefault = this.#list('after', flag).every(
      ({ served }) => served.kind === 'certain' && served.variant === fallback,
    );
    return isDefault ? 'same' : 'other';
  }

  #directionOfValues(pair: FlagPair): Direction {
    const labels = valueLabels(pair);
    const direction =
      labels !== undefined && areNamesAsValues(pair)
        ? this.#directionOfVariants(pair.before.key)
        : this.#directionOf(pair, labels);
    return direction === 'reducing' && !isReducible(pair) ? 'other' : direction;
  }

  /** By the variant's name. */
  #directionOfVariants(key: string): Direction {
    return remember(this.#variantDirections, key, () => {
      if (!this.sides.concerned.has(key)) return 'same';
      const [before, after] = [this.#flag('before', key), this.#flag('after', key)];
      if (before === undefined || after === undefined || this.#needs >= MAX_NEEDS) return 'other';
      this.#needs++;
      const direction = this.#directionOf({ before, after }, variantLabels({ before, after }));
      this.#needs--;
      return direction;
    });
  }

  #directionOf({ before, after }: FlagPair, labels: Labels | undefined): Direction {
    if (labels === undefined) return 'other';
    return directionOfLists(this.#list('before', before), this.#list('after', after), labels);
  }

  #list(side: SideName, flag: FlagDocument): readonly Decision[] {
    return remember(this.#lists[side], flag.key, () => {
      const declared = environmentOf(flag, this.environment);
      const latent = this.isLatent ? (declared ?? { enabled: true }) : undefined;
      return decisionsOf(flag, declared?.enabled === true ? declared : latent, {
        formulas: this.sides.formulas,
        conditions: this.sides[side].conditions,
        need: (needed, variant) => this.#need(side, needed, variant),
      });
    });
  }

  #need(side: SideName, key: string, variant: string): Formula {
    const direction = this.#directionOfVariants(key);
    const flag = this.#flag('before', key);
    const at = direction === 'same' ? 'both' : side;
    const subject = `flag ${JSON.stringify([key, this.environment, this.isLatent])}`;
    return this.sides.formulas.atom(JSON.stringify([subject, variant, at]), () => ({
      kind: 'need',
      subject,
      variant,
      side: at,
      isReducing: direction === 'reducing',
      defaultVariant: flag === undefined ? null : defaultVariantOf(flag),
    }));
  }
}

function remember<T>(answers: Map<string, T>, key: string, answer: () => T): T {
  const known = answers.get(key);
  if (known !== undefined) return known;
  const fresh = answer();
  answers.set(key, fresh);
  return fresh;
}
