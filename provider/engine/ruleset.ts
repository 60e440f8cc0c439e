/** A ruleset: one revision's documents, and its environments when they are asked for. */
import { compileCondition, type Predicate } from './condition.js';
import type { ConditionDocument, Documents } from './documents.js';
import { Environment } from './environment.js';
import type { Makers } from './makers.js';
import type { Plan } from './plan.js';
import { Snapshot } from './snapshot.js';
import type { Revision } from './types.js';

interface Compiled {
  readonly environment: Environment;
  readonly snapshot: Snapshot;
}

/** The documents of a revision and what was compiled of them; replaced whole, never edited. */
export class Ruleset {
  readonly #environments = new Map<string, Compiled>();

  /**
   * @param documents as checked: every reference resolves and nothing is cyclic
   * @param previous the ruleset that this one replaces; flags that did not change keep their compiled form
   * @param makers of what conditions and rollouts are made of; left out: plain ones
   */
  constructor(
    readonly revision: Revision,
    readonly documents: Documents,
    previous?: Ruleset,
    private readonly makers?: Makers,
  ) {
    if (previous === undefined) return;
    for (const [name, { environment }] of previous.#environments) {
      if (documents.policy.environments.includes(name)) this.#open(name).environment.adopt(environment);
    }
  }

  /** The ruleset in one environment. @throws RangeError for an environment that the policy does not have. */
  snapshot(environment: string): Snapshot {
    return this.#open(environment).snapshot;
  }

  /** One flag of an environment, compiled; undefined where there is none. @throws RangeError as {@link snapshot}. */
  plan(environment: string, key: string): Plan | undefined {
    return this.#open(environment).environment.plan(key);
  }

  /** A condition with the segments of this ruleset, compiled. @throws RangeError as {@link snapshot} */
  predicate(name: string, when: ConditionDocument): Predicate {
    const { environment } = this.#open(name);
    return compileCondition(when, (segment) => environment.segment(segment).test, environment.makers.test);
  }

  /** All flags of one environment, compiled, by key. @throws RangeError as {@link snapshot}. */
  plans(name: string): ReadonlyMap<string, Plan> {
    const { environment } = this.#open(name);
    return new Map([...environment.keys].map((key) => [key, environment.plan(key) as Plan]));
  }

  #open(name: string): Compiled {
    const open = this.#environments.get(name);
    if (open !== undefined) return open;
    const { environments } = this.documents.policy;
    if (!environments.includes(name)) {
      throw new RangeError(`unknown environment ${JSON.stringify(name)}; policy.yaml has ${environments.join(', ')}`);
    }
    const environment = new Environment(name, this.documents, this.makers);
    const flagSetId = `${this.revision.repository}/${name}`;
    const compiled = { environment, snapshot: new Snapshot(this.revision.id, flagSetId, environment) };
    this.#environments.set(name, compiled);
    return compiled;
  }
}
