import { OpenFeature, type Client, type EvaluationContext, type Hook } from '@openfeature/server-sdk';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ContextSampler, type ContextSamplerOptions, type SampledRow } from '../index.js';
import { flag } from '../testing/flag-files.js';
import { keyedHash } from './index.js';
import { halves, ruled, sampledFlags, segment, type SampledFlags } from './testing/sampled-flags.js';

const KEY = 'web.page.shown';
const SECRET = 'sixteen characters, and more';
let domains = 0;

interface Scene extends SampledFlags {
  readonly client: Client;
  readonly sampler: ContextSampler;
  readonly rows: SampledRow[];
  readonly warnings: string[];
}

type SceneOptions = Partial<ContextSamplerOptions>;

/** A client of a real provider with a sampler among its hooks. */
async function scene(files: Parameters<typeof sampledFlags>[0], options: SceneOptions = {}): Promise<Scene> {
  const flags = await sampledFlags(files);
  const domain = `sampled-${domains++}`;
  await OpenFeature.setProviderAndWait(domain, flags.provider);
  const [rows, warnings]: [SampledRow[], string[]] = [[], []];
  const sampler = new ContextSampler({
    provider: flags.provider,
    keys: 'plain',
    logger: { warn: (message) => void warnings.push(message) },
    ...(options.write === undefined ? { onBatch: (batch) => void rows.push(...batch) } : {}),
    ...options,
  });
  onTestFinished(() => sampler.close());
  // The rules' attributes are known when that resolves.
  await sampler.flush();
  const client = OpenFeature.getClient(domain).addHooks(sampler);
  return { ...flags, client, sampler, rows, warnings };
}

const compareKeys = (one: string | number, other: string | number): number => (one < other ? -1 : 1);
const byKey = (rows: readonly SampledRow[]): readonly SampledRow[] =>
  rows.toSorted((one, other) => compareKeys(one.targetingKey, other.targetingKey));

const evaluate = (client: Client, context: EvaluationContext, key = KEY): Promise<boolean> =>
  client.getBooleanValue(key, false, context);

afterEach(async () => {
  vi.useRealTimers();
  OpenFeature.clearHooks();
  await OpenFeature.clearProviders();
});

