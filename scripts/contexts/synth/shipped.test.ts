/** The population that this repository ships, against its own flags. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  isPlan,
  type ConditionDocument,
  type EvaluationContext,
  type Ruleset,
} from '../../../provider/engine/index.js';
import { load, readWorkingTree } from '../../../provider/repository/index.js';
import type { PopulationDocument } from './population.js';
import { readPopulation } from './read-population.js';
import { synthesize, type SynthRow } from './synth.js';

const root = join(import.meta.dirname, '../../..');

let population: PopulationDocument;
let rows: readonly SynthRow[];
let ruleset: Ruleset;

beforeAll(async () => {
  const read = await readPopulation(root, '.github/population.yaml');
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  ({ population } = read);
  rows = [...synthesize(population, population.count ?? 0, '1')];
  const result = await load(await readWorkingTree(root, 'flags'));
  if (!result.ok) throw new Error('the flags do not load');
  ({ ruleset } = result.loaded);
});

/** Every condition of a segment, a rule or a stage, by what it is called. */
function* conditions(): Generator<readonly [name: string, environment: string, when: ConditionDocument]> {
  const { segments, flags } = ruleset.documents;
  for (const name of segments.keys()) yield [`segment ${name}`, 'production', { segment: name }];
  for (const flag of [...flags.values()].map((stored) => stored.read())) {
    for (const [environment, { rules = [], rollout = 0 }] of Object.entries(flag.environments ?? {})) {
      for (const { name, when } of rules) yield [`${flag.key} ${environment} ${name}`, environment, when];
      const stages = isPlan(rollout) ? rollout.stages : [];
      for (const { name, segment } of stages) {
        if (segment !== undefined) yield [`${flag.key} ${environment} ${name}`, environment, { segment }];
      }
    }
  }
}

describe('.github/population.yaml', () => {
  it('is 4.2 million users in 30,000 contexts, exactly', () => {
    expect(rows).toHaveLength(30_000);
    expect(rows.reduce((sum, row) => sum + Number(row['$weight']), 0)).toBe(4_200_000);
  });

  it('has users for every segment, rule and stage, and for none of them all', () => {
    const shares = [...conditions()].map(([name, environment, when]) => {
      const test = ruleset.predicate(environment, when);
      const matching = rows.filter((row) => test(row as EvaluationContext));
      const users = matching.reduce((sum, row) => sum + Number(row['$weight']), 0);
      return { name, contexts: matching.length, share: users / 4_200_000 };
    });
    expect(shares.length).toBeGreaterThan(50);
    expect(shares.filter(({ contexts, share }) => contexts < 5 || share > 0.9)).toEqual([]);
  });

  it('has every attribute that a rollout hashes', () => {
    const hashed = [...ruleset.documents.flags.values()].flatMap((stored) => stored.read().bucketBy ?? []);
    expect(hashed).toEqual(['warehouse.id', 'organisation.id']);
    const paths = Object.values(population.profiles ?? {}).flatMap(({ attributes }) => Object.keys(attributes));
    expect(paths).toEqual(expect.arrayContaining(hashed));
  });
});
