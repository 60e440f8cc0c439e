/** A ruleset as flagd's flag definition: each flag with exactly the engine's meaning, or left out with the reasons. */
import { variantsOf, type JsonValue, type Plan, type Ruleset } from '../../provider/engine/index.js';
import { FLAGD_SCHEMA, type FlagdDefinition, type FlagdFlag } from './definition.js';
import { DecisionCompiler, type Decision, type Warning } from './decision.js';
import type { Logic } from './logic.js';

/** What {@link compileToFlagd} gives. */
export interface FlagdCompilation {
  readonly flagd: FlagdDefinition;
  /** The flags that are left out, each with every reason in words. */
  readonly inexpressible: readonly { readonly key: string; readonly reasons: readonly string[] }[];
  /** What differs in some contexts, or in some of flagd's implementations, of flags that are not left out. */
  readonly warnings: readonly Warning[];
}

/**
 * Compiles one environment of a ruleset to flagd's format. Evaluated by `@openfeature/flagd-core`, each flag in it
 * gives every context of JSON values and dates the engine's variant, with two exceptions: JavaScript's flagd hashes
 * keys that are not ASCII differently, and accepts a version of 257 characters. Reasons are flagd's own.
 * @throws RangeError for an environment that the policy does not have
 */
export function compileToFlagd(ruleset: Ruleset, environment: string): FlagdCompilation {
  const compiler = new DecisionCompiler(ruleset.documents, ruleset.plans(environment));
  const compiled = [...ruleset.plans(environment)].map(([key, plan]) => {
    const decision = compiler.decide(key);
    return { key, plan, decision, reasons: [...valueProblems(plan), ...decision.reasons] };
  });
  const expressed = compiled.filter(({ reasons }) => reasons.length === 0);
  const flags = expressed.map(({ key, plan, decision }) => [key, compileFlag(plan, decision, environment)] as const);
  const evaluators = compiler.evaluators(expressed.map(({ key }) => key));
  const { flagSetId, revision } = ruleset.snapshot(environment);
  const flagd: FlagdDefinition = {
    $schema: FLAGD_SCHEMA,
    metadata: { flagSetId, version: revision },
    flags: Object.fromEntries(flags),
    ...(evaluators.size === 0 ? {} : { $evaluators: Object.fromEntries(evaluators) }),
  };
  return {
    flagd,
    inexpressible: compiled.flatMap(({ key, reasons }) => (reasons.length === 0 ? [] : [{ key, reasons }])),
    warnings: expressed.flatMap(({ key, decision }) => decision.warnings.map((warning) => inFlag(key, warning))),
  };
}

function inFlag(key: string, warning: Warning): Warning {
  return warning.key === key ? warning : { key, message: `prerequisite ${warning.key}: ${warning.message}` };
}

function compileFlag({ document, defaultVariant }: Plan, { logic }: Decision, environment: string): FlagdFlag {
  const { owner, type, riskTier } = document;
  const variants = Object.fromEntries(variantsOf(document));
  const metadata = { owner, type, riskTier, environment };
  if (isConstant(logic)) return { state: 'ENABLED', variants, defaultVariant: logic ?? defaultVariant, metadata };
  return { state: 'ENABLED', variants, defaultVariant, targeting: logic, metadata };
}

/** Whether every context gets the same. */
function isConstant(logic: Logic): logic is string | null {
  return typeof logic === 'string' || logic === null;
}

function valueProblems({ document }: Plan): readonly string[] {
  const variants = [...variantsOf(document)];
  const lists = variants.filter(([, value]) => Array.isArray(value)).map(([name]) => JSON.stringify(name));
  const references = variants
    .filter(([name, value]) => hasReference({ [name]: value }))
    .map(([name]) => JSON.stringify(name));
  const names = variants.filter(([name]) => !/^.+$/u.test(name)).map(([name]) => JSON.stringify(name));
  return [
    ...lists.map((name) => `the variant ${name} is a list: flagd's object values are JSON objects`),
    ...references.map(
      (name) => `the variant ${name} has \`$ref\` as a name or key: flagd would put an evaluator there`,
    ),
    ...names.map((name) => `the variant ${name} has a line break in its name: flagd's schema refuses it`),
  ];
}

function hasReference(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '$ref') || Object.values(value).some((inner) => hasReference(inner));
}