describe('through OpenFeature', () => {
  it('samples what a client’s evaluations were asked with: the attributes of rules, and no other', async () => {
    const when = '{ country: DE, account.plan: pro, any: [{ segment: testers }, { not: { tags: { contains: a } } }] }';
    const { client, sampler, rows } = await scene({
      ...ruled(KEY, when, 'bucketBy: account.id\n'),
      ...segment('testers', '{ email: { endsWith: "@example.com" }, born: { before: 2000-01-01 } }'),
    });
    const context = {
      targetingKey: 'u-1',
      country: 'DE',
      account: { id: 17, plan: 'pro', iban: 'DE02', nested: { plan: 'x' } },
      tags: ['a', 'b', { secret: 1 }, null, 4, true],
      email: 'ann@example.com',
      born: new Date('1999-12-31T23:00:00Z'),
      password: 'hunter2',
      name: 'Ann',
    };
    expect(await evaluate(client, context as never)).toBe(true);
    await sampler.flush();
    expect(rows).toEqual([
      {
        targetingKey: 'u-1',
        country: 'DE',
        account: { id: 17, plan: 'pro' },
        tags: ['a', 'b', 4, true],
        email: 'ann@example.com',
        born: '1999-12-31T23:00:00.000Z',
        $weight: 1,
      },
    ]);
  });

  it('samples for a hook of the whole API too, with the merged context', async () => {
    const { client, sampler, rows } = await scene(ruled(KEY, '{ country: DE, region: south }'));
    client.clearHooks().setContext({ country: 'DE' });
    const before: Hook = { before: () => ({ region: 'south' }) };
    OpenFeature.addHooks(sampler, before);
    expect(await evaluate(client, { targetingKey: 'u-1' })).toBe(true);
    await sampler.flush();
    expect(rows).toEqual([{ targetingKey: 'u-1', country: 'DE', region: 'south', $weight: 1 }]);
  });

  it('skips what no rollout could hash, flags that are not the provider’s, and evaluations that failed', async () => {
    const { client, sampler, rows } = await scene(halves(KEY));
    const contexts = [{}, { targetingKey: '' }, { targetingKey: 1.5 }, { targetingKey: 'k'.repeat(257) }];
    for (const context of contexts) await evaluate(client, context as EvaluationContext);
    await evaluate(client, { targetingKey: 'u-1' }, 'web.page.unknown');
    await client.getStringValue(KEY, 'x', { targetingKey: 'u-1' });
    sampler.sample('web.page.unknown', { targetingKey: 'u-1' });
    sampler.sample(KEY, undefined);
    sampler.sample(KEY, null as never);
    expect(sampler.status()).toMatchObject({
      evaluations: 7,
      skipped: { noTargetingKey: 5, targetingKeyTooLong: 1, unknownFlag: 1, tooManyFlags: 0, unreadable: 0 },
      users: 0,
    });
    await sampler.flush();
    expect(rows).toEqual([]);
  });

  it('counts before there is a ruleset and its rules are read, and samples as soon as they are', async () => {
    const { provider } = await sampledFlags(ruled(KEY, '{ country: DE }'));
    let isReady = false;
    const late = {
      snapshot: () => (isReady ? provider.snapshot() : { ...provider.snapshot(), revision: '', kind: () => undefined }),
    };
    const rows: SampledRow[] = [];
    const onBatch = (batch: readonly SampledRow[]): void => void rows.push(...batch);
    const sampler = new ContextSampler({ provider: late as never, keys: 'plain', onBatch });
    onTestFinished(() => sampler.close());
    sampler.sample(KEY, { targetingKey: 'u-1', country: 'DE' });
    expect(sampler.status()).toMatchObject({
      users: 0,
      skipped: { rulesetUnread: 1, unknownFlag: 0 },
      attributes: { revision: undefined },
    });
    isReady = true;
    // A row without its country would be a user whom the rule does not match.
    for (const key of ['u-2', 'u-3']) sampler.sample(KEY, { targetingKey: key, country: 'DE' });
    expect(sampler.status()).toMatchObject({ users: 0, skipped: { rulesetUnread: 3 } });
    await sampler.flush();
    expect(rows).toEqual([]);
    sampler.sample(KEY, { targetingKey: 'u-4', country: 'DE' });
    expect(sampler.status()).toMatchObject({ users: 1, skipped: { rulesetUnread: 3, unknownFlag: 0 } });
    await sampler.flush();
    expect(rows).toEqual([{ targetingKey: 'u-4', country: 'DE', $weight: 1 }]);
  });

  it('a ruleset that cannot be read ends no process: nobody is sampled, and the status says why', async () => {
    const { provider } = await sampledFlags(halves(KEY));
    const snapshot = Object.create(provider.snapshot(), {
      revision: { value: 'unreadable' },
      attributePaths: {
        value: () => {
          throw new Error('no rules here');
        },
      },
    }) as never;
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listener);
    onTestFinished(() => void process.off('unhandledRejection', listener));
    const warnings: string[] = [];
    const sampler = new ContextSampler({
      provider: { snapshot: () => snapshot },
      keys: 'plain',
      onBatch: () => undefined,
      logger: { warn: (message) => void warnings.push(message) },
    });
    onTestFinished(() => sampler.close());
    // Node tells of a rejection that nobody waits for when its turn is over.
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    sampler.sample(KEY, { targetingKey: 'u-1' });
    await sampler.flush();
    expect(unhandled).toEqual([]);
    expect(sampler.status()).toMatchObject({ users: 0, skipped: { rulesetUnread: 1 } });
    expect(sampler.status().lastError?.message).toContain('no rules here');
    expect(warnings.join()).toContain('no rules here');
  });

  it('samples no more flags than it may, and counts the rest', async () => {
    const { sampler } = await scene(halves('web.a.one', 'web.b.one', 'web.c.one'), { limits: { flags: 2 } });
    for (const key of ['web.a.one', 'web.b.one', 'web.c.one', 'web.a.one', 'web.c.one']) {
      sampler.sample(key, { targetingKey: 'u-1' });
    }
    expect(sampler.status()).toMatchObject({ users: 1, flags: 2, skipped: { tooManyFlags: 2 } });
  });
});

