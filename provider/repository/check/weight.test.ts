import { expect, it } from 'vitest';
import { holdFlag, holdSegment, Ruleset, type ConditionDocument, type FlagDocument } from '../../engine/index.js';
import { fileNames, type CheckedRepository } from './checked-repository.js';
import { checkWeights } from './weight.js';

const policy = { bucketing: 'flagd-v2', environments: ['production'], teams: {} } as const;

/** A flag that uses the first of a chain of segments, or needs the first of a chain of flags. */
function chain(length: number, of: 'segments' | 'flags'): CheckedRepository {
  const flag = (key: string, parts: Partial<FlagDocument>): [string, ReturnType<typeof holdFlag>] => [
    key,
    holdFlag({
      key,
      type: 'ops',
      owner: 'team',
      riskTier: 'low',
      expiresAt: 'never',
      description: '-',
      environments: { production: { enabled: true, rollout: 100 } },
      ...parts,
    }),
  ];
  const rest = Array.from({ length }, (_, index) => index);
  const when = (index: number): ConditionDocument =>
    index + 1 < length ? { any: [{ not: { segment: `s-${index + 1}` } }] } : { country: 'DE' };
  const rules = [{ name: 'r', when: { segment: 's-0' }, serve: true }];
  const isFlags = of === 'flags';
  const needs = (index: number) => (index + 1 < length ? { prerequisites: { [`f-${index + 1}`]: true } } : {});
  const flags = isFlags
    ? rest.map((index) => flag(`f-${index}`, needs(index)))
    : [flag('f', { environments: { production: { enabled: true, rules } } })];
  const segments = isFlags
    ? []
    : rest.map((index): [string, ReturnType<typeof holdSegment>] => [
        `s-${index}`,
        holdSegment({ owner: 'team', description: '-', when: when(index) }),
      ]);
  return {
    documents: { policy, flags: new Map(flags), segments: new Map(segments), guardrails: new Map(), retired: [] },
    cases: new Map(),
    names: { flags: new Set(), segments: new Set(), guardrails: new Set() },
    fileOf: fileNames(''),
  };
}

const found = (repository: CheckedRepository) => checkWeights(repository).map(({ file, found: what }) => [file, what]);

it.each<['segments' | 'flags', number, [string, string][]]>([
  ['segments', 49, []],
  ['segments', 50, [['f.yaml', '51, one behind the other']]],
  [
    'segments',
    60,
    [
      ['segments/s-9.yaml', '51, one behind the other'],
      ['f.yaml', '61, one behind the other'],
    ],
  ],
  ['flags', 50, []],
  ['flags', 51, [['f-0.yaml', '51, one behind the other']]],
  ['flags', 70, [['f-19.yaml', '51, one behind the other']]],
])('a chain of %s, %i long', (of, length, problems) => {
  expect(found(chain(length, of))).toEqual(problems);
});

it.each(['segments', 'flags'] as const)('the longest chain of %s that is allowed is evaluated', (of) => {
  const { documents } = chain(of === 'flags' ? 50 : 49, of);
  const snapshot = new Ruleset({ id: '1', repository: 'r' }, { ...documents, policy }).snapshot('production');
  const key = of === 'flags' ? 'f-0' : 'f';
  expect(snapshot.evaluate(key, { country: 'DE' })).toMatchObject({ value: true });
});
