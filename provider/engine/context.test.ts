import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTables } from './testing/conformance.js';
import { inProduction, productionOf, rulesetOf } from './testing/documents.js';
import type { Snapshot } from './snapshot.js';
import type { EvaluationContext, Resolved } from './types.js';

// The flags of all tables: every operator, every form of rollout, prerequisites, segments and kinds of value.
const snapshots: readonly Snapshot[] = readTables().map(({ repository }) =>
  rulesetOf(repository).snapshot('production'),
);

const key = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'c',
    'x',
    'targetingKey',
    'email',
    'country',
    'user',
    'plan',
    'name',
    'org',
    'id',
    'length',
    '0',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'toJSON',
    'then',
    '',
    'a.b',
    'org.id',
  ),
);
const jsonContext = fc.dictionary(key, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8 });
const anyContext = fc.object({
  key,
  maxDepth: 4,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
});

const METADATA = ['flagSetId', 'version', 'owner', 'type', 'riskTier', 'environment'];

/** Results are few and, once found frozen, can't change. */
const verified = new WeakSet<object>();

function expectResolved(snapshot: Snapshot, context: EvaluationContext): void {
  for (const evaluation of snapshot.evaluateAll(context).values()) {
    if (verified.has(evaluation)) continue;
    expect(evaluation.errorCode).toBeUndefined();
    expect(evaluation).toHaveProperty('variant');
    expect(isDeeplyFrozen(evaluation)).toBe(true);
    expect(Object.keys(evaluation.flagMetadata)).toEqual(expect.arrayContaining(METADATA));
    verified.add(evaluation);
  }
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}

describe('any context is answered', () => {
  it('of the shapes of JSON', () => {
    fc.assert(
      fc.property(jsonContext, (context) => snapshots.forEach((snapshot) => expectResolved(snapshot, context))),
      { numRuns: 200 },
    );
  });

  it('of any shape', () => {
    fc.assert(
      fc.property(anyContext, (context) => snapshots.forEach((snapshot) => expectResolved(snapshot, context))),
      { numRuns: 200 },
    );
  });

  const cycle: Record<string, unknown> = { targetingKey: 'u-1' };
  Object.assign(cycle, { a: cycle, user: { plan: cycle }, org: [cycle] });
  const megabyte = 'x'.repeat(1_000_000);
  const everywhere = (value: unknown): EvaluationContext =>
    Object.fromEntries(['targetingKey', 'a', 'b', 'x', 'email', 'country', 'user', 'org'].map((name) => [name, value]));

  it.each<[string, EvaluationContext]>([
    ['functions', everywhere(() => 'x')],
    ['constructors', everywhere(Map)],
    ['cycles', cycle],
    ['Dates', everywhere(new Date())],
    ['invalid Dates', everywhere(new Date(Number.NaN))],
    ['symbols', everywhere(Symbol('x'))],
    ['strings of a megabyte', everywhere(megabyte)],
    ['digits of a megabyte', everywhere('1'.repeat(1_000_000))],
    ['lists of a megabyte', everywhere([megabyte, [megabyte]])],
    ['lone surrogates', everywhere('\ud83d')],
    ['an object without a prototype', Object.assign(Object.create(null), everywhere({}))],
    ['an inherited attribute', Object.create({ a: 'x', targetingKey: 'u-1' })],
    ['a frozen one', Object.freeze(everywhere(Object.freeze({})))],
    ['boxed values', everywhere(Object('x'))],
    ['proxies', everywhere(new Proxy({}, {}))],
    ['an own __proto__', JSON.parse('{"__proto__": {"a": "x"}, "targetingKey": "u-1"}')],
  ])('with %s', (_what, context) => {
    for (const snapshot of snapshots) expectResolved(snapshot, context);
  });

  it.each([null, undefined, 5, 'text', true, Symbol('x'), () => 'x', []])('even if it is none: %o', (context) => {
    for (const snapshot of snapshots) expectResolved(snapshot, context as never);
  });

  it('and is not changed', () => {
    fc.assert(
      fc.property(jsonContext, (context) => {
        const before = JSON.stringify(context);
        for (const snapshot of snapshots) snapshot.evaluateAll(context);
        expect(JSON.stringify(context)).toBe(before);
      }),
      { numRuns: 50 },
    );
  });

  it.each([5, null, undefined, Symbol('x'), {}, Object.create(null)])(
    'nor is anything a key that no flag has: %#',
    (key) => {
      for (const snapshot of snapshots) expect(snapshot.evaluate(key as never).errorCode).toBe('FLAG_NOT_FOUND');
    },
  );

  it('is read for own properties only', () => {
    const snapshot = productionOf({
      flags: { 'a.b.c': inProduction({ rules: [{ name: 'r', when: { a: 'x' }, serve: true }] }) },
    });
    expect(snapshot.evaluate('a.b.c', Object.create({ a: 'x' })).variant).toBe('false');
  });
});