describe('privacy', () => {
  it('keeps keyed hashes where it is told to, and nothing to tell them by', async () => {
    const files = ruled(KEY, '{ email: { exists: true }, account.id: 5, account.plan: pro, tags: { contains: a } }');
    const { client, sampler, rows } = await scene(files, {
      keys: { hash: SECRET },
      hash: ['email', 'account', 'tags'],
    });
    const email = 'ann@example.com';
    await evaluate(client, { targetingKey: 'u-1', email, account: { id: 5, plan: 'pro' }, tags: ['a'] });
    for (const text of [
      inspect(sampler, { depth: 9, showHidden: true }),
      JSON.stringify(sampler),
      JSON.stringify(sampler.status()),
    ]) {
      for (const secret of [SECRET, email, 'u-1']) expect(text).not.toContain(secret);
    }
    await sampler.flush();
    expect(rows).toEqual([
      {
        targetingKey: keyedHash(SECRET, 'u-1'),
        email: keyedHash(SECRET, email),
        account: { id: keyedHash(SECRET, 5), plan: keyedHash(SECRET, 'pro') },
        tags: [keyedHash(SECRET, 'a')],
        $weight: 1,
      },
    ]);
  });

  it('keeps of an object what paths lead to: that it is there, where none leads into it', async () => {
    const { sampler, rows } = await scene(ruled(KEY, '{ account: { exists: true }, device.os.name: x, plan.a: 1 }'));
    const device = { os: { name: 'x', version: '1' }, id: 'secret' };
    sampler.sample(KEY, { targetingKey: 'u-1', account: { iban: 'DE02' }, device, plan: 'text' });
    await sampler.flush();
    expect(rows).toEqual([{ targetingKey: 'u-1', account: {}, device: { os: { name: 'x' } }, $weight: 1 }]);
  });

  it('forgets what no rule reads any more, in what it holds already, and before it writes', async () => {
    const { sampler, rows, change, provider } = await scene(
      ruled(KEY, '{ country: DE, account: { exists: true }, account.id: 1 }'),
    );
    const context = { country: 'DE', account: { id: 1 } };
    sampler.sample(KEY, { targetingKey: 'u-1', ...context });
    const before = sampler.status().bytes;
    await change(ruled(KEY, '{ account.plan: pro, account: { exists: true } }'));
    // A user who comes by with the new revision, while its attributes are still unknown.
    sampler.sample(KEY, { targetingKey: 'u-2', ...context });
    await vi.waitFor(() => expect(sampler.status().attributes.revision).toBe(provider.snapshot().revision));
    await vi.waitFor(() => expect(sampler.status().bytes).toBeLessThan(2 * before - 40));
    await change(ruled(KEY, '{ account.plan: pro }'));
    sampler.sample(KEY, { targetingKey: 'u-3', account: { id: 1, plan: 'x' } });
    // Without having had a moment for what the newest revision reads.
    await sampler.flush();
    expect(byKey(rows)).toEqual([
      { targetingKey: 'u-1', $weight: 1 },
      { targetingKey: 'u-2', $weight: 1 },
      { targetingKey: 'u-3', account: { plan: 'x' }, $weight: 1 },
    ]);
  });

  it('keeps of a user what the flags that hold him were asked with', async () => {
    const { sampler, rows } = await scene({
      ...ruled('web.a.one', '{ country: DE, account.id: 1 }'),
      ...ruled('web.b.one', '{ plan: pro, account.kind: x }'),
    });
    sampler.sample('web.a.one', { targetingKey: 'u-1', country: 'DE', account: { id: 1 } });
    sampler.sample('web.b.one', { targetingKey: 'u-1', country: 'FR', plan: 'pro', account: { id: 2, kind: 'x' } });
    await sampler.flush();
    const account = { id: 1, kind: 'x' };
    expect(rows).toEqual([{ targetingKey: 'u-1', country: 'DE', plan: 'pro', account, $weight: 1 }]);
  });

  it('has no attribute that would take the place of the key or of the weight', async () => {
    const { sampler, rows } = await scene(ruled(KEY, '{ targetingKey: u-1, $weight: 5, targetingKey.x: 1 }'));
    sampler.sample(KEY, { targetingKey: 'u-1', $weight: 5 });
    await sampler.flush();
    expect(rows).toEqual([{ targetingKey: 'u-1', $weight: 1 }]);
  });
});

