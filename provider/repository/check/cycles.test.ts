import { describe, expect, it, test } from 'vitest';
import { holdFlag, holdSegment, type FlagDocument, type SegmentDocument } from '../../engine/index.js';
import { fileNames, type CheckedRepository } from './checked-repository.js';
import { checkCycles } from './cycles.js';

type Graph = Readonly<Record<string, readonly string[]>>;

function repositoryOf(flags: Graph, segments: Graph = {}): CheckedRepository {
  const flag = (needs: readonly string[]): FlagDocument => ({
    key: 'a.b.c',
    type: 'ops',
    owner: 'web-team',
    riskTier: 'low',
    expiresAt: 'never',
    description: 'For a test.',
    prerequisites: Object.fromEntries(needs.map((key) => [key, true])),
  });
  const segment = (uses: readonly string[]): SegmentDocument => ({
    owner: 'web-team',
    description: 'For a test.',
    when: { any: uses.map((name) => ({ not: { segment: [name] } })) },
  });
  return {
    documents: {
      policy: undefined,
      flags: new Map(Object.entries(flags).map(([key, needs]) => [key, holdFlag(flag(needs))])),
      segments: new Map(Object.entries(segments).map(([name, uses]) => [name, holdSegment(segment(uses))])),
      guardrails: new Map(),
      retired: [],
    },
    cases: new Map(),
    names: { flags: new Set(Object.keys(flags)), segments: new Set(Object.keys(segments)), guardrails: new Set() },
    fileOf: fileNames(''),
  };
}

const cyclesOf = (repository: CheckedRepository) => checkCycles(repository).map(({ found }) => found);

/** `f0` needs `f1` needs `f2` and so on; the last needs `last`. */
function chain(length: number, last: string): Graph {
  return Object.fromEntries(
    Array.from({ length }, (_, index) => [`f${index}`, [index === length - 1 ? last : `f${index + 1}`]]),
  );
}

describe('checkCycles', () => {
  test.each<[string, Graph, readonly string[]]>([
    ['nothing', {}, []],
    ['a tree', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
    ['what does not exist', { a: ['b'] }, []],
    ['a flag that needs itself', { a: ['a'] }, ['a → a']],
    ['two that need each other', { a: ['b'], b: ['a'] }, ['a → b → a']],
    ['a way into a cycle', { a: ['b'], b: ['c'], c: ['b'] }, ['b → c → b']],
    ['two cycles', { a: ['b'], b: ['a'], c: ['d'], d: ['c'] }, ['a → b → a', 'c → d → c']],
    ['two cycles of one flag', { a: ['b', 'c'], b: ['a'], c: ['a'] }, ['a → b → a', 'a → c → a']],
  ])('%s', (_, graph, expected) => {
    expect(cyclesOf(repositoryOf(graph))).toEqual(expected);
    expect(cyclesOf(repositoryOf({}, graph))).toEqual(expected);
  });

  it('points at the reference that closes the cycle', () => {
    expect(checkCycles(repositoryOf({ a: ['b'], b: ['a'] }))).toMatchObject([
      { code: 'prerequisite-cycle', file: 'b.yaml', pointer: ['prerequisites', 'a'], at: 'key' },
    ]);
    expect(checkCycles(repositoryOf({}, { a: ['b'], b: ['x', 'a'] }))).toMatchObject([
      { code: 'segment-cycle', file: 'segments/b.yaml', pointer: ['when', 'any', 1, 'not', 'segment', 0] },
    ]);
  });

  it('follows a chain as long as a repository may be', () => {
    expect(cyclesOf(repositoryOf(chain(50_000, 'nothing')))).toEqual([]);
    expect(cyclesOf(repositoryOf(chain(50_000, 'f0')))).toEqual([
      'f0 → f1 → f2 → f3 → (49,993 more) → f49997 → f49998 → f49999 → f0',
    ]);
  });
});
