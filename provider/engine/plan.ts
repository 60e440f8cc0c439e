/** A flag in one environment, compiled: disabled, then prerequisites, then rules, then rollout; first match wins. */
import { compileCondition, type Predicate } from './condition.js';
import type {
  EnvironmentDocument,
  FlagDocument,
  JsonValue,
  RuleDocument,
  SegmentDocument,
  Stored,
  StoredReferrer,
} from './documents.js';
import type { Makers } from './makers.js';
import { OutcomeTable, type Decide, type Outcome } from './outcome.js';
import { compilePlan, compileShares, isPlan, liveShares, type RolloutFlag } from './rollout.js';
import type { ValueKind } from './types.js';
import { defaultVariantOf, kindOf, variantsOf } from './variants.js';

/** A segment, compiled, and the segments it is made of. */
export interface CompiledSegment {
  readonly stored: Stored<SegmentDocument>;
  readonly test: Predicate;
  readonly segments: ReadonlyMap<string, CompiledSegment>;
}

/** A flag in one environment. Independent of the revision, so that an unchanged flag is compiled once. */
export class Plan {
  readonly kind: ValueKind;
  readonly defaultVariant: string | null;
  readonly outcomes: readonly Outcome[];
  readonly decide: Decide;
  /** What else it was compiled from; it is good for as long as these are the same. None where it is disabled. */
  readonly segments: ReadonlyMap<string, CompiledSegment>;
  readonly prerequisites: ReadonlyMap<string, Plan>;
  /** What every result of the flag carries. */
  readonly governance: Pick<FlagDocument, 'owner' | 'type' | 'riskTier'>;

  constructor(
    readonly stored: StoredReferrer<FlagDocument>,
    readonly environmentName: string,
    compiled: Omit<Plan, 'stored' | 'environmentName' | 'document' | 'environment'>,
  ) {
    this.kind = compiled.kind;
    this.defaultVariant = compiled.defaultVariant;
    this.outcomes = compiled.outcomes;
    this.decide = compiled.decide;
    this.segments = compiled.segments;
    this.prerequisites = compiled.prerequisites;
    this.governance = compiled.governance;
  }

  /** Read anew at each call: a plan that serves has no need of it. */
  get document(): FlagDocument {
    return this.stored.read();
  }

  /** The flag's state in the environment; undefined where it is disabled or absent. Read anew, as {@link document}. */
  get environment(): EnvironmentDocument | undefined {
    return enabledEnvironment(this.document, this.environmentName);
  }
}

/** Where a plan finds what its flag refers to. */
export interface PlanScope {
  readonly environment: string;
  readonly makers: Makers;
  segment(name: string): CompiledSegment;
  plan(flagKey: string): Plan;
}

/** Compiles a flag for the scope's environment. */
export function compileFlag(stored: StoredReferrer<FlagDocument>, scope: PlanScope): Plan {
  const document = stored.read();
  const variants = variantsOf(document);
  for (const value of variants.values()) deepFreeze(value);
  const segments = new Map<string, CompiledSegment>();
  const environment = enabledEnvironment(document, scope.environment);
  const needs = environment === undefined ? {} : (document.prerequisites ?? {});
  const prerequisites = new Map(Object.keys(needs).map((key) => [key, scope.plan(key)]));
  const flag: RolloutFlag = {
    document,
    variantNames: [...variants.keys()],
    defaultVariant: defaultVariantOf(document),
    table: new OutcomeTable(variants),
    makers: scope.makers,
    segment: (name) => {
      const segment = scope.segment(name);
      segments.set(name, segment);
      return segment.test;
    },
  };
  const decide =
    environment === undefined
      ? flag.table.always(flag.defaultVariant, 'DISABLED')
      : compileEnvironment(flag, environment, prerequisites);
  const { owner, type, riskTier } = document;
  return new Plan(stored, scope.environment, {
    kind: kindOf(document),
    defaultVariant: flag.defaultVariant,
    outcomes: flag.table.outcomes,
    decide,
    segments: segments.size === 0 ? NONE : segments,
    prerequisites: prerequisites.size === 0 ? NONE : prerequisites,
    governance: { owner, type, riskTier },
  });
}