describe('a hostile context', () => {
  const throwing = (): never => {
    throw new Error('no');
  };
  const trapped = new Proxy(
    {},
    { getOwnPropertyDescriptor: throwing, get: throwing, has: throwing, ownKeys: throwing },
  );
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  const circular: Record<string, unknown> = {};
  circular.b = circular;
  const values: Record<string, unknown> = {
    'a getter that throws': Object.defineProperty({}, 'b', { get: throwing, enumerable: true }),
    'a proxy that throws': trapped,
    'a revoked proxy': revoked,
    'a list with a getter that throws': Object.defineProperty([1], 0, { get: throwing }),
    'an invalid date': new Date(Number.NaN),
    'a date that throws': Object.assign(new Date(0), { toISOString: throwing, toJSON: throwing }),
    'a circle': circular,
    'a function': throwing,
    'a symbol': Symbol('s'),
    'a bigint': 5n,
    'not a number': Number.NaN,
    'an object that throws when it is made a text': {
      toString: throwing,
      toJSON: throwing,
      [Symbol.toPrimitive]: throwing,
    },
    'a long text': 'x'.repeat(10_000_000),
    'a long list': Array.from({ length: 1_000_000 }, () => 1),
    'a sparse list': Object.assign([], { length: 2 ** 32 - 1 }),
  };

  it.each(Object.entries(values))('with %s samples the user all the same', async (_what, value) => {
    const { sampler, rows, client } = await scene(
      ruled(KEY, '{ a: x, a.b: 1, a.b.c: 1, good: 1, list: { contains: 1 } }'),
    );
    const context = { targetingKey: 'u-1', a: value, list: value, good: 1 } as never;
    sampler.sample(KEY, context);
    // The engine reads what it likes and fails as it does; the sampler is no part of it.
    await evaluate(client, context);
    await sampler.flush();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ targetingKey: 'u-1', good: 1, $weight: 1 });
    expect(JSON.stringify(rows).length).toBeLessThan(200);
  });

  it.each([
    ['a key that throws', Object.defineProperty({}, 'targetingKey', { get: throwing, enumerable: true })],
    ['nothing but traps', trapped],
  ])('with %s is counted, and throws nothing', async (_what, context) => {
    const { sampler } = await scene(ruled(KEY, '{ a: x }'));
    expect(() => sampler.sample(KEY, context)).not.toThrow();
    expect(sampler.status()).toMatchObject({ users: 0, skipped: { unreadable: 1 } });
  });

  it('runs no getter of an attribute', async () => {
    const { sampler, rows } = await scene(ruled(KEY, '{ a: x }'));
    const get = vi.fn<() => string>(() => 'x');
    sampler.sample(KEY, Object.defineProperty({ targetingKey: 'u-1' }, 'a', { get, enumerable: true }));
    await sampler.flush();
    expect(get).not.toHaveBeenCalled();
    expect(rows).toEqual([{ targetingKey: 'u-1', $weight: 1 }]);
  });

  it('of too many bytes loses its largest attributes, and stays', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `a${index}`);
    const when = `{ ${names.map((name) => `${name}: x`).join(', ')}, n.b: x, n.c: x }`;
    const { sampler, rows } = await scene(ruled(KEY, when));
    const attributes = Object.fromEntries(names.map((name, index) => [name, 'é'.repeat(20 + 10 * index)]));
    sampler.sample(KEY, { targetingKey: 'u-1', ...attributes, n: { b: '€'.repeat(600), c: 'small' } });
    const { attributesDropped, bytes } = sampler.status();
    expect(bytes).toBeLessThan(2_048 + 200);
    await sampler.flush();
    const [row] = rows as [SampledRow];
    expect(row).toMatchObject({ targetingKey: 'u-1', a0: attributes.a0, a10: attributes.a10, n: { c: 'small' } });
    expect(Object.keys(row).length - 2 + attributesDropped).toBe(names.length + 2);
    expect(row).not.toHaveProperty('a39');
  });

  it('has names that other objects give a meaning to', async () => {
    const when = '{ constructor: x, toString: x, hasOwnProperty: x, toJSON: x, a.prototype: x }';
    const { sampler, rows } = await scene(ruled(KEY, when));
    const attributes = { constructor: 'x', toString: 'x', hasOwnProperty: 'x', toJSON: 'x', a: { prototype: 'x' } };
    sampler.sample(KEY, { targetingKey: 'u-1', ...attributes, __proto__: { polluted: 'x' } });
    sampler.sample(KEY, { targetingKey: 'u-2' });
    await sampler.flush();
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({ targetingKey: 'u-1', ...attributes, $weight: 1 });
    expect(rows).toContainEqual({ targetingKey: 'u-2', $weight: 1 });
  });
});