describe('a context that can’t be read', () => {
  const snapshot = productionOf({
    flags: {
      'reads.an.attribute': inProduction({ rules: [{ name: 'r', when: { a: 'x' }, serve: true }] }),
      'reads.an.inner': inProduction({ rules: [{ name: 'r', when: { 'a.b': 'x' }, serve: true }] }),
      'reads.a.list': inProduction({ rules: [{ name: 'r', when: { a: { contains: 'x' } }, serve: true }] }),
      'reads.the.key': inProduction({ rollout: 50 }, { bucketBy: 'a' }),
      'reads.a.prerequisite': inProduction({ rollout: 100 }, { prerequisites: { 'reads.an.attribute': true } }),
      'reads.nothing.at-all': inProduction({ rollout: 100 }),
    },
  });
  const throwing = (thrown: unknown): EvaluationContext => ({
    get a() {
      throw thrown;
    },
  });
  const refuse = () => {
    throw new Error('refused');
  };
  const bottomless: EvaluationContext = new Proxy(
    {},
    { getOwnPropertyDescriptor: () => bottomless['a'] as never, get: () => bottomless['a'] },
  );
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  it.each<[string, EvaluationContext]>([
    ['a getter that throws', throwing(new Error('no'))],
    ['a getter that throws nothing', throwing(undefined)],
    ['a getter that throws a symbol', throwing(Symbol('no'))],
    ['a getter that throws an object without text', throwing(Object.create(null))],
    ['a getter that throws an object whose text throws', throwing({ toString: refuse })],
    ['a getter that throws a revoked proxy', throwing(revoked.proxy)],
    ['a getter that throws itself into the depths', bottomless],
    ['a proxy that refuses to be read', new Proxy({ a: 1 }, { get: refuse })],
    ['a proxy that refuses to be asked', new Proxy({ a: 1 }, { getOwnPropertyDescriptor: refuse })],
    ['a revoked proxy', revoked.proxy],
  ])('%s: GENERAL from the flags that read it, and only from those', (_what, context) => {
    for (const [flag, evaluation] of snapshot.evaluateAll(context)) {
      const isReader = flag !== 'reads.nothing.at-all';
      expect(evaluation.errorCode, flag).toBe(isReader ? 'GENERAL' : undefined);
      if (evaluation.errorCode === undefined) continue;
      expect(evaluation).toMatchObject({ reason: 'ERROR', value: undefined, flagMetadata: { version: '3f2a' } });
      expect(evaluation.errorMessage.length).toBeLessThan(300);
    }
  });

  it('says what was thrown, within a limit', () => {
    const { errorMessage } = snapshot.evaluate('reads.an.attribute', throwing(new Error('y'.repeat(1_000_000)))) as {
      errorMessage: string;
    };
    expect(errorMessage).toContain('Error: yyy');
    expect(errorMessage.length).toBeLessThan(300);
  });
});

describe('results', () => {
  it('are made once: equal ones are one object, in every evaluation of a snapshot', () => {
    fc.assert(
      fc.property(fc.array(jsonContext, { minLength: 2, maxLength: 10 }), (contexts) => {
        for (const snapshot of snapshots) {
          for (const flag of snapshot.keys) {
            const results = contexts.map((context) => snapshot.evaluate(flag, context) as Resolved);
            const again = contexts.map((context) => snapshot.evaluate(flag, context, snapshot.kind(flag)));
            results.forEach((result, index) => expect(again[index]).toBe(result));
            expect(new Set(results).size).toBe(new Set(results.map((result) => JSON.stringify(result))).size);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are few, however many contexts', () => {
    const snapshot = productionOf({ flags: { 'a.b.c': inProduction({ rollout: 50 }) } });
    const results = new Set(
      Array.from({ length: 10_000 }, (_, index) => snapshot.evaluate('a.b.c', { targetingKey: `u-${index}` })),
    );
    expect(results.size).toBe(2);
  });

  it('can’t be used to change the ruleset', () => {
    const variants = { a: { list: [{ deep: [1] }], text: 'x' } };
    const snapshot = productionOf({ flags: { 'a.b.c': inProduction({}, { default: 'a', variants }) } });
    const { value, flagMetadata } = snapshot.evaluate('a.b.c', {}) as unknown as {
      value: { list: { deep: number[] }[]; text: string };
      flagMetadata: Record<string, unknown>;
    };
    for (const change of [
      () => (value.text = 'y'),
      () => value.list.push({ deep: [] }),
      () => value.list[0]?.deep.push(2),
      () => (flagMetadata['owner'] = 'nobody'),
      () => delete (value as Partial<typeof value>).text,
    ]) {
      expect(change).toThrow(TypeError);
    }
    expect(snapshot.evaluate('a.b.c', {}).value).toEqual({ list: [{ deep: [1] }], text: 'x' });
  });
});
