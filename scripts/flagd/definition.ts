/** flagd's flag definitions: https://flagd.dev/reference/flag-definitions/ */
import type { JsonValue } from '../../provider/engine/index.js';
import type { Logic } from './logic.js';

/** Where flagd publishes the JSON schema of a definition. */
export const FLAGD_SCHEMA = 'https://flagd.dev/schema/v0/flags.json';

/** One flag. Without `targeting`, and where that gives null, `defaultVariant` serves; where it is null, the caller's default. */
export interface FlagdFlag {
  /** `DISABLED` would serve the caller's default and not the flag's, so it is never used. */
  readonly state: 'ENABLED';
  readonly variants: Readonly<Record<string, JsonValue>>;
  readonly defaultVariant: string | null;
  /** Gives a variant's name or null. */
  readonly targeting?: Logic;
  readonly metadata: FlagdMetadata;
}

/** Flat facts that results carry. */
export type FlagdMetadata = Readonly<Record<string, string | number | boolean>>;

/** A whole definition. flagd puts an evaluator's body wherever `{"$ref": name}` stands, once: bodies hold no references. */
export interface FlagdDefinition {
  readonly $schema: string;
  readonly metadata: FlagdMetadata;
  readonly flags: Readonly<Record<string, FlagdFlag>>;
  readonly $evaluators?: Readonly<Record<string, Logic>>;
}