describe('windows', () => {
  it('end at each interval, and begin with nobody', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { sampler, rows } = await scene(halves(KEY), { intervalMs: 60_000 });
    sampler.sample(KEY, { targetingKey: 'u-1' });
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(() => expect(rows).toHaveLength(1));
    await vi.waitFor(() => expect(sampler.status().lastWritten?.rows).toBe(1));
    expect(sampler.status()).toMatchObject({ users: 0, flags: 0, bytes: 0, rowsWritten: 1 });
    sampler.sample(KEY, { targetingKey: 'u-1' });
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(() => expect(rows).toHaveLength(2));
  });

  it('are handed over in batches, and an application’s failure costs rows and nothing else', async () => {
    const batches: number[] = [];
    let isFailing = false;
    const onBatch = (batch: readonly SampledRow[]): void => {
      if (isFailing && batches.length > 0) throw new Error(`full: ${'x'.repeat(500)}`);
      batches.push(batch.length);
    };
    const { sampler, warnings } = await scene(halves(KEY), { onBatch, limits: { usersPerFlag: 2_500, flags: 10 } });
    const all = (): void => {
      for (let user = 0; user < 2_500; user++) sampler.sample(KEY, { targetingKey: `u-${user}` });
    };
    all();
    await sampler.flush();
    expect(batches).toEqual([1_000, 1_000, 500]);
    batches.length = 0;
    isFailing = true;
    all();
    await sampler.flush();
    all();
    await sampler.flush();
    expect(batches).toEqual([1_000]);
    const { rowsWritten, rowsLost, failedWrites, lastError } = sampler.status();
    expect({ rowsWritten, rowsLost, failedWrites }).toEqual({ rowsWritten: 3_500, rowsLost: 4_000, failedWrites: 2 });
    expect(lastError?.message).toMatch(/^full: x{194}$/);
    expect(warnings).toEqual([expect.stringContaining('full: x')]);
    isFailing = false;
    all();
    await sampler.flush();
    isFailing = true;
    batches.length = 0;
    batches.push(0);
    all();
    await sampler.flush();
    expect(warnings).toHaveLength(2);
  });

  it('end for good when it is closed, as often as it is', async () => {
    const { sampler, rows, client } = await scene(halves(KEY));
    sampler.sample(KEY, { targetingKey: 'u-1' });
    await Promise.all([sampler.close(), sampler.close(), sampler.flush()]);
    await sampler.close();
    await evaluate(client, { targetingKey: 'u-2' });
    await sampler.flush();
    expect(rows).toEqual([{ targetingKey: 'u-1', $weight: 1 }]);
    expect(sampler.status().evaluations).toBe(1);
  });

  it('are one at a time, and take what comes meanwhile into the next', async () => {
    const taken: (readonly SampledRow[])[] = [];
    let letGo: () => void = () => undefined;
    const written = new Promise<void>((resolve) => (letGo = resolve));
    const onBatch = async (batch: readonly SampledRow[]): Promise<void> => {
      taken.push(batch);
      await written;
    };
    const { sampler } = await scene(halves(KEY), { onBatch });
    sampler.sample(KEY, { targetingKey: 'u-1' });
    const first = sampler.flush();
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    sampler.sample(KEY, { targetingKey: 'u-2' });
    const [second, third] = [sampler.flush(), sampler.flush()];
    expect(third).toBe(second);
    sampler.sample(KEY, { targetingKey: 'u-3' });
    letGo();
    await Promise.all([first, second]);
    expect(taken.map((rows) => rows.map((row) => row.targetingKey).toSorted(compareKeys))).toEqual([
      ['u-1'],
      ['u-2', 'u-3'],
    ]);
  });
});

