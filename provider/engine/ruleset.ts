/** A ruleset: one revision's documents, compiled for an environment when it is first asked for. */
import { compileCondition } from './condition.js';
import type { Documents } from './documents.js';
import { compileFlag, type CompiledSegment, type Plan, type PlanScope } from './plan.js';
import { Snapshot } from './snapshot.js';
import type { Revision } from './types.js';

interface CompiledEnvironment {
  readonly segments: ReadonlyMap<string, CompiledSegment>;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly snapshot: Snapshot;
}

/** Frozen documents and their compiled form; replaced whole, never edited. */
export class Ruleset {
  readonly #environments = new Map<string, CompiledEnvironment>();

  /**
   * @param documents as checked: every reference resolves and nothing is cyclic
   * @param previous the ruleset that this one replaces; flags that did not change keep their compiled form
   */
  constructor(
    readonly revision: Revision,
    readonly documents: Documents,
    previous?: Ruleset,
  ) {
    if (previous === undefined) return;
    for (const [environment, compiled] of previous.#environments) {
      if (documents.policy.environments.includes(environment)) this.#compile(environment, compiled);
    }
  }

  /** The ruleset in one environment. @throws RangeError for an environment that the policy does not have. */
  snapshot(environment: string): Snapshot {
    return (this.#environments.get(environment) ?? this.#compile(environment)).snapshot;
  }

  /** The compiled flags of one environment, by key. @throws RangeError as {@link snapshot}. */
  plans(environment: string): ReadonlyMap<string, Plan> {
    return (this.#environments.get(environment) ?? this.#compile(environment)).plans;
  }

  #compile(environment: string, previous?: CompiledEnvironment): CompiledEnvironment {
    const { policy } = this.documents;
    if (!policy.environments.includes(environment)) {
      throw new RangeError(
        `unknown environment ${JSON.stringify(environment)}; policy.yaml has ${policy.environments.join(', ')}`,
      );
    }
    const { segments, plans } = new Compiler(environment, this.documents, previous).finish();
    const flagSetId = `${this.revision.repository}/${environment}`;
    const snapshot = new Snapshot(this.revision.id, environment, flagSetId, plans);
    const compiled = { segments, plans, snapshot };
    this.#environments.set(environment, compiled);
    return compiled;
  }
}

/** Compiles flags and segments on demand, in the order of their references, and takes over what is unchanged. */
class Compiler implements PlanScope {
  #segments = new Map<string, CompiledSegment>();
  #plans = new Map<string, Plan>();
  #documents: Documents | undefined;
  #previous: CompiledEnvironment | undefined;

  constructor(
    readonly environment: string,
    documents: Documents,
    previous: CompiledEnvironment | undefined,
  ) {
    this.#documents = documents;
    this.#previous = previous;
  }

  /** Compiles every flag; nothing can be compiled after that. */
  finish(): Omit<CompiledEnvironment, 'snapshot'> {
    const keys = [...(this.#documents?.flags.keys() ?? [])];
    const compiled = { segments: this.#segments, plans: new Map(keys.map((key) => [key, this.plan(key)])) };
    // A closure keeps alive whatever its makers could see, this compiler too. Were that to keep the previous
    // revision alive, and so on, no revision would ever be collected.
    this.#segments = new Map();
    this.#plans = new Map();
    this.#documents = this.#previous = undefined;
    return compiled;
  }

  segment(name: string): CompiledSegment {
    return this.#segments.get(name) ?? remember(this.#segments, name, this.#segment(name));
  }

  plan(key: string): Plan {
    return this.#plans.get(key) ?? remember(this.#plans, key, this.#plan(key));
  }

  #segment(name: string): CompiledSegment {
    const when = present(this.#documents?.segments.get(name), 'segment', name).when;
    const previous = this.#previous?.segments.get(name);
    if (previous?.when === when && this.#areCurrent(previous.segments)) return previous;
    const segments = new Map<string, CompiledSegment>();
    const test = compileCondition(when, (inner) => remember(segments, inner, this.segment(inner)).test);
    return { test, when, segments };
  }

  #plan(key: string): Plan {
    const document = present(this.#documents?.flags.get(key), 'flag', key);
    const previous = this.#previous?.plans.get(key);
    const isCurrent =
      previous?.document === document &&
      this.#areCurrent(previous.segments) &&
      [...previous.prerequisites].every(([needed, plan]) => this.plan(needed) === plan);
    return isCurrent ? previous : compileFlag(document, this);
  }

  #areCurrent(segments: ReadonlyMap<string, CompiledSegment>): boolean {
    for (const [name, segment] of segments) {
      if (this.#documents?.segments.has(name) !== true || this.segment(name) !== segment) return false;
    }
    return true;
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): T {
  map.set(key, value);
  return value;
}

function present<T>(value: T | undefined, what: string, name: string): T {
  if (value === undefined) throw new Error(`the documents were not checked: no ${what} ${name}`);
  return value;
}
