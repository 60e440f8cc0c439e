/** The flags of a ruleset in one environment, each compiled when it is first asked for. */
import { readsOfFlag, readsOfSegment } from './attribute-reads.js';
import { compileCondition } from './condition.js';
import type { Documents } from './documents.js';
import { PLAIN_MAKERS, type Makers } from './makers.js';
import { compileFlag, type CompiledSegment, type Plan, type PlanScope } from './plan.js';

/** Compiles on demand; keeps what it compiled, and takes over what an earlier revision had compiled already. */
export class Environment {
  readonly #segments = new Map<string, CompiledSegment>();
  readonly #plans = new Map<string, Plan>();

  /** @param documents as checked: every reference resolves and nothing is cyclic */
  constructor(
    readonly name: string,
    private readonly documents: Pick<Documents, 'flags' | 'segments'>,
    readonly makers: Makers = PLAIN_MAKERS,
  ) {}

  /** The keys of all flags, in the order of their paths. */
  get keys(): IterableIterator<string> {
    return this.documents.flags.keys();
  }

  /** The attribute paths that segments and flags read, one list for each document. */
  *attributePaths(): Generator<readonly string[], void> {
    for (const stored of this.documents.segments.values()) yield readsOfSegment(stored);
    for (const stored of this.documents.flags.values()) yield readsOfFlag(stored, this.name);
  }

  /** A flag, compiled; undefined where there is none. */
  plan(key: string): Plan | undefined {
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const stored = this.documents.flags.get(key);
    if (stored === undefined) return undefined;
    const scope = new CompileScope(this);
    const plan = compileFlag(stored, scope);
    scope.end();
    this.#plans.set(key, plan);
    return plan;
  }

  /** A segment, compiled. @throws where there is none: the documents were not checked */
  segment(name: string): CompiledSegment {
    const known = this.#segments.get(name);
    if (known !== undefined) return known;
    const stored = this.documents.segments.get(name);
    if (stored === undefined) throw new Error(`the documents were not checked: no segment ${name}`);
    const segments = new Map<string, CompiledSegment>();
    const scope = new CompileScope(this);
    const test = compileCondition(
      stored.read().when,
      (inner) => {
        const segment = scope.segment(inner);
        segments.set(inner, segment);
        return segment.test;
      },
      this.makers.test,
    );
    scope.end();
    const compiled = { stored, test, segments };
    this.#segments.set(name, compiled);
    return compiled;
  }

  /** Takes over what the same environment of the revision before has compiled, where it is still the same. */
  adopt(previous: Environment): void {
    for (const [name, segment] of previous.#segments) {
      if (this.#isCurrentSegment(name, segment)) this.#segments.set(name, segment);
    }
    const answers = new Map<Plan, boolean>();
    for (const [key, plan] of previous.#plans) {
      if (this.#isCurrentPlan(key, plan, answers)) this.#plans.set(key, plan);
    }
  }

  #isCurrentSegment(name: string, segment: CompiledSegment): boolean {
    if (this.#segments.get(name) === segment) return true;
    if (this.documents.segments.get(name) !== segment.stored) return false;
    return [...segment.segments].every(([inner, compiled]) => this.#isCurrentSegment(inner, compiled));
  }

  #isCurrentPlan(key: string, plan: Plan, answers: Map<Plan, boolean>): boolean {
    if (this.documents.flags.get(key) !== plan.stored) return false;
    if (plan.segments.size === 0 && plan.prerequisites.size === 0) return true;
    const known = answers.get(plan);
    if (known !== undefined) return known;
    const isCurrent =
      [...plan.segments].every(([name, segment]) => this.#isCurrentSegment(name, segment)) &&
      [...plan.prerequisites].every(([needed, other]) => this.#isCurrentPlan(needed, other, answers));
    answers.set(plan, isCurrent);
    return isCurrent;
  }
}

/**
 * What one compilation may ask its environment. A closure keeps alive whatever its makers could see: were that to be
 * the environment, each revision would keep the one before alive, and none would ever be collected.
 */
class CompileScope implements PlanScope {
  readonly environment: string;
  readonly makers: Makers;
  #owner: Environment | undefined;

  constructor(owner: Environment) {
    this.environment = owner.name;
    this.makers = owner.makers;
    this.#owner = owner;
  }

  plan(key: string): Plan {
    const plan = this.#open().plan(key);
    if (plan === undefined) throw new Error(`the documents were not checked: no flag ${key}`);
    return plan;
  }

  segment(name: string): CompiledSegment {
    return this.#open().segment(name);
  }

  /** Nothing can be compiled after that. */
  end(): void {
    this.#owner = undefined;
  }

  #open(): Environment {
    if (this.#owner === undefined) throw new Error('the compilation has ended');
    return this.#owner;
  }
}
