/** Which flags mean something else after a change, in one environment. */
import type { JsonValue, RolloutDocument } from './documents.js';
import { variantsOf, type CompiledSegment, type Plan } from './plan.js';
import { isPlan, reachedStages } from './rollout.js';
import type { Ruleset } from './ruleset.js';

/**
 * The keys of the flags that were added or removed, or whose results may differ, sorted. A change counts wherever it
 * reaches: through segments and prerequisites, and in what results carry (owner, type, tier); a comment, a
 * description or another environment does not.
 */
export function changedFlags(before: Ruleset | undefined, after: Ruleset, environment: string): readonly string[] {
  const old = before?.documents.policy.environments.includes(environment)
    ? before.plans(environment)
    : new Map<string, Plan>();
  const now = after.plans(environment);
  const comparison = new Comparison();
  const keys = new Set([...old.keys(), ...now.keys()]);
  return [...keys].filter((key) => !comparison.areSamePlans(old.get(key), now.get(key))).sort();
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
        () => canonical(old.when) === canonical(segment.when) && this.#areSameSegments(old.segments, segment.segments),
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
function facts({ document: { owner, type, riskTier }, kind, outcomes }: Plan): unknown {
  return { owner, type, riskTier, kind, outcomes };
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

/** JSON with sorted keys, so that the order in which a mapping is written makes no difference. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner as Record<string, JsonValue>).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
