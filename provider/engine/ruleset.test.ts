import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Documents, FlagDocument } from './documents.js';
import type { Plan } from './plan.js';
import { holdFlag, holdSegment } from './references.js';
import { Ruleset } from './ruleset.js';
import { unreadySnapshot } from './snapshot.js';
import { documentsOf, flagDocument, inProduction, rulesetOf, type RepositorySketch } from './testing/documents.js';

const sketch: RepositorySketch = {
  segments: {
    inner: { country: 'DE' },
    outer: { any: [{ segment: 'inner' }, { beta: true }] },
    apart: { country: 'FR' },
  },
  flags: {
    'uses.no.segment': inProduction({ rollout: 50 }),
    'uses.the.inner': inProduction({ rules: [{ name: 'r', when: { segment: 'inner' }, serve: true }] }),
    'uses.the.outer': inProduction({ rules: [{ name: 'r', when: { not: { segment: 'outer' } }, serve: true }] }),
    'uses.in.stage': inProduction({ rollout: { stage: 's', stages: [{ name: 's', segment: 'apart' }] } }),
    'needs.the.outer': inProduction({ rollout: 100 }, { prerequisites: { 'uses.the.outer': true } }),
    'needs.the.needy': inProduction({ rollout: 100 }, { prerequisites: { 'needs.the.outer': true } }),
    'needs.but.disabled': {
      prerequisites: { 'uses.the.outer': true },
      environments: { production: { enabled: false } },
    },
  },
};

const revision = (id: string) => ({ id, repository: 'acme/flags' });

/** The keys whose plans are made anew in the next revision. */
function recompiled(before: Documents, after: Documents): readonly string[] {
  const first = new Ruleset(revision('1'), before);
  const old = first.plans('production');
  const now = new Ruleset(revision('2'), after, first).plans('production');
  return [...now.keys()].filter((key) => now.get(key) !== old.get(key)).sort();
}

describe('the next revision keeps what did not change', () => {
  const documents = documentsOf(sketch);
  const withFlag = (flag: FlagDocument): Documents => ({
    ...documents,
    flags: new Map(documents.flags).set(flag.key, holdFlag(flag)),
  });
  const withSegment = (name: string, country: string): Documents => ({
    ...documents,
    segments: new Map(documents.segments).set(
      name,
      holdSegment({ owner: 'team', description: 'A segment.', when: { country } }),
    ),
  });
  const reread = (key: string): FlagDocument => structuredClone(documents.flags.get(key)?.read() as FlagDocument);

  it.each<[string, Documents, readonly string[]]>([
    ['nothing', documents, []],
    [
      'nothing, in new maps',
      { ...documents, flags: new Map(documents.flags), segments: new Map(documents.segments) },
      [],
    ],
    ['a flag', withFlag(reread('uses.no.segment')), ['uses.no.segment']],
    ['a flag that is added', withFlag(flagDocument('new.a.b', {})), ['new.a.b']],
    [
      'a flag that others need',
      withFlag(reread('uses.the.outer')),
      ['needs.the.needy', 'needs.the.outer', 'uses.the.outer'],
    ],
    ['a segment', withSegment('apart', 'IT'), ['uses.in.stage']],
    [
      'a segment of a segment',
      withSegment('inner', 'IT'),
      ['needs.the.needy', 'needs.the.outer', 'uses.the.inner', 'uses.the.outer'],
    ],
    ['a segment that is added', withSegment('new', 'IT'), []],
  ])('%s', (_what, after, keys) => {
    expect(recompiled(documents, after)).toEqual(keys);
  });

  it('also where a flag is removed', () => {
    const flags = new Map(documents.flags);
    flags.delete('needs.the.needy');
    const first = new Ruleset(revision('1'), documents);
    const old = first.plans('production');
    const second = new Ruleset(revision('2'), { ...documents, flags }, first);
    expect([...second.plans('production').entries()].every(([key, plan]) => old.get(key) === plan)).toBe(true);
    expect(second.snapshot('production').evaluate('needs.the.needy')).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  });

  it('and every result carries the new revision', () => {
    const first = new Ruleset(revision('1'), documents);
    const before = first.snapshot('production');
    const second = new Ruleset(revision('2'), documents, first);
    const [old, now] = [before.evaluateAll({}), second.snapshot('production').evaluateAll({})];
    expect([...now.values()].map(({ flagMetadata }) => flagMetadata['version'])).toEqual([...now].map(() => '2'));
    expect([...old.values()].map(({ flagMetadata }) => flagMetadata['version'])).toEqual([...old].map(() => '1'));
    expect(before.evaluateAll({})).toEqual(old);
  });

  it('and means what it would mean compiled afresh', () => {
    const contexts = [{ country: 'DE' }, { country: 'FR' }, { country: 'IT' }, { beta: true }, {}];
    const after = withSegment('inner', 'IT');
    const first = new Ruleset(revision('1'), documents);
    first.snapshot('production');
    const reused = new Ruleset(revision('2'), after, first).snapshot('production');
    const fresh = new Ruleset(revision('2'), after).snapshot('production');
    for (const context of contexts) expect(reused.evaluateAll(context)).toEqual(fresh.evaluateAll(context));
  });
});

