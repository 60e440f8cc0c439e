/** The cases of `*.cases.yaml`, held against the ruleset that they stand beside. */
import { isDeepStrictEqual } from 'node:util';
import { explain, type CaseDocument, type Explanation, type Ruleset } from '../provider/engine/index.js';
import { excerpt, type LoadedRepository, type UnplacedProblem } from '../provider/repository/index.js';
import { deciderOf } from './decision.js';

type Expectation = CaseDocument['expect'];

/** What a flag that is off says, and one that needs such a flag: a kill must not wait for cases to be written anew. */
const OFF: ReadonlySet<string> = new Set(['DISABLED', 'PREREQUISITE_FAILED']);

/**
 * The cases that got something else; of several differences the first is told in full. A warning where the flag is off:
 * cases tell what it does when it is on.
 */
export function failedCases({ ruleset, files }: LoadedRepository): readonly UnplacedProblem[] {
  return [...files.values()].flatMap((file) => {
    const { path, place } = file;
    if (place.kind !== 'cases') return [];
    const cases = file.read() as unknown as readonly CaseDocument[];
    return cases.flatMap((one, index) => failureOf(ruleset, place.name, one, { file: path, index }));
  });
}

/** How many cases there are. */
export function countCases({ cases }: LoadedRepository): number {
  return [...cases.values()].reduce((count, stored) => count + stored.read().length, 0);
}

interface CasePlace {
  readonly file: string;
  readonly index: number;
}

function failureOf(
  ruleset: Ruleset,
  key: string,
  { name, environment, context, expect }: CaseDocument,
  { file, index }: CasePlace,
): readonly UnplacedProblem[] {
  const explanation = explain(ruleset, environment, key, context);
  const got = resultOf(explanation);
  const expected = normalised(expect);
  const fields = Object.keys(expected) as (keyof Expectation)[];
  const wrong = fields.filter((field) => !isDeepStrictEqual(got[field], expected[field]));
  const [first] = wrong;
  if (first === undefined) return [];
  const isOff = OFF.has(explanation.evaluation.reason);
  return [
    {
      code: 'case-failed',
      severity: isOff ? 'warning' : 'error',
      file,
      pointer: [index, 'expect', first],
      message: `the case \`${name}\` in ${environment} got another ${listed(wrong)} than it expects`,
      found: `${told(got, ['variant', 'value', 'reason', 'rule', 'stage'])}; ${deciderOf(explanation)} decided`,
      expected: told(expected, fields),
      fix: isOff
        ? 'nothing while the flag is off; else enable it, or expect what it serves'
        : `correct the flag or the case; \`flagctl explain ${key} --env ${environment}\` shows each step`,
    },
  ];
}

/** What the evaluation gave, in the terms of an expectation; no variant is null. */
function resultOf({
  evaluation: { variant, value, reason, flagMetadata },
}: Explanation): Record<keyof Expectation, unknown> {
  return { variant: variant ?? null, value, reason, rule: flagMetadata['rule'], stage: flagMetadata['stage'] };
}

function normalised(expect: Expectation): Partial<Record<keyof Expectation, unknown>> {
  return typeof expect.variant === 'boolean' ? { ...expect, variant: String(expect.variant) } : { ...expect };
}

function told(result: Partial<Record<keyof Expectation, unknown>>, fields: readonly (keyof Expectation)[]): string {
  return fields
    .filter((field) => result[field] !== undefined)
    .map((field) => `${field} ${excerpt(result[field])}`)
    .join(', ');
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
