/** Which flags mean something else after a change, in one environment. */
import { canonical } from './canonical.js';
import {
  NO_REFERENCES,
  type Documents,
  type References,
  type RolloutDocument,
  type StoredReferrer,
} from './documents.js';
import { Environment } from './environment.js';
import type { CompiledSegment, Plan } from './plan.js';
import { isPlan, reachedStages } from './rollout.js';
import type { Ruleset } from './ruleset.js';
import { variantsOf } from './variants.js';

/**
 * The keys of the flags that were added or removed, or whose results may differ, sorted. A change counts wherever it
 * reaches: through segments and prerequisites, and in what results carry (owner, type, tier); a comment, a
 * description or another environment does not.
 * @throws RangeError for an environment that `after` does not have
 */
export function changedFlags(before: Ruleset | undefined, after: Ruleset, environment: string): readonly string[] {
  return [...comparedFlags(before, after, environment)].filter((key) => key !== undefined).sort();
}

/**
 * As {@link changedFlags}, one comparison a step and in no order: a commit that touches every file takes a while.
 * Gives undefined where a flag that was worth comparing means the same.
 */
export function* comparedFlags(
  before: Ruleset | undefined,
  after: Ruleset,
  environment: string,
): Generator<string | undefined> {
  const { keys } = after.snapshot(environment);
  if (before?.documents.policy.environments.includes(environment) !== true) return yield* keys;
  const comparison = new Comparison();
  // Compiled for the comparison alone: what nobody evaluates must not stay compiled for having changed once.
  const old = new Environment(environment, before.documents);
  const now = new Environment(environment, after.documents);
  for (const key of concernedFlags(before.documents, after.documents)) {
    const isSame = comparison.areSamePlans(old.plan(key), now.plan(key));
    yield isSame ? undefined : key;
  }
}

/** The flags whose files, or any files that they refer to, are others: those that are worth comparing. */
export function concernedFlags(before: Documents, after: Documents): readonly string[] {
  const segments = concerned(before.segments, after.segments, ({ segments }, isConcerned) =>
    segments.flat().some(isConcerned),
  );
  const flags = concerned(
    before.flags,
    after.flags,
    ({ segments: used, prerequisites }, isConcerned) =>
      used.some((names) => names.some((name) => segments.has(name))) || prerequisites.some(isConcerned),
  );
  return [...flags];
}

type Stores = ReadonlyMap<string, StoredReferrer<unknown>>;

/** What was added, removed or replaced, and to the end whatever refers to it. */
function concerned(
  before: Stores,
  after: Stores,
  refers: (references: References, isConcerned: (name: string) => boolean) => boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const rest = new Map<string, References>();
  for (const [name, stored] of after) {
    if (before.get(name) !== stored) found.add(name);
    else if (stored.references !== NO_REFERENCES) rest.set(name, stored.references);
  }
  for (const name of before.keys()) if (!after.has(name)) found.add(name);
  const isConcerned = (name: string): boolean => found.has(name);
  for (let size = -1; size !== rest.size;) {
    size = rest.size;
    for (const [name, references] of rest) {
      if (!refers(references, isConcerned)) continue;
      found.add(name);
      rest.delete(name);
    }
  }
  return found;
}

/** Compares compiled things by meaning; remembers its answers, since many flags share their segments. */
class Comparison {
  readonly #answers = new Map<object, boolean>();

  areSamePlans(before: Plan | undefined, after: Plan | undefined): boolean {
    if (before === after) return true;
    if (before === undefined || after === undefined) return false;
    return canonical(facts(before)) === canonical(facts(after)) && this.#areSameDecisions(before, after);
  }

  #areSameDecisions(before: Plan | undefined, after: Plan): boolean {
    if (before === after) return true;
    if (before === undefined) return false;
    return this.#once(after, () => {
      if (canonical(decisions(before)) !== canonical(decisions(after))) return false;
      if (!this.#areSameSegments(before.segments, after.segments)) return false;
      return [...after.prerequisites].every(([key, plan]) =>
        this.#areSameDecisions(before.prerequisites.get(key), plan),
      );
    });
  }

  #areSameSegments(before: ReadonlyMap<string, CompiledSegment>, after: ReadonlyMap<string, CompiledSegment>): boolean {
    return [...after].every(([name, segment]) => {
      const old = before.get(name);
      if (old === segment) return true;
      if (old === undefined) return false;
      return this.#once(
        segment,
        () =>
          canonical(old.stored.read().when) === canonical(segment.stored.read().when) &&
          this.#areSameSegments(old.segments, segment.segments),
      );
    });
  }

  #once(key: object, answer: () => boolean): boolean {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const fresh = answer();
    this.#answers.set(key, fresh);
    return fresh;
  }
}

/**
 * What a flag's results say: also the values of its variants and the names of its rules and stages, in the order of
 * the file. A flag that needs this one depends on none of it.
 */
function facts({ governance, kind, outcomes }: Plan): unknown {
  return { governance, kind, outcomes };
}

/** Everything in a flag's own file on which it depends which variant is served in the plan's environment. */
function decisions({ document, defaultVariant, environment }: Plan): unknown {
  if (environment === undefined) return { defaultVariant };
  const { prerequisites = {}, bucketBy = 'targetingKey', salt = document.key } = document;
  const variants = [...variantsOf(document).keys()];
  const rules = (environment.rules ?? []).map(({ name: _name, ...rule }) => rule);
  const rollout = rolloutMeaning(environment.rollout ?? 0);
  return { variants, defaultVariant, prerequisites, bucketBy, salt, rules, rollout };
}

/** Guardrails, holds and later stages decide what will be, not what a context gets. */
function rolloutMeaning(rollout: RolloutDocument): unknown {
  if (!isPlan(rollout)) return { segments: [], rollout };
  const { segments, share } = reachedStages(rollout);
  return { to: rollout.to, segments: segments.map(({ segment }) => segment), rollout: share?.percent ?? 0 };
}
