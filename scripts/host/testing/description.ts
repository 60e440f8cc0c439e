/** GitHub's published description as a judge of requests and answers. */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Arrived, Reply } from './http-server.js';

interface Schema {
  readonly [keyword: string]: unknown;
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Content {
  readonly schema?: Schema;
  readonly example?: { readonly $ref: string } | { readonly value: unknown };
}
interface Described {
  readonly content?: { readonly 'application/json'?: Content };
}
interface Operation {
  readonly parameters?: readonly ({ readonly $ref: string } | Parameter)[];
  readonly requestBody?: Described;
  readonly responses: Readonly<Record<string, Described | { readonly $ref: string }>>;
}
interface Document {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const ID = 'github';
const document = JSON.parse(readFileSync(new URL('github-description.json', import.meta.url), 'utf8')) as Document;

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own. */
function translate(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(translate);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, translate(value)]));
  if (nullable !== true) return typeof nullable === 'object' ? { ...rest, nullable } : rest;
  return { anyOf: [rest, { type: 'null' }] };
}

const ajv = new Ajv({ strict: false });
for (const name of ['int64', 'repo.nwo', 'uri-template']) ajv.addFormat(name, true);
ajv.addFormat('uri', (text) => URL.canParse(text));
ajv.addFormat('email', /^[^@\s]+@[^@\s]+$/);
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/);
const coercing = new Ajv({ strict: false, coerceTypes: true, validateFormats: false });
// Examples stay out: they are values, not schemas.
const { examples: _, ...components } = document.components;
const translated = { $id: ID, components: translate(components) };
ajv.addSchema(translated);
coercing.addSchema(translated);

function resolve<T>(node: T | { readonly $ref: string }): T {
  if (typeof node !== 'object' || node === null || !('$ref' in node)) return node;
  const [, , kind = '', name = ''] = node.$ref.split('/');
  return document.components[kind]?.[name] as T;
}

const compiled = new Map<string, ValidateFunction>();

function compile(schema: Schema, judge: Ajv): ValidateFunction {
  const key = (judge === ajv ? '' : '~') + JSON.stringify(schema);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const made = judge.compile(JSON.parse(JSON.stringify(translate(schema)).replaceAll('"#/', `"${ID}#/`)) as Schema);
  compiled.set(key, made);
  return made;
}

function defects(schema: Schema, value: unknown, judge: Ajv = ajv): string | undefined {
  const validate = compile(schema, judge);
  return validate(value) ? undefined : judge.errorsText(validate.errors);
}

/** An operation that a request means. */
export interface Matched {
  /** `GET /repos/{owner}/{repo}/pulls`. */
  readonly route: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly operation: Operation;
}

function variablesOf(template: string, path: string): ReadonlyMap<string, string> | undefined {
  const wanted = template.split('/');
  const found = path.split('/');
  if (wanted.length !== found.length) return undefined;
  const variables = new Map<string, string>();
  for (const [index, part] of wanted.entries()) {
    const value = decodeURIComponent(found[index] ?? '');
    if (part.startsWith('{')) variables.set(part.slice(1, -1), value);
    else if (part !== value) return undefined;
  }
  return variables;
}

/** The operation of a request; undefined where the description has none. */
export function matchOperation({ method, path }: Arrived): Matched | undefined {
  for (const [template, operations] of Object.entries(document.paths)) {
    const operation = operations[method.toLowerCase()];
    const variables = variablesOf(template, path);
    if (operation && variables) return { route: `${method} ${template}`, variables, operation };
  }
  return undefined;
}

/** What is wrong with a request; undefined where the description admits it. */
export function requestDefect({ operation, route, variables }: Matched, request: Arrived): string | undefined {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve<Parameter>(parameter));
  for (const name of request.query.keys()) {
    if (!parameters.some((one) => one.in === 'query' && one.name === name))
      return `${route}: unknown parameter ${name}`;
  }
  for (const { name, in: place, required, schema } of parameters) {
    const value = place === 'path' ? variables.get(name) : (request.query.get(name) ?? undefined);
    if (place === 'header') continue;
    if (value === undefined && required === true) return `${route}: the parameter ${name} is missing`;
    const defect =
      value === undefined ? undefined : defects({ type: 'object', properties: { value: schema } }, { value }, coercing);
    if (defect !== undefined) return `${route}: the parameter ${name}=${value}: ${defect}`;
  }
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  if (schema === undefined) return request.body === undefined ? undefined : `${route}: takes no body`;
  const closed = { additionalProperties: false, ...schema };
  const defect = defects(closed, request.body);
  return defect === undefined ? undefined : `${route}: the body: ${defect}`;
}

/** What is wrong with an answer; undefined where the description admits it. */
export function answerDefect({ operation, route }: Matched, reply: Reply): string | undefined {
  const described = operation.responses[String(reply.status)];
  // Errors that the description does not list for the operation have GitHub's common form.
  if (described === undefined && reply.status < 400) return `${route}: does not answer ${reply.status}`;
  const common = { $ref: '#/components/schemas/basic-error' };
  const content = described && resolve<Described>(described).content?.['application/json'];
  const schema = described === undefined ? common : content?.schema;
  if (schema === undefined) return reply.json === undefined ? undefined : `${route}: ${reply.status} has no body`;
  const defect = defects(schema, reply.json);
  return defect === undefined ? undefined : `${route}: the answer ${reply.status}: ${defect}`;
}

/** GitHub's own example of an answer, as a copy that a test may change. */
export function exampleOf(method: string, path: string, status = 200): unknown {
  const described = resolve<Described>(document.paths[path]?.[method]?.responses[String(status)] as Described);
  const example = described.content?.['application/json']?.example;
  if (example === undefined) throw new Error(`the description has no example of ${method} ${path}`);
  return structuredClone(resolve<{ readonly value: unknown }>(example).value);
}

/** The version of @octokit/openapi that the slice was cut from. */
export const DESCRIPTION_VERSION = document.info.version;

/** The operations of the slice. */
export const OPERATIONS: readonly (readonly [method: string, path: string])[] = Object.entries(document.paths).flatMap(
  ([path, operations]) => Object.keys(operations).map((method) => [method, path] as const),
);
