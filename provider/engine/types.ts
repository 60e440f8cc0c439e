/** What evaluating a flag takes and gives. Reasons and error codes are OpenFeature's, spelled here as plain strings. */
import type { JsonValue } from './documents.js';

/** The attributes of one evaluation. Only own properties are read. */
export type EvaluationContext = Readonly<Record<string, unknown>>;

/** The kind of value that all variants of a flag share; a list counts as an object. */
export type ValueKind = 'boolean' | 'string' | 'number' | 'object';

/** Why a flag has the value it has: the table "What an evaluation says" of the flag format. */
export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'PREREQUISITE_FAILED';

/** Why a flag has no value. */
export type ErrorCode = 'FLAG_NOT_FOUND' | 'TYPE_MISMATCH' | 'PROVIDER_NOT_READY' | 'GENERAL';

/** Flat facts about a result; `version` is the commit, or in a directory the digest. */
export interface FlagMetadata {
  readonly [name: string]: string | number | boolean;
}

/** A result with a value. `value` and `variant` are absent only where a flag with `default: null` serves its default. */
export interface Resolved {
  readonly value: JsonValue | undefined;
  readonly variant: string | undefined;
  readonly reason: Reason;
  readonly flagMetadata: FlagMetadata;
  readonly errorCode?: undefined;
}

/** A result without a value: the caller's default serves. */
export interface Failed {
  readonly value: undefined;
  readonly variant?: undefined;
  readonly reason: 'ERROR';
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
  readonly flagMetadata: FlagMetadata;
}

/** What one evaluation says. */
export type Evaluation = Resolved | Failed;

/** Where a ruleset comes from. */
export interface Revision {
  /** A commit's full hash, or `sha256:` and the digest of a directory. */
  readonly id: string;
  /** The repository's name; with the environment it makes the flag set's id. */
  readonly repository: string;
}
