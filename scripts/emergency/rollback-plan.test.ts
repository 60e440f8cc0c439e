import { describe, expect, it } from 'vitest';
import type { FlagDocument } from '../../provider/engine/index.js';
import { memoryTree } from '../../provider/repository/testing/memory-tree.js';
import { flagFiles } from '../testing/flag-repository.js';
import { findFlag, judgeEdit, parseFlag, type FlagRevision } from './flag-revision.js';
import type { EarlierFlag } from './history.js';
import type { EditPlan } from './plan.js';
import { planRollback } from './rollback-plan.js';

const SEARCH = 'platform.web.search';
const BANNER = 'platform.web.banner';
const fileOf = (key: string) => `flags/${key.replaceAll('.', '/')}.yaml`;
const textOf = (key: string) => flagFiles[fileOf(key)] ?? '';

async function flagOf(key: string, text: string): Promise<FlagRevision> {
  const found = await findFlag(memoryTree({ ...flagFiles, [fileOf(key)]: text }), key);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.flag;
}

function earlierOf(key: string, text: string): EarlierFlag {
  const document = parseFlag(key, fileOf(key), text) as FlagDocument;
  return { revision: 'f'.repeat(40), words: 'ffffffffff', text, document };
}

/** Rolls back, and has the loader judge the result. */
async function rolledBack(key: string, now: string, then: string): Promise<EditPlan> {
  const flag = await flagOf(key, now);
  const plan = planRollback(flag, earlierOf(key, then), false);
  if (plan.kind !== 'edit') throw new Error(plan.reasons.join());
  expect(await judgeEdit(flag, plan.text, plan.expected)).toMatchObject({ problems: [], failingCases: [] });
  return plan;
}

/** A later change of a file: a comment, so that the file as it was is no answer, and what is to be undone. */
const later = (text: string) => text.replace('environments:', '# Later.\nenvironments:');

describe('a rollback keeps later comments and puts back', () => {
  const ofStages = textOf(SEARCH);
  const ofWeights = textOf(BANNER).replace('variants', 'bucketBy: account\nvariants');
  const cases: readonly (readonly [what: string, key: string, then: string, change: (text: string) => string])[] = [
    ['a stage', SEARCH, ofStages, (text) => text.replace('stage: canary', 'stage: all')],
    ['a stage at the end', SEARCH, ofStages, (text) => text.replace(/ {8}- \{ name: all.*\n/, '')],
    [
      'a stage in the middle',
      SEARCH,
      ofStages.replace('stage: canary', 'stage: all'),
      (text) => text.replace(/ {8}- \{ name: canary.*\n/, ''),
    ],
    [
      'a stage too many',
      SEARCH,
      ofStages,
      (text) => text.replace('        - { name: all', '        - { name: half, percent: 50 }\n        - { name: all'),
    ],
    ['a plan', SEARCH, ofStages, (text) => text.replace(/rollout:\n[^]*$/, 'rollout: 100\n')],
    ['an environment too many', SEARCH, ofStages, (text) => `${text}  staging:\n    enabled: true\n`],
    ['weights', BANNER, ofWeights, (text) => text.replace('{ calm: 25, loud: 25 }', '{ calm: 100 }')],
    ['what it hashes', BANNER, ofWeights, (text) => text.replace('bucketBy: account\n', 'salt: x\n')],
    ['a variant’s value', BANNER, ofWeights, (text) => text.replace('Welcome back', 'Hello')],
    ['a variant', BANNER, ofWeights, (text) => text.replace('variants: { none', 'variants: { more: x, none')],
    ['prerequisites', BANNER, ofWeights, (text) => text.replace(/prerequisites.*\n/, '')],
  ];
  it.each(cases)('%s', async (_, key, then, change) => {
    const now = later(change(then));
    expect(now).not.toBe(later(then));
    const { text, expected } = await rolledBack(key, now, then);
    expect(text).toContain('# Later.\n');
    const result = parseFlag(key, fileOf(key), text);
    expect(result).toEqual(expected);
    expect(result).toEqual(parseFlag(key, fileOf(key), then));
    expect(Object.keys(result?.variants ?? {})).toEqual(Object.keys(earlierOf(key, then).document.variants ?? {}));
  });

  it('the order of variants, which decides who gets which', async () => {
    const then = textOf(BANNER);
    const now = later(then.replace('calm: Welcome back, loud: "Sale!"', 'loud: "Sale!", calm: Welcome back'));
    const { text } = await rolledBack(BANNER, now.replace('calm: 25,', 'calm: 20,'), then);
    expect(Object.keys(parseFlag(BANNER, fileOf(BANNER), text)?.variants ?? {})).toEqual(['none', 'calm', 'loud']);
  });

  it('a rule, with the comments of the others', async () => {
    const key = 'payments.checkout.new-flow';
    const then = textOf(key);
    const now = then
      .replace('      - { name: employees', '      # Ours first.\n      - { name: employees')
      .replace(/ {6}- \{ name: dach-pilot.*\n/, '');
    const { text } = await rolledBack(key, now, then);
    expect(text).toBe(then.replace('      - { name: employees', '      # Ours first.\n      - { name: employees'));
  });
});