describe('environments', () => {
  it('are compiled once', () => {
    const ruleset = rulesetOf(sketch);
    expect(ruleset.snapshot('production')).toBe(ruleset.snapshot('production'));
    expect(ruleset.plan('staging', 'uses.no.segment')).toBe(ruleset.plan('staging', 'uses.no.segment'));
  });

  it('must be in the policy', () => {
    expect(() => rulesetOf(sketch).snapshot('prod')).toThrow(
      new RangeError('unknown environment "prod"; policy.yaml has production, staging'),
    );
    expect(() => rulesetOf(sketch).plans('toString')).toThrow(RangeError);
  });

  it('may leave the policy with a revision', () => {
    const first = rulesetOf({ ...sketch, environments: ['production', 'old'] });
    first.snapshot('old');
    first.snapshot('production');
    const second = new Ruleset(revision('2'), documentsOf({ ...sketch, environments: ['production'] }), first);
    expect(second.snapshot('production').evaluate('uses.no.segment', {})).toMatchObject({
      variant: 'false',
      reason: 'DEFAULT',
    });
    expect(() => second.snapshot('old')).toThrow(RangeError);
  });
});

describe('snapshots', () => {
  const snapshot = rulesetOf(sketch).snapshot('production');

  it('name what they are of', () => {
    expect(snapshot).toMatchObject({ revision: '3f2a', environment: 'production', flagSetId: 'acme/flags/production' });
    expect(snapshot.keys).toEqual(Object.keys(sketch.flags));
    expect(Object.isFrozen(snapshot)).toBe(true);
    expect([snapshot.kind('uses.no.segment'), snapshot.kind('no.such.flag')]).toEqual(['boolean', undefined]);
  });

  it('evaluate all as they evaluate each', () => {
    const all = snapshot.evaluateAll({ country: 'DE', targetingKey: 'u-1' });
    expect([...all.keys()]).toEqual(snapshot.keys);
    for (const [key, evaluation] of all)
      expect(snapshot.evaluate(key, { country: 'DE', targetingKey: 'u-1' })).toBe(evaluation);
  });

  it('show a bounded part of an unknown key', () => {
    const { errorMessage } = snapshot.evaluate('k'.repeat(1_000_000)) as { errorMessage: string };
    expect(errorMessage).toContain('kkk');
    expect(errorMessage.length).toBeLessThan(300);
  });

  it('before the first ruleset say that it has not loaded', () => {
    const unready = unreadySnapshot('production');
    expect(unready.evaluate('a.b.c', {}, 'boolean')).toMatchObject({
      reason: 'ERROR',
      errorCode: 'PROVIDER_NOT_READY',
      value: undefined,
    });
    expect(unready.keys).toEqual([]);
    expect(unready.evaluateAll({}).size).toBe(0);
  });

  it('are not compiled from documents that do not hold together', () => {
    const dangling = { flags: { 'a.b.c': inProduction({}, { prerequisites: { 'no.such.flag': true } }) } };
    expect(() => rulesetOf(dangling).plans('production')).toThrow('no flag no.such.flag');
    expect(rulesetOf(dangling).snapshot('production').evaluate('a.b.c')).toMatchObject({
      errorCode: 'GENERAL',
      errorMessage: expect.stringContaining('"a.b.c" can\'t be compiled'),
    });
    const lost = {
      flags: { 'a.b.c': inProduction({ rules: [{ name: 'r', when: { segment: 'lost' }, serve: true }] }) },
    };
    expect(() => rulesetOf(lost).plans('production')).toThrow('no segment lost');
  });
});

