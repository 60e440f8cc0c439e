/** Documents against the JSON Schemas of `schema/`, whose validators are compiled when the package is built. */
import { backticked, excerpt } from './excerpt.js';
import type { Pointer, UnplacedProblem } from './problem.js';
import { checkedBy, validators } from './validators.generated.js';
import { type SchemaError, type Validator, keywords, suggestedKey } from './wording.js';

/** Names the rules that documents are held against: the version of guidon and the digest of its schemas. */
export { checkedBy };

/** The kinds of file that have a schema. */
export type DocumentKind = keyof typeof validators;

/** A file with more is broken as a whole; an author mends the first and looks again. */
const MAX_PROBLEMS = 100;
/** Most telling first. */
const ranking = Object.keys(keywords);

/** A place of a document that failed: the node, or one of its keys. */
interface Place {
  readonly pointer: Pointer;
  readonly at: 'key' | 'value';
}

/**
 * All problems that the shape of a parsed document has: one for each place and cause, at most 100, in no particular order;
 * none when it has the type that `engine/documents.ts` gives this kind. What several files say together is not looked at.
 */
export function validate(kind: DocumentKind, file: string, value: unknown): UnplacedProblem[] {
  return validateWith(validators[kind], file, value);
}

/** As {@link validate}, by a validator that scripts/tools/compile-schemas.mjs generated elsewhere. */
export function validateWith(check: Validator, file: string, value: unknown): UnplacedProblem[] {
  if (check(value)) return [];
  const errors = distinct(check.errors ?? []);
  const problems = withoutEchoes(errors.slice(0, MAX_PROBLEMS)).map((error) => problemOf(error, file, value));
  return errors.length > MAX_PROBLEMS ? tellRest(problems, errors.length - MAX_PROBLEMS) : problems;
}

/** Of the errors of one place and cause the most telling. */
function distinct(errors: readonly SchemaError[]): SchemaError[] {
  const kept = new Map<string, SchemaError>();
  for (const error of errors) {
    // `if` and `propertyNames` fail only where a keyword within them failed.
    if (!Object.hasOwn(keywords, error.keyword)) continue;
    const cause = causeOf(error);
    const other = kept.get(cause);
    if (other === undefined || rank(error) < rank(other)) kept.set(cause, error);
  }
  return [...kept.values()];
}

/** Without the missing keys that are there under a misspelt name: those are no second problem. */
function withoutEchoes(errors: readonly SchemaError[]): SchemaError[] {
  const echoes = new Set(errors.flatMap(meantKey));
  return errors.filter((error) => !echoes.has(causeOf(error)));
}

function rank(error: SchemaError): number {
  return ranking.indexOf(error.keyword);
}

/** Equal for errors about the same thing: the node, or a certain key of it, there or missing. */
function causeOf({ instancePath, propertyName, params }: SchemaError): string {
  const missing = params['missingProperty'];
  if (missing !== undefined) return JSON.stringify([instancePath, 'missing', missing]);
  const key = propertyName ?? params['additionalProperty'];
  return JSON.stringify(key === undefined ? [instancePath] : [instancePath, 'key', key]);
}

/** For a misspelt key the cause of the error that the key it stands for is missing. */
function meantKey(error: SchemaError): string[] {
  if (error.keyword !== 'additionalProperties') return [];
  const meant = suggestedKey(String(error.params['additionalProperty']), error.parentSchema, error.data);
  return meant === undefined ? [] : [causeOf({ ...error, params: { missingProperty: meant } })];
}

function problemOf(error: SchemaError, file: string, document: unknown): UnplacedProblem {
  const place = placeOf(error, document);
  const keyword = keywords[error.keyword];
  if (keyword === undefined) throw new Error(`The schemas use a keyword without a message: ${error.keyword}`);
  const schema = error.parentSchema;
  const wording = keyword.say({ subject: subjectOf(place), data: error.data, schema, params: error.params });
  return {
    code: schema['x-problem']?.[error.keyword] ?? keyword.code,
    file,
    ...place,
    message: wording.message,
    found: wording.found ?? excerpt(error.data),
    expected: wording.expected,
    fix: schema['x-fix'] ?? wording.fix,
  };
}

function placeOf({ instancePath, propertyName, params }: SchemaError, document: unknown): Place {
  const key = propertyName ?? params['additionalProperty'];
  const pointer = pointerOf(instancePath, document);
  return key === undefined ? { pointer, at: 'value' } : { pointer: [...pointer, key], at: 'key' };
}

/** A JSON Pointer (RFC 6901) as steps; the document tells list indices from keys that look like one. */
function pointerOf(path: string, document: unknown): (string | number)[] {
  let node = document;
  return path
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const isIndex = Array.isArray(node);
      node = typeof node === 'object' && node !== null && Object.hasOwn(node, key) ? Reflect.get(node, key) : undefined;
      return isIndex ? Number(key) : key;
    });
}

/** A place in words. */
function subjectOf({ pointer, at }: Place): string {
  const last = pointer.at(-1);
  if (last === undefined) return 'the file';
  if (typeof last === 'string') return at === 'key' ? `the key ${backticked(last)}` : backticked(last);
  const list = pointer.findLast((step) => typeof step === 'string');
  return list === undefined ? `entry ${last + 1}` : `entry ${last + 1} of ${backticked(list)}`;
}

/** The same problems; the last of them says how many there are besides. */
function tellRest(problems: readonly UnplacedProblem[], rest: number): UnplacedProblem[] {
  const note = `then look again: ${rest.toLocaleString('en')} more problems of this file are not shown`;
  return problems.map((problem, index) =>
    index < problems.length - 1 ? problem : { ...problem, fix: `${problem.fix ?? 'correct it'}; ${note}` },
  );
}
