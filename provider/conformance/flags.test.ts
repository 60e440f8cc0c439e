import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationContext, FlagDocument, Ruleset } from '../engine/index.js';
import { readDirectory } from '../repository/directory.js';
import { load } from '../repository/index.js';
import { ENVIRONMENT, flagsFolder } from './provider-states.js';
import { isSpecificationThere, specificationFolder, SPECIFICATION_PATH } from './scenarios.js';

/** A flag as `test-flags.json` has it. */
interface SpecificationFlag {
  readonly variants: FlagDocument['variants'];
  readonly defaultVariant?: string | null;
  readonly disabled?: boolean;
  readonly contextEvaluator?: string;
}

/** Asked for by a scenario of the deprecated `evaluation.feature`, but no longer in `test-flags.json`. */
const FORGOTTEN = 'context-aware';

let ruleset: Ruleset;
let warnings: readonly string[];

beforeAll(async () => {
  const result = await load(await readDirectory(flagsFolder));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  ({ ruleset } = result.loaded);
  warnings = result.warnings.map(({ code }) => code);
});

describe.skipIf(!isSpecificationThere)(`the flags of ${SPECIFICATION_PATH}/test-flags.json, in our format`, () => {
  const read = (): [string, SpecificationFlag][] =>
    Object.entries(JSON.parse(readFileSync(new URL('test-flags.json', specificationFolder), 'utf8')) as object);
  const flags = isSpecificationThere ? read() : [];

  it('are all there', () => {
    expect([...ruleset.documents.flags.keys()].sort()).toEqual([...flags.map(([key]) => key), FORGOTTEN].sort());
    expect(new Set(warnings)).toEqual(new Set(['default-null']));
  });

  it.each(flags)('%s', (key, { variants, defaultVariant = null, disabled = false, contextEvaluator }) => {
    const flag = ruleset.documents.flags.get(key)?.read();
    const environment = flag?.environments?.[ENVIRONMENT];
    expect(flag?.variants).toEqual(variants);
    // Of a disabled flag the specification wants the caller's value, whatever its default variant.
    expect(flag?.default).toBe(disabled ? null : defaultVariant);
    expect(environment?.enabled).toBe(!disabled);
    expect(environment?.rules?.length ?? 0).toBe(contextEvaluator === undefined ? 0 : 1);
    expect(environment?.rollout).toBeUndefined();
  });
});

describe('targeting', () => {
  const ballmer = { email: 'ballmer@macrosoft.com', age: 65 };
  // complex-targeted: !customer && email == 'ballmer@macrosoft.com' && age > 10 ? 'internal' : ''
  const rows: [string, EvaluationContext, string | undefined, string][] = [
    ['complex-targeted', { ...ballmer, customer: false }, 'internal', 'TARGETING_MATCH'],
    ['complex-targeted', ballmer, 'internal', 'TARGETING_MATCH'],
    ['complex-targeted', { ...ballmer, customer: null }, 'internal', 'TARGETING_MATCH'],
    ['complex-targeted', { ...ballmer, customer: 0 }, 'internal', 'TARGETING_MATCH'],
    ['complex-targeted', { ...ballmer, customer: '' }, 'internal', 'TARGETING_MATCH'],
    ['complex-targeted', { ...ballmer, age: 10.5 }, 'internal', 'TARGETING_MATCH'],
    ['complex-targeted', { ...ballmer, customer: true }, 'external', 'DEFAULT'],
    ['complex-targeted', { ...ballmer, customer: 'yes' }, 'external', 'DEFAULT'],
    ['complex-targeted', { ...ballmer, age: 10 }, 'external', 'DEFAULT'],
    ['complex-targeted', { email: ballmer.email }, 'external', 'DEFAULT'],
    ['complex-targeted', { age: 65 }, 'external', 'DEFAULT'],
    ['complex-targeted', { ...ballmer, email: 'gates@macrosoft.com' }, 'external', 'DEFAULT'],
    ['complex-targeted', {}, 'external', 'DEFAULT'],
    ['null-default-flag', {}, undefined, 'DEFAULT'],
    ['undefined-default-flag', {}, undefined, 'DEFAULT'],
  ];
  it.each(rows)('%s for %j', (key, context, variant, reason) => {
    const evaluation = ruleset.snapshot(ENVIRONMENT).evaluate(key, context);
    expect([evaluation.variant, evaluation.reason]).toEqual([variant, reason]);
  });
});
