/** What a keyword of the schemas has to say to the author of a file that fails it. */
import { backticked } from './excerpt.js';
import type { ProblemCode } from './problem.js';
import { nearest } from './suggest.js';

/** The schema that a value failed, as far as messages use it. */
export interface FailedSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Keyword to problem code, where the keyword's own code is too general. */
  readonly 'x-problem'?: Readonly<Record<string, ProblemCode>>;
  readonly 'x-fix'?: string;
  /** Begins with `must`; editors show it too. */
  readonly errorMessage?: string;
  /** Begins with `must`; editors show it too. */
  readonly patternErrorMessage?: string;
}

/** An error as the generated validators tell it: Ajv's, with `verbose`. */
export interface SchemaError {
  readonly keyword: string;
  /** The failing node as a JSON Pointer, RFC 6901. */
  readonly instancePath: string;
  /** There when the key, and not its value, failed. */
  readonly propertyName?: string;
  /** What the keyword adds: a limit, the name of a missing or an unknown key. */
  readonly params: Readonly<Record<string, string | number | undefined>>;
  readonly parentSchema: FailedSchema;
  readonly data: unknown;
}

/** @public The generated validators use it. A generated validator: whether a value fits, and after each call that says no, why. */
export interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}

/** One failure of one keyword. */
export interface Failure extends Pick<SchemaError, 'data' | 'params'> {
  /** The failing node in words: "`hold`", "entry 3 of `rules`". */
  readonly subject: string;
  readonly schema: FailedSchema;
}

/** The text of a problem. `found` is left out where it is the value itself. */
export interface Wording {
  readonly message: string;
  readonly found?: string;
  readonly expected: string;
  readonly fix: string;
}

interface Keyword {
  /** The problem's code where the schema's `x-problem` names no other. */
  readonly code: ProblemCode;
  readonly say: (failure: Failure) => Wording;
}

/** Every keyword that may fail, the most telling first: of several failures at one place the first is reported. */
export const keywords: Readonly<Record<string, Keyword>> = {
  type: { code: 'wrong-type', say: sayType },
  enum: { code: 'invalid-value', say: sayEnum },
  not: { code: 'invalid-value', say: (failure) => must(failure, failure.schema.errorMessage, 'change or remove it') },
  additionalProperties: { code: 'unknown-key', say: sayUnknownKey },
  required: { code: 'missing-key', say: sayMissingKey },
  dependencies: { code: 'missing-key', say: sayMissingKey },
  minimum: { code: 'out-of-range', say: sayRange },
  maximum: { code: 'out-of-range', say: sayRange },
  minItems: { code: 'out-of-range', say: (failure) => sayTooFew(failure, 'a list with an entry') },
  minProperties: { code: 'out-of-range', say: (failure) => sayTooFew(failure, 'a map with an entry') },
  maxItems: { code: 'list-too-long', say: (failure) => sayTooMany(failure, 'entries') },
  maxProperties: { code: 'out-of-range', say: (failure) => sayTooMany(failure, 'entries') },
  minLength: { code: 'out-of-range', say: (failure) => sayTooFew(failure, 'a string with a character') },
  maxLength: { code: 'out-of-range', say: (failure) => sayTooMany(failure, 'characters') },
  pattern: { code: 'invalid-value', say: (failure) => must(failure, failure.schema.patternErrorMessage) },
  format: { code: 'invalid-value', say: (failure) => must(failure, failure.schema.errorMessage) },
  uniqueItems: { code: 'invalid-value', say: sayTwice },
};

const typeNames: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  string: ['a string'],
  number: ['a number'],
  integer: ['a whole number'],
  array: ['a list'],
  object: ['a map'],
  null: ['null'],
};

function must(failure: Failure, rule = 'must be something else', fix?: string): Wording {
  const expected = rule.replace(/^must (be |have )?/, '');
  return { message: `${failure.subject} ${rule}`, expected, fix: fix ?? `write ${expected}` };
}