/** Most flags refer to nothing, and there may be ten thousand of them. */
const NONE: ReadonlyMap<string, never> = new Map<string, never>();

function enabledEnvironment(document: FlagDocument, name: string): EnvironmentDocument | undefined {
  const { environments = {} } = document;
  const environment = Object.hasOwn(environments, name) ? environments[name] : undefined;
  return environment?.enabled === true ? environment : undefined;
}

function compileEnvironment(
  flag: RolloutFlag,
  environment: EnvironmentDocument,
  prerequisites: ReadonlyMap<string, Plan>,
): Decide {
  const rules = environment.rules ?? [];
  const isAlone = rules.length === 0 && prerequisites.size === 0;
  const rest = compileRollout(flag, environment, isAlone);
  const decide = rules.length === 0 ? rest : compileRules(flag, rules, rest);
  return prerequisites.size === 0 ? decide : compilePrerequisites(flag, prerequisites, decide);
}

function compileRollout(flag: RolloutFlag, { rollout = 0 }: EnvironmentDocument, isAlone: boolean): Decide {
  if (isPlan(rollout)) return compilePlan(flag, rollout, isAlone);
  const rest = isAlone ? 'STATIC' : 'DEFAULT';
  const shares = rollout === 0 ? [] : liveShares(flag, rollout);
  return compileShares(flag, shares, { everyone: rest, nobody: rest, unhashable: 'DEFAULT' }, {});
}

function compileRules(flag: RolloutFlag, rules: readonly RuleDocument[], rest: Decide): Decide {
  return firstMatch(
    rules.map(({ when }) => compileCondition(when, flag.segment, flag.makers.test)),
    rules.map((rule) => compileServe(flag, rule)),
    rest,
  );
}

// Here and below: a closure keeps alive whatever the function around it shares with any closure, the whole document
// too. So those that serve are made by functions that know nothing else.

function firstMatch(tests: readonly Predicate[], serves: readonly Decide[], rest: Decide): Decide {
  const [onlyTest, onlyServe] = [tests[0] as Predicate, serves[0] as Decide];
  if (tests.length === 1) return (context) => (onlyTest(context) ? onlyServe(context) : rest(context));
  return (context) => {
    for (let i = 0; i < tests.length; i++) if ((tests[i] as Predicate)(context)) return (serves[i] as Decide)(context);
    return rest(context);
  };
}

function compileServe(flag: RolloutFlag, { name, serve, rollout }: RuleDocument): Decide {
  const decider = { rule: name };
  if (serve !== undefined) return flag.table.always(String(serve), 'TARGETING_MATCH', decider);
  const shares = rollout === 0 || rollout === undefined ? [] : liveShares(flag, rollout);
  return compileShares(
    flag,
    shares,
    { everyone: 'TARGETING_MATCH', nobody: 'DEFAULT', unhashable: 'DEFAULT' },
    decider,
  );
}

function compilePrerequisites(flag: RolloutFlag, plans: ReadonlyMap<string, Plan>, decide: Decide): Decide {
  const needs = [...plans].map(([key, plan]) => ({ plan, variant: String(flag.document.prerequisites?.[key]) }));
  return ifAllMet(needs, flag.table.add(flag.defaultVariant, 'PREREQUISITE_FAILED'), decide);
}

interface Need {
  readonly plan: Plan;
  readonly variant: string;
}

function ifAllMet(needs: readonly Need[], unmet: number, decide: Decide): Decide {
  return (context) => {
    for (const { plan, variant } of needs) {
      if ((plan.outcomes[plan.decide(context)] as Outcome).variant !== variant) return unmet;
    }
    return decide(context);
  };
}

function deepFreeze(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
}