describe('limits', () => {
  it('hold the bytes of all contexts, whatever comes by', async () => {
    const bytes = 4 * (2_048 + 160) + 100_000;
    const keys = ['web.a.one', 'web.b.one', 'web.c.one', 'web.d.one'];
    const { sampler, rows } = await scene(
      { ...halves(...keys), ...ruled('web.e.one', '{ note: x }') },
      { limits: { flags: 4, bytes, usersPerFlag: 300 } },
    );
    let most = 0;
    for (let user = 0; user < 4_000; user++) {
      // An audience of its own for each.
      sampler.sample(keys[user % 4] as string, { targetingKey: `u-${user}`, note: '€'.repeat(user % 900) });
      most = Math.max(most, sampler.status().bytes);
    }
    expect(most).toBeLessThanOrEqual(bytes);
    expect(most).toBeGreaterThan(bytes / 2);
    expect(sampler.status().usersPerFlag).toBeLessThan(300);
    await sampler.flush();
    const estimate = rows.reduce((sum, row) => sum + row.$weight, 0);
    expect(estimate).toBeGreaterThan(2_500);
    expect(estimate).toBeLessThan(6_000);
    expect(sampler.status()).toMatchObject({ usersPerFlag: 300, bytes: 0 });
  });

  it('follow so many attributes and so deep, and say what they leave', async () => {
    const deep = (depth: number): string => Array.from({ length: depth }, (_, index) => `d${index}`).join('.');
    const many = Array.from({ length: 1_100 }, (_, index) => `many${index}`);
    const body = (paths: readonly string[]): string => `{ ${paths.map((path) => `${path}: 1`).join(', ')} }`;
    const files = { ...ruled('web.a.one', body([deep(16), deep(17)])), ...ruled('web.b.one', body(many)) };
    const { sampler, warnings } = await scene(files);
    const { paths, omitted } = sampler.status().attributes;
    expect(paths).toHaveLength(1_000);
    expect(paths).toContain(deep(16));
    expect(omitted).toBe(102);
    expect(warnings).toEqual(['102 of the attributes that rules read are too many or too deep to be sampled']);
  });
});

describe('attributes of rules', () => {
  it('are those of the provider’s environment, enabled or not, and of all segments', async () => {
    const environments = `
environments:
  production:
    enabled: false

    rules:
      - { name: one, when: { any: [{ a: 1 }, { all: [{ b: 1 }, { not: { c: 1 } }] }] }, serve: true }
  staging:
    enabled: true

    rules:
      - { name: one, when: { elsewhere: 1 }, serve: true }
`;
    const { sampler } = await scene({
      ...flag(KEY, environments),
      ...flag(
        'web.other.one',
        'bucketBy: company\n\nenvironments:\n  production:\n    enabled: true\n\n    rollout: 5\n',
      ),
      ...flag('web.third.one', 'bucketBy: unused\n'),
      ...segment('unused', '{ d: 1, segment: also }'),
      ...segment('also', '{ e: 1, a: 2 }'),
    });
    expect(sampler.status().attributes.paths).toEqual(['a', 'b', 'c', 'company', 'd', 'e']);
  });

  it('are followed from revision to revision', async () => {
    const { sampler, change } = await scene(ruled(KEY, '{ a: 1 }'));
    for (const name of ['b', 'c']) {
      await change(ruled(KEY, `{ ${name}: 1 }`));
      sampler.sample(KEY, {});
      await vi.waitFor(() => expect(sampler.status().attributes.paths).toEqual([name]));
    }
  });
});

