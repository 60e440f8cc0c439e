/**
 * The shapes of the files under `flags/`, as the JSON schemas in `schema/` admit them.
 *
 * Mapping keys are always strings (`true:` in a file is the key `"true"`), and no mapping has the
 * key `__proto__`: `repository/parse.ts` sees to both.
 */
import type { PolicyDocument } from './policy-document.js';

export type * from './policy-document.js';

/** Everything a file can hold. Numbers are finite; integers lie within ±(2^53 − 1). */
export type JsonValue = boolean | string | number | null | JsonObject | readonly JsonValue[];
/** A mapping of a file. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
/** What operators compare with. */
export type Scalar = string | number | boolean;
/** The name of a variant; `true` and `false` stand for `"true"` and `"false"`. */
export type VariantName = string | boolean;

/** What a flag is for; decides which governance rules apply. */
export type FlagType = 'release' | 'ops' | 'experiment' | 'permission';
/** How much control a change of the flag needs. */
export type RiskTier = 'low' | 'medium' | 'high';

/** `flags/<team>/<domain>/<purpose>.yaml` */
export interface FlagDocument {
  readonly key: string;
  readonly type: FlagType;
  readonly owner: string;
  readonly riskTier: RiskTier;
  /** `YYYY-MM-DD` or `never`. */
  readonly expiresAt: string;
  readonly description: string;
  readonly runbook?: string;
  /** Absent only in a boolean flag without `variants`; `null` is the default in the caller's code. */
  readonly default?: VariantName | null;
  readonly variants?: { readonly [name: string]: JsonValue };
  readonly prerequisites?: { readonly [flagKey: string]: VariantName };
  readonly bucketBy?: string;
  readonly salt?: string;
  readonly environments?: { readonly [name: string]: EnvironmentDocument };
}

/** A flag's state in one environment. */
export interface EnvironmentDocument {
  readonly enabled: boolean;
  readonly rules?: readonly RuleDocument[];
  readonly rollout?: RolloutDocument;
}

/** One targeting rule; has exactly one of `serve` and `rollout`. */
export interface RuleDocument {
  readonly name: string;
  readonly when: ConditionDocument;
  readonly serve?: VariantName;
  readonly rollout?: number | WeightsDocument;
}

/** Variant name to percentage, 0 to 100. */
export interface WeightsDocument {
  readonly [variant: string]: number;
}

/** What everybody gets whom no rule matched: a percentage, percentages by variant, or a staged plan. */
export type RolloutDocument = number | WeightsDocument | PlanDocument;

/** A staged rollout. It is told from weights by its `stages`, a list. */
export interface PlanDocument {
  /** A stage's name, or `off` before the first. */
  readonly stage: string;
  readonly to?: VariantName;
  readonly guardrails?: readonly string[];
  readonly stages: readonly StageDocument[];
}

/** One stage; has exactly one of `segment` and `percent`. */
export interface StageDocument {
  readonly name: string;
  readonly segment?: string;
  readonly percent?: number;
  /** How long the stage must hold before the next: `30m`, `2h`, `1d`. */
  readonly hold?: string;
}

/** A `when`: every entry must hold. Keys other than these four are attribute paths. */
export interface ConditionDocument {
  readonly segment?: string | readonly string[];
  readonly any?: readonly ConditionDocument[];
  readonly all?: readonly ConditionDocument[];
  readonly not?: ConditionDocument;
  readonly [attribute: string]:
    JsonValue | OperatorsDocument | ConditionDocument | readonly ConditionDocument[] | undefined;
}

/** Operators on one attribute; every one must hold. */
export interface OperatorsDocument {
  readonly equals?: Scalar;
  readonly in?: readonly Scalar[];
  readonly notIn?: readonly Scalar[];
  readonly startsWith?: string | readonly string[];
  readonly endsWith?: string | readonly string[];
  readonly contains?: Scalar | readonly Scalar[];
  readonly matches?: string;
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
  readonly before?: string;
  readonly after?: string;
  readonly semver?: string;
  readonly exists?: boolean;
}

/** `flags/segments/<name>.yaml` */
export interface SegmentDocument {
  readonly owner: string;
  readonly description: string;
  readonly when: ConditionDocument;
}

/** `flags/guardrails/<name>.yaml` */
export interface GuardrailDocument {
  readonly owner: string;
  readonly description: string;
  readonly query: string;
  readonly max?: number;
  readonly min?: number;
  readonly interval: string;
  readonly failureLimit?: number;
  readonly minSamples?: number;
  readonly onNoData?: 'hold' | 'fail' | 'pass';
}

/** An entry of `flags/retired.yaml`, a list. */
export interface RetiredEntry {
  readonly key: string;
  readonly retiredAt: string;
  readonly reason: string;
}

/** A `*.cases.yaml`: a list of contexts and what they must get. */
export interface CaseDocument {
  readonly name: string;
  readonly environment: string;
  readonly context: JsonObject;
  readonly expect: {
    readonly variant?: VariantName | null;
    readonly value?: JsonValue;
    readonly reason?: string;
    readonly rule?: string;
    readonly stage?: string;
  };
}

/** A document kept in whatever form its owner likes. The same object always reads the same content. */
export interface Stored<T> {
  /** The document, made anew at each call or not. */
  read(): T;
}

/** What a flag or a segment refers to: known without reading it, since every change asks who is concerned. */
export interface References {
  /** The segments, one list for each environment and with every repetition; of a segment one list. */
  readonly segments: readonly (readonly string[])[];
  readonly prerequisites: readonly string[];
}

/** The references of what refers to nothing: one object, for there may be ten thousand of them. */
export const NO_REFERENCES: References = Object.freeze({ segments: [], prerequisites: [] });

/** A flag or a segment, stored. */
export interface StoredReferrer<T> extends Stored<T> {
  readonly references: References;
}

/** All that one revision of a flag repository says, by name. */
export interface Documents {
  readonly policy: PolicyDocument;
  readonly flags: ReadonlyMap<string, StoredReferrer<FlagDocument>>;
  readonly segments: ReadonlyMap<string, StoredReferrer<SegmentDocument>>;
  readonly guardrails: ReadonlyMap<string, Stored<GuardrailDocument>>;
  readonly retired: readonly RetiredEntry[];
}
