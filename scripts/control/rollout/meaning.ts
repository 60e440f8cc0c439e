/** Everything that decides who gets what of a flag, in one spelling, so that two revisions can be compared. */
import { environmentOf } from '../../change/environments.js';
import { canonical, defaultVariantOf, variantsOf } from '../../../provider/engine/index.js';
import type { ServingDocuments } from './history.js';
import { conditionsOf, planOf, servedBy, type Served } from './served.js';

/** The segments that a served environment asks about its contexts, and the segments in those, each in one spelling. */
export function conditionsOfServed(
  { rules, rest }: Served,
  { segments }: ServingDocuments,
): ReadonlyMap<string, string> {
  const names = [...rules.flatMap((rule) => rule.segments), ...rest.segments];
  return conditionsOf(names, (name) => segments.get(name)?.read().when);
}

/** Compares flags of two revisions in one environment; remembers what it spelled. */
export class Meanings {
  readonly #known = new Map<string, string>();

  constructor(
    private readonly documents: ServingDocuments,
    private readonly environment: string,
  ) {}

  /** The meaning of a flag and of all that it needs. Prerequisites are never in a circle: loading refuses that. */
  of(key: string): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const meaning = this.#spell(key);
    this.#known.set(key, meaning);
    return meaning;
  }

  #spell(key: string): string {
    const flag = this.documents.flags.get(key)?.read();
    const served = servedBy(flag, this.environment);
    if (flag === undefined || served === undefined) return canonical(flag && defaultVariantOf(flag));
    const { prerequisites = {}, salt = key, bucketBy } = flag;
    const { rules, rest } = served;
    return canonical([
      defaultVariantOf(flag),
      [...variantsOf(flag).keys()],
      [salt, bucketBy],
      rules.map(({ when, shares }) => [when, shares]),
      rest,
      [...conditionsOfServed(served, this.documents)],
      Object.entries(prerequisites).map(([needed, variant]) => [needed, String(variant), this.of(needed)]),
    ]);
  }
}

/** Whether the plan of an environment is another, wherever it stands. */
export function isPlanEdited(before: Parameters<typeof environmentOf>[0], after: typeof before, name: string): boolean {
  const [old, now] = [before, after].map((flag) => flag && planOf(flag, environmentOf(flag, name))?.body);
  return now !== undefined && old !== now;
}