function sayType(failure: Failure): Wording {
  if (failure.schema.errorMessage !== undefined) return must(failure, failure.schema.errorMessage);
  const types = [failure.schema.type ?? []].flat();
  const expected = listed(types.flatMap((type) => typeNames[type] ?? type));
  const isBareScalar = typeof failure.data === 'number' || typeof failure.data === 'boolean';
  const quoted = isBareScalar && types.includes('string') ? `quote it: "${String(failure.data)}"` : undefined;
  return must(failure, `must be ${expected}`, quoted ?? sayUnquoted(failure.data, types));
}

/** For a number or a boolean that quotes or a percent sign made a string. */
function sayUnquoted(data: unknown, types: readonly string[]): string | undefined {
  if (typeof data !== 'string') return undefined;
  if (types.includes('boolean') && /^(true|false)$/.test(data)) return `remove the quotes: ${data}`;
  const number = /^-?[0-9]{1,15}(\.[0-9]{1,15})?(?=%?$)/.exec(data)?.[0];
  if (number === undefined || !(types.includes('number') || types.includes('integer'))) return undefined;
  return `write the number alone: ${number}`;
}

function sayEnum(failure: Failure): Wording {
  const allowed = (failure.schema.enum ?? []).map(String);
  const canGuess = allowed.length > 1 && typeof failure.data === 'string';
  const near = canGuess ? nearest(failure.data, allowed) : undefined;
  const wording = must(failure, `must be ${listed(allowed.map(backticked))}`);
  if (near === undefined) return wording;
  return {
    ...wording,
    message: `${wording.message}; did you mean ${backticked(near)}?`,
    fix: `write ${backticked(near)}`,
  };
}

function sayUnknownKey({ params, schema, data }: Failure): Wording {
  const key = String(params['additionalProperty']);
  const known = Object.keys(schema.properties ?? {});
  const near = suggestedKey(key, schema, data);
  return {
    message: `unknown key ${backticked(key)}${near === undefined ? '' : `; did you mean ${backticked(near)}?`}`,
    found: backticked(key),
    expected: listed(known.map(backticked)),
    fix: near === undefined ? 'remove it, or put it where it belongs' : `rename it to ${backticked(near)}`,
  };
}

/** The known key that an unknown one probably stands for; never one that is there already. */
export function suggestedKey(key: string, schema: FailedSchema, data: unknown): string | undefined {
  const known = Object.keys(schema.properties ?? {});
  const isMap = typeof data === 'object' && data !== null;
  return nearest(key, isMap ? known.filter((name) => !Object.hasOwn(data, name)) : known);
}

function sayMissingKey(failure: Failure): Wording {
  const key = backticked(String(failure.params['missingProperty']));
  // A schema that words it itself asks for one of two keys.
  if (failure.schema.errorMessage !== undefined) {
    return { ...must(failure, failure.schema.errorMessage, `add ${key}`), found: 'neither' };
  }
  const owner = failure.params['property'];
  const why = owner === undefined ? '' : `, which ${backticked(String(owner))} needs`;
  return {
    message: `${failure.subject} lacks the key ${key}${why}`,
    found: `no ${key}`,
    expected: `the key ${key}`,
    fix: `add ${key}`,
  };
}

function sayRange(failure: Failure): Wording {
  const { minimum, maximum } = failure.schema;
  if (maximum === undefined) return must(failure, `must be a number of at least ${minimum}`);
  return must(failure, `must be a number from ${minimum} to ${maximum}`);
}

function sayTooFew(failure: Failure, expected: string): Wording {
  return { message: `${failure.subject} must not be empty`, expected, fix: 'fill it in, or remove it' };
}

function sayTooMany(failure: Failure, unit: string): Wording {
  const size =
    typeof failure.data === 'string' ? Array.from(failure.data).length : Object.keys(Object(failure.data)).length;
  const limit = Number(failure.params['limit']).toLocaleString('en');
  const wording = must(failure, `must have at most ${limit} ${unit}`, 'shorten it');
  return { ...wording, found: `${size.toLocaleString('en')} ${unit}` };
}

function sayTwice({ subject, params }: Failure): Wording {
  const places = [params['i'], params['j']].map((index) => Number(index) + 1).sort((a, b) => a - b);
  return {
    message: `${subject} has one entry twice: entries ${places.join(' and ')} are equal`,
    expected: 'each entry once',
    fix: 'remove one of the two',
  };
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}
