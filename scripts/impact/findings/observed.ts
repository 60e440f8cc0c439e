/** What a replay sees beside who moves: of the rules of the change, and of the attributes that they read. */

/** A rule of a flag, or a stage's segment, as the merge result has it. */
export interface ObservedRule {
  readonly key: string;
  readonly environment: string;
  readonly name: string;
  readonly kind: 'rule' | 'stage';
  /** Contexts whose result it decided. */
  readonly hits: number;
  /** Contexts that its condition holds for, whoever decided; exact where `hits` is 0. */
  readonly matches: number;
  /** Where `hits` is 0, who decided for the contexts that it holds for: by name, or `prerequisites`. */
  readonly takenBy: ReadonlyMap<string, number>;
}

/** What kinds of values there are under an attribute path. */
export type AttributeKind = 'string' | 'number' | 'boolean' | 'date' | 'list' | 'object' | 'null' | 'missing';

/** An attribute that a flag of the change reads at the base or in the merge result, in any environment. */
export interface ObservedAttribute {
  readonly path: string;
  /** How many contexts have what kind of value. */
  readonly kinds: Readonly<Record<AttributeKind, number>>;
  /** How many have a value that is a keyed hash. */
  readonly hashed: number;
}
