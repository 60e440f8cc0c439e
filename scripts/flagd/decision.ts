/** Which variant a flag serves, in JsonLogic: prerequisites, then rules, then rollout. */
import type { Documents, Plan } from '../../provider/engine/index.js';
import { compileCondition, type ConditionScope } from './condition.js';
import { and, choose, measure, reference, type Logic } from './logic.js';
import { compileRollout, type RolloutScope } from './rollout.js';

/** How long the JSON of one flag may be, in UTF-16 units, with segments and prerequisites put in: as a file may be. */
const MAX_SIZE = 1 << 20;
/** How deep operations and lists may nest: flagd in JavaScript compiles 600, and runs out of stack at 2,000. */
const MAX_DEPTH = 400;

/** Something to know of a flag, or of a prerequisite that is put into it. */
export interface Warning {
  /** Whose file it is about. */
  readonly key: string;
  readonly message: string;
}

/** A flag's decision. */
export interface Decision {
  /** Gives a variant's name, or null for the default; a constant where every context gets the same. */
  readonly logic: Logic;
  /** Why flagd can't express the flag; empty where it can. */
  readonly reasons: readonly string[];
  readonly warnings: readonly Warning[];
  /** The segments that are used by reference. */
  readonly segments: ReadonlySet<string>;
}

/** A segment's condition. */
interface SegmentLogic {
  /** Whole: segments inside of it are put in, since flagd's references can't nest. */
  readonly logic: Logic;
  /** As flags have it: a reference, where flagd's textual replacement can't go wrong. */
  readonly inFlags: Logic;
  /** Each with the name of the segment whose file it is about. */
  readonly reasons: readonly string[];
}

/** Compiles the flags of one environment, each once, with what they refer to. */
export class DecisionCompiler {
  readonly #decisions = new Map<string, Decision>();
  readonly #segments = new Map<string, SegmentLogic>();

  constructor(
    private readonly documents: Documents,
    private readonly plans: ReadonlyMap<string, Plan>,
  ) {}

  /** The decision of a flag, which must exist. */
  decide(key: string): Decision {
    const known = this.#decisions.get(key);
    if (known !== undefined) return known;
    const notes = new Notes();
    const logic = notes.keep(this.#compile(this.plans.get(key) as Plan, notes), '');
    const decision = {
      logic,
      reasons: [...notes.reasons],
      warnings: [...notes.warnings.values()],
      segments: notes.segments,
    };
    this.#decisions.set(key, decision);
    return decision;
  }

  /** The bodies of the segments that some flags refer to, by name. */
  evaluators(keys: readonly string[]): ReadonlyMap<string, Logic> {
    const names = new Set(keys.flatMap((key) => [...this.decide(key).segments]));
    return new Map([...names].sort().map((name) => [name, this.#segment(name).logic]));
  }

  #compile(plan: Plan, notes: Notes): Logic {
    const { environment } = plan;
    if (environment === undefined) return null;
    const needs = and([...plan.prerequisites].map(([key, needed]) => this.#isMet(plan, key, needed, notes)));
    const rules = (environment.rules ?? []).map(({ name, when, serve, rollout = 0 }) => {
      const scope = this.#scope(plan, notes, `rule \`${name}\`: `);
      const condition = compileCondition(when, scope);
      return [condition, serve === undefined ? compileRollout(plan, rollout, scope) : String(serve)] as const;
    });
    const rest = compileRollout(plan, environment.rollout ?? 0, this.#scope(plan, notes, 'rollout: '));
    return choose([[needs, choose(rules, rest)]], null);
  }

  /** flagd knows no other flags, but a prerequisite is decided by the context alone, so its decision is put in. */
  #isMet(plan: Plan, key: string, needed: Plan, notes: Notes): Logic {
    const { logic, reasons, warnings, segments } = this.decide(key);
    if (reasons.length > 0) notes.reasons.add(`prerequisite ${key} is left out itself`);
    for (const warning of warnings) notes.warn(warning);
    for (const segment of segments) notes.segments.add(segment);
    const wanted = String(plan.document.prerequisites?.[key]);
    const isDefault = wanted === needed.defaultVariant;
    if (logic === null) return isDefault;
    if (typeof logic === 'string') return logic === wanted;
    return isDefault ? { in: [logic, [null, wanted]] } : { '===': [logic, wanted] };
  }

  #scope({ document: { key } }: Plan, notes: Notes, place: string): RolloutScope {
    return {
      segment: (name) => this.#segmentIn(name, notes, place),
      refuse: (reason) => notes.reasons.add(`${place}${reason}`),
      warn: (message) => notes.warn({ key, message: `${place}${message}` }),
    };
  }

  #segmentIn(name: string, notes: Notes, place: string): Logic {
    const { logic, inFlags, reasons } = this.#segment(name);
    for (const reason of reasons) notes.reasons.add(`${place}${reason}`);
    if (inFlags !== logic) notes.segments.add(name);
    return inFlags;
  }

  #segment(name: string): SegmentLogic {
    const known = this.#segments.get(name);
    if (known !== undefined) return known;
    const notes = new Notes();
    const place = `segment \`${name}\`: `;
    const scope: ConditionScope = {
      segment: (inner) => {
        const { logic, reasons } = this.#segment(inner);
        for (const reason of reasons) notes.reasons.add(reason);
        return logic;
      },
      refuse: (reason) => notes.reasons.add(`${place}${reason}`),
    };
    const logic = notes.keep(compileCondition(this.documents.segments.get(name)?.read().when ?? {}, scope), place);
    // A replacement text with `$` in it has a meaning of its own, in JavaScript as in Go.
    const isReplaceable = typeof logic === 'object' && !JSON.stringify(logic).includes('$');
    const segment = { logic, inFlags: isReplaceable ? reference(name, logic) : logic, reasons: [...notes.reasons] };
    this.#segments.set(name, segment);
    return segment;
  }
}

/** What turns up while one flag or segment is compiled, each thing once. */
class Notes {
  readonly reasons = new Set<string>();
  readonly warnings = new Map<string, Warning>();
  readonly segments = new Set<string>();

  warn(warning: Warning): void {
    this.warnings.set(`${warning.key} ${warning.message}`, warning);
  }

  /** Refuses what is too large, and keeps nothing of what is refused: whatever refers to it stays small. */
  keep(logic: Logic, place: string): Logic {
    const { size, depth } = measure(logic);
    if (size > MAX_SIZE) this.reasons.add(`${place}its JSON would be longer than ${MAX_SIZE} characters`);
    if (depth > MAX_DEPTH) this.reasons.add(`${place}its JSON would nest deeper than ${MAX_DEPTH}`);
    if (this.reasons.size === 0) return logic;
    this.segments.clear();
    return false;
  }
}