describe('memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;

  it('holds the current revision and none of those before it', async () => {
    let documents = documentsOf(sketch);
    let current: Ruleset | undefined;
    const compiled: WeakRef<object>[] = [];
    const plans: WeakRef<Plan>[] = [];
    const keys = ['uses.the.outer', 'uses.no.segment', 'uses.the.inner'];
    for (let index = 0; index < 30; index++) {
      // One flag or segment at a time: what stays must not hold on to what was compiled beside it.
      const flags = new Map(documents.flags);
      const key = keys[index % keys.length] as string;
      flags.set(key, holdFlag(structuredClone(flags.get(key)?.read() as FlagDocument)));
      const segments = new Map(documents.segments);
      if (index % 4 === 0)
        segments.set(
          'inner',
          holdSegment({ owner: 'team', description: 'A segment.', when: { not: { country: `${index}` } } }),
        );
      documents = { ...documents, flags, segments };
      current = new Ruleset(revision(`${index}`), documents, current);
      compiled.push(new WeakRef(current.snapshot('production')), new WeakRef(documents));
      plans.push(new WeakRef(current.plans('production').get(key) as Plan));
    }
    // A weak reference is kept until the end of the turn in which it was made or read.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(compiled.filter((reference) => reference.deref() !== undefined)).toHaveLength(2);
    const served = new Set(current?.plans('production').values());
    expect(
      plans.map((reference) => reference.deref()).filter((plan) => plan !== undefined && !served.has(plan)),
    ).toEqual([]);
    expect(current?.snapshot('production').revision).toBe('29');
  });
});

describe('the attributes that an environment reads', () => {
  const attributes: RepositorySketch = {
    segments: { inner: { country: 'DE' }, outer: { any: [{ segment: 'inner' }, { not: { 'account.plan': 'pro' } }] } },
    flags: {
      'a.rule.one': inProduction({ rules: [{ name: 'r', when: { email: 'x', segment: 'outer' }, serve: true }] }),
      'a.rollout.one': inProduction({ rollout: 5 }, { bucketBy: 'company' }),
      'a.rollout.elsewhere': { bucketBy: 'elsewhere', environments: { staging: { enabled: true, rollout: 5 } } },
      'a.disabled.one': {
        environments: {
          production: { enabled: false, rules: [{ name: 'r', when: { all: [{ age: { gt: 5 } }] }, serve: true }] },
          staging: { enabled: true, rules: [{ name: 'r', when: { beta: true }, serve: true }] },
        },
      },
      'a.nowhere.one': {},
    },
  };
  const documents = documentsOf(attributes);

  /** Documents that count how often each is read. */
  function counted(counts: Map<string, number>): Documents {
    const flags = [...documents.flags].map(([key, stored]) => {
      const read = (): FlagDocument => {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return stored.read();
      };
      return [key, { references: stored.references, read }] as const;
    });
    return { ...documents, flags: new Map(flags) };
  }

  it('are those of its own rules, enabled or not, of its `bucketBy`, and of all segments', () => {
    const snapshot = new Ruleset(revision('1'), documents).snapshot('production');
    const paths = [...snapshot.attributePaths()];
    expect(paths).toHaveLength(7);
    expect(paths.flat().sort()).toEqual(['account.plan', 'age', 'company', 'country', 'email']);
    const other = new Ruleset(revision('1'), documents).snapshot('staging');
    expect([...other.attributePaths()].flat().sort()).toEqual(['account.plan', 'beta', 'country', 'elsewhere']);
    expect([...snapshot.attributePaths()]).toEqual(paths);
    expect([...unreadySnapshot('production').attributePaths()]).toEqual([]);
  });

  it('are read once of a document, whatever the number of revisions', () => {
    const counts = new Map<string, number>();
    const first = counted(counts);
    const read = (id: string, documents: Documents): readonly string[] =>
      [...new Ruleset(revision(id), documents).snapshot('production').attributePaths()].flat();
    const paths = read('1', first);
    expect(new Set(counts.values())).toEqual(new Set([1]));
    const changed = flagDocument(
      'a.rule.one',
      inProduction({ rules: [{ name: 'r', when: { plan: 'x' }, serve: true }] }),
    );
    const second = { ...first, flags: new Map(first.flags).set(changed.key, holdFlag(changed)) };
    expect(read('2', second).toSorted()).toEqual(['account.plan', 'age', 'company', 'country', 'plan']);
    expect(read('1', first)).toEqual(paths);
    expect(new Set(counts.values())).toEqual(new Set([1]));
    expect(counts.size).toBe(documents.flags.size);
  });
});