describe('options', () => {
  const rows: [string, object, RegExp][] = [
    ['no provider', { provider: undefined }, /`provider` must be a GuidonProvider/],
    ['no choice of keys', { keys: undefined }, /`keys` must be \{ hash: secret \}.* or 'plain'/],
    ['another choice of keys', { keys: 'hash' }, /`keys` must be/],
    [
      'a secret that can be guessed',
      { keys: { hash: 'hunter2hunter2!' } },
      /at least 16 characters, .*the secret has 15/,
    ],
    ['a hashed attribute without a secret', { hash: ['email'] }, /`hash` needs a secret/],
    [
      'a hashed attribute that is no path',
      { keys: { hash: SECRET }, hash: ['a..b'] },
      /`hash` must be a list of attribute paths/,
    ],
    ['an attribute that is a prototype', { attributes: ['a.__proto__'] }, /`attributes` must be a list/],
    ['attributes that are no list', { attributes: 'email' }, /`attributes` must be a list/],
    ['nowhere to write to', { onBatch: undefined }, /give either `write`.* or `onBatch`/],
    ['two places to write to', { write: { folder: '/tmp' } }, /give either/],
    ['no function', { onBatch: 'x' }, /`onBatch` must be a function/],
    ['a folder that is not there', { onBatch: undefined, write: { folder: '/tmp/not/there' } }, /is not there/],
    ['a file for a folder', { onBatch: undefined, write: { folder: import.meta.filename } }, /is a file/],
    ['an empty folder name', { onBatch: undefined, write: { folder: '' } }, /must be the path of a folder/],
    [
      'too short an interval',
      { intervalMs: 999 },
      /`intervalMs` must be a whole number from 1000 to 2147483647, not 999/,
    ],
    ['an interval in words', { intervalMs: '10m' }, /not of type string/],
    ['a misspelt option', { hashes: ['email'] }, /options can't have `hashes`; there are provider, keys, hash/],
    ['a misspelt limit', { limits: { users: 5 } }, /`limits` can't have `users`/],
    [
      'room for less than a context a flag',
      { limits: { bytes: 1_000_000 } },
      /one context of each flag: 2208000 bytes/,
    ],
    [
      'more users than there is room for',
      { limits: { usersPerFlag: 5_000 } },
      /`limits\.usersPerFlag` \(5000\) times `limits\.flags` \(1000\) .* more than `limits\.bytes`, 16777216: lower one/,
    ],
  ];
  it.each(rows)('refuse %s', (_what, wrong, message) => {
    const provider = { snapshot: () => undefined };
    const make = (): unknown =>
      new ContextSampler({ provider, keys: 'plain', onBatch: () => undefined, ...wrong } as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(/hunter2/);
  });
});

it('warns on the console by default, and goes on where a logger fails', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { provider } = await sampledFlags(halves(KEY));
  const onBatch = (): never => {
    throw new Error('full');
  };
  const failing = { warn: () => onBatch() };
  for (const logger of [undefined, failing]) {
    const sampler = new ContextSampler({ provider, keys: 'plain', onBatch, ...(logger && { logger }) });
    await sampler.flush();
    sampler.sample(KEY, { targetingKey: 'u-1' });
    await sampler.close();
    expect(sampler.status()).toMatchObject({ failedWrites: 1, rowsLost: 1, lastError: { message: 'full' } });
  }
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("can't be written"));
  warn.mockRestore();
});
