import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  ErrorCode,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuidonProvider, type GuidonProviderOptions } from './index.js';
import { checkOptions } from './options.js';
import { GitHttpServer, basic } from './repository/testing/git-http-server.js';
import { TestRepository } from './repository/testing/repository.js';
import { Application, flag, policy, rolledOut, type Files } from './testing/flag-files.js';

const KEY = 'web.cart.banner';
const OTHER = 'web.cart.footer';

let repository: TestRepository;
let application: Application;
const providers: GuidonProvider[] = [];

beforeEach(async () => {
  repository = await TestRepository.create();
  application = new Application();
});

afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.onClose()));
  vi.unstubAllEnvs();
  await repository.dispose();
});

afterAll(() => OpenFeature.close());

function provide(options: Partial<GuidonProviderOptions> = {}): GuidonProvider {
  const source = 'directory' in options || 'url' in options ? {} : { url: repository.url };
  const given = {
    environment: 'production',
    logger: application.logger,
    ...source,
    ...options,
  } as GuidonProviderOptions;
  const provider = new GuidonProvider(given);
  providers.push(provider);
  return provider;
}

describe('a provider over git', () => {
  it('is READY once, serves the commit, and takes a new one at refresh with the keys that changed', async () => {
    const first = await repository.commit({ ...policy, ...rolledOut(KEY, 0), ...rolledOut(OTHER, 100) });
    const provider = provide();
    await application.start(provider);
    expect(await application.client.getBooleanDetails(KEY, true)).toMatchObject({
      value: false,
      variant: 'false',
      reason: StandardResolutionReasons.STATIC,
      flagMetadata: {
        flagSetId: 'flags/production',
        version: first,
        owner: 'web-team',
        type: 'ops',
        riskTier: 'low',
        environment: 'production',
      },
    });
    const second = await repository.commit({ ...rolledOut(KEY, 100), ...rolledOut('web.cart.new', 0) });
    await provider.refresh();
    const changed = await application.heard(ProviderEvents.ConfigurationChanged);
    expect(changed?.flagsChanged).toEqual([KEY, 'web.cart.new']);
    expect(changed?.metadata).toMatchObject({ revision: second });
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    expect(application.count(ProviderEvents.Ready)).toBe(1);
    expect(application.client.providerStatus).toBe(ProviderStatus.READY);
  });

  it('reports removals, and nothing for comments, descriptions and other environments', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 50), ...rolledOut(OTHER, 50) });
    const provider = provide();
    await application.start(provider);
    const file = `flags/${KEY.replaceAll('.', '/')}.yaml`;
    const text = rolledOut(KEY, 50)[file] as string;
    const commit = await repository.commit({
      [file]: `# A comment.\n${text.replace('For tests.', 'Other words.').replace('rollout: 100', 'rollout: 10')}`,
    });
    await provider.refresh();
    expect(provider.snapshot().revision).toBe(commit);
    expect(application.count(ProviderEvents.ConfigurationChanged)).toBe(0);
    await repository.commit({ [`flags/${OTHER.replaceAll('.', '/')}.yaml`]: null });
    await provider.refresh();
    expect((await application.heard(ProviderEvents.ConfigurationChanged))?.flagsChanged).toEqual([OTHER]);
    expect(await application.client.getBooleanDetails(OTHER, true)).toMatchObject({
      value: true,
      errorCode: ErrorCode.FLAG_NOT_FOUND,
    });
  });

  it('refuses a whole commit for one bad file, says which and why, and takes the next good one', async () => {
    const good = await repository.commit({ ...policy, ...rolledOut(KEY, 100), ...rolledOut(OTHER, 100) });
    const provider = provide();
    await application.start(provider);
    const bad = await repository.commit({ ...rolledOut(OTHER, 0), ...flag(KEY, 'enviroments: {}\n') });
    await provider.refresh();
    expect(await application.client.getBooleanValue(OTHER, false)).toBe(true);
    const { revision, rejected } = provider.status();
    expect(revision).toBe(good);
    expect(rejected?.revision).toBe(bad);
    expect(rejected?.problems).toMatchObject([
      { code: 'unknown-key', file: 'flags/web/cart/banner.yaml', line: 7, column: 1 },
    ]);
    expect(application.lines.join('\n')).toContain('flags/web/cart/banner.yaml:7:1  error unknown-key');
    await repository.commit(rolledOut(KEY, 0));
    await provider.refresh();
    expect(provider.status().rejected).toBeUndefined();
    expect(await application.client.getBooleanValue(OTHER, true)).toBe(false);
  });

  it('is STALE when nothing was confirmed for too long, and READY again after it', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const provider = provide({ staleAfterMs: 1 });
    await application.start(provider);
    await application.heard(ProviderEvents.Stale);
    expect(application.client.providerStatus).toBe(ProviderStatus.STALE);
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    await provider.refresh();
    await application.heard(ProviderEvents.Ready, 2);
  });

  it('rejects its start when the first commit is bad, answers PROVIDER_NOT_READY, and is READY with a good one', async () => {
    await repository.commit({ ...policy, ...flag(KEY, 'defalut: true\n') });
    const provider = provide();
    await expect(application.start(provider)).rejects.toThrow(/banner\.yaml:7:1 unknown key `defalut`/);
    expect(application.client.providerStatus).toBe(ProviderStatus.ERROR);
    expect(await application.client.getBooleanDetails(KEY, true)).toMatchObject({
      value: true,
      errorCode: ErrorCode.PROVIDER_NOT_READY,
    });
    await repository.commit(rolledOut(KEY, 100));
    await provider.refresh();
    await application.heard(ProviderEvents.Ready);
    expect(application.client.providerStatus).toBe(ProviderStatus.READY);
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
  });

  it('keeps the old ruleset when a commit removes its environment', async () => {
    const good = await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const provider = provide();
    await application.start(provider);
    const withoutProduction = (policy['flags/policy.yaml'] as string).replace('production, ', '');
    await repository.commit({ 'flags/policy.yaml': withoutProduction, ...flag(KEY) });
    for (const _poll of ['finds the commit', 'finds it unchanged']) {
      await provider.refresh();
      expect(provider.status()).toMatchObject({
        revision: good,
        lastError: { message: expect.stringContaining('staging') },
      });
    }
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
  });

  it('stays FATAL while its environment is missing, whatever the polls find, and is READY when it is there', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const provider = provide({ environment: 'canary' });
    await expect(application.start(provider)).rejects.toThrow('canary');
    await provider.refresh();
    expect(application.client.providerStatus).toBe(ProviderStatus.FATAL);
    expect(provider.status()).toMatchObject({ state: 'failed', lastError: { message: expect.any(String) } });
    await repository.commit({
      'flags/policy.yaml': (policy['flags/policy.yaml'] as string).replace('ging]', 'ging, canary]'),
    });
    await provider.refresh();
    expect(application.count(ProviderEvents.Ready)).toBe(1);
    expect(application.client.providerStatus).toBe(ProviderStatus.READY);
  });

  it('forgets a failed read once a read succeeds, also one that finds a bad commit', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const provider = provide({ ref: 'main' });
    await application.start(provider);
    await rename(repository.remoteDir, `${repository.remoteDir}.away`);
    await provider.refresh();
    expect(provider.status().lastError).toBeDefined();
    await rename(`${repository.remoteDir}.away`, repository.remoteDir);
    await repository.commit(flag(KEY, 'defalut: true\n'));
    await provider.refresh();
    expect(provider.status()).toMatchObject({
      lastError: undefined,
      rejected: { problems: [{ file: expect.any(String) }] },
    });
  });

  it('follows its own ref beside another provider of the same repository and cache', async () => {
    const main = await repository.commit({ ...policy, ...rolledOut(KEY, 0) });
    await repository.git('commit', '--quiet', '--allow-empty', '--message=Other');
    const other = await repository.push('other');
    const cacheDir = join(repository.folder, 'cache');
    const [one, two] = [provide({ cacheDir, ref: 'main' }), provide({ cacheDir, ref: 'other' })];
    await Promise.all([one.initialize(), two.initialize()]);
    for (let round = 0; round < 10; round++) {
      await Promise.all([one.refresh(), two.refresh()]);
      expect([one.snapshot().revision, two.snapshot().revision]).toEqual([main, other]);
    }
  });

  it.each<[string, (provider: GuidonProvider) => Promise<unknown>]>([
    ['at its first start', () => Promise.resolve()],
    ['at a later start', (provider) => provider.initialize().then(() => provider.onClose())],
    ['at the second of two starts', (provider) => Promise.resolve(void provider.initialize().catch(() => undefined))],
  ])('ends for good when it is closed at once: %s', async (_name, before) => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    vi.stubEnv('TMPDIR', await mkdtemp(join(repository.folder, 'temporary-')));
    const provider = provide();
    await before(provider);
    const starting = provider.initialize();
    const [started] = await Promise.allSettled([starting, provider.onClose()]);
    expect(started).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('closed') } });
    expect(provider.status().state).toBe('stopped');
    await vi.waitFor(async () => expect(await readdir(process.env['TMPDIR'] as string)).toEqual([]));
  });

  it('takes four poll intervals for the time after which it is STALE, where that is longer than the default', () => {
    const { source, staleAfterMs } = checkOptions({
      url: repository.url,
      environment: 'production',
      pollIntervalMs: 90_000,
    });
    expect(staleAfterMs).toBe(360_000);
    return source.stop();
  });

  it('pins a snapshot to its commit while the provider moves on', async () => {
    const first = await repository.commit({ ...policy, ...rolledOut(KEY, 0) });
    const provider = provide();
    expect(provider.snapshot().evaluate(KEY, {})).toMatchObject({ errorCode: 'PROVIDER_NOT_READY' });
    await application.start(provider);
    const snapshot = provider.snapshot();
    await repository.commit({ ...rolledOut(KEY, 100), ...rolledOut(OTHER, 100) });
    await provider.refresh();
    expect(snapshot.revision).toBe(first);
    expect([...snapshot.evaluateAll({ targetingKey: 'u' })].map(([key, { value }]) => [key, value])).toEqual([
      [KEY, false],
    ]);
    expect([...provider.snapshot().evaluateAll({})].map(([key, { value }]) => [key, value])).toEqual([
      [KEY, true],
      [OTHER, true],
    ]);
    expect(Object.isFrozen(snapshot)).toBe(true);
  });

  it('reads the flags of a folder deeper in a larger repository, of any ref', async () => {
    const moved = Object.fromEntries(
      Object.entries({ ...policy, ...rolledOut(KEY, 100) }).map(([path, text]) => [`services/shop/${path}`, text]),
    );
    await repository.commit({ ...moved, 'README.md': 'x', 'services/shop/other.yaml': ': not [ ours' });
    await repository.push('release/1');
    await application.start(provide({ path: 'services/shop/flags', ref: 'release/1' }));
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
  });
});

describe('a provider and its server', () => {
  let server: GitHttpServer;
  let token = 'right-token-9a7b';
  beforeEach(async () => {
    token = 'right-token-9a7b';
    server = await GitHttpServer.start({
      root: dirname(repository.remoteDir),
      authorize: (header) => header === basic('x-access-token', token),
    });
  });
  afterEach(() => server.stop());

  it('asks its token function at each fetch; a refusal while serving leaves the old ruleset, and says no secret', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    let asked = 0;
    const provider = provide({ url: server.url('flags.git'), auth: async () => (asked++, token) });
    await application.start(provider);
    expect(asked).toBe(1);
    token = 'renewed-token-77c1';
    await provider.refresh();
    expect(asked).toBe(2);
    expect(provider.status().lastError).toBeUndefined();
    server.behaviour = 503;
    await provider.refresh();
    expect(provider.status().lastError?.message).toBeTruthy();
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    expect(JSON.stringify([provider.status(), application.lines, application.events])).not.toMatch(/token-(9a7b|77c1)/);
  });

  it('is STALE when its one token is revoked, and READY when it works again', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const provider = provide({ url: server.url('flags.git'), auth: 'right-token-9a7b' });
    await application.start(provider);
    token = 'another';
    await provider.refresh();
    await application.heard(ProviderEvents.Stale);
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    token = 'right-token-9a7b';
    await provider.refresh();
    await application.heard(ProviderEvents.Ready, 2);
    expect(application.count(ProviderEvents.ConfigurationChanged)).toBe(0);
  });

  it('is FATAL for a wrong token, and its message holds no part of it', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const provider = provide({ url: server.url('flags.git'), auth: 'wrong-token-5e5e' });
    const failure = await application.start(provider).then(String, String);
    expect(application.client.providerStatus).toBe(ProviderStatus.FATAL);
    expect(failure).not.toContain('5e5e');
    expect(failure).not.toContain(Buffer.from('x-access-token:wrong-token-5e5e').toString('base64'));
  });

  it('is in ERROR while the remote is down at the start, and READY when it is back', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    server.behaviour = 503;
    const provider = provide({ url: server.url('flags.git'), auth: token });
    await expect(application.start(provider)).rejects.toThrow();
    expect(application.client.providerStatus).toBe(ProviderStatus.ERROR);
    server.behaviour = 'serve';
    await provider.refresh();
    await application.heard(ProviderEvents.Ready);
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
  });

  it('closes in the middle of a fetch that hangs, twice, and for good', async () => {
    server.behaviour = 'hang';
    const provider = provide({ url: server.url('flags.git'), auth: token });
    const request = server.nextRequest();
    const starting = application.start(provider).then(
      () => 'started',
      () => 'rejected',
    );
    await request;
    await Promise.all([provider.onClose(), provider.onClose()]);
    expect(await starting).toBe('rejected');
    expect(provider.status().state).toBe('stopped');
  });
});

describe('configuration that waiting cannot mend is FATAL', () => {
  const rows: [string, Partial<Record<string, unknown>>, RegExp][] = [
    [
      'an environment that the policy does not have',
      { environment: 'prod' },
      /"prod" is not in policy.yaml.*production, staging/,
    ],
    ['no environment', { environment: '' }, /`environment`/],
    ['neither url nor directory', { url: undefined }, /either `url`.*or `directory`/],
    ['a URL that is an option', { url: '--upload-pack=touch /tmp/x' }, /./],
    ['a transport that runs commands', { url: 'ext::sh -c whoami' }, /./],
    ['a ref that is an option', { ref: '--exec=x' }, /./],
    ['a path out of the repository', { path: '../other' }, /./],
    ['a poll interval below the floor', { pollIntervalMs: 10 }, /pollIntervalMs.*1000/],
    ['a staleness of no time', { staleAfterMs: Number.NaN }, /staleAfterMs/],
    ['a token over plain http', { url: 'http://example.com/flags.git', auth: 'secret-token' }, /http/],
    ['a directory that is both', { directory: '/nowhere' }, /either/],
    ['a directory of no name', { url: undefined, directory: '' }, /`directory`/],
    ['a directory that is no text', { url: undefined, directory: 5 }, /`directory`/],
    ['a cache of no name', { cacheDir: '' }, /`cacheDir`/],
    ['a cache that is no text', { cacheDir: null }, /`cacheDir`/],
    ['a poll interval that is text', { pollIntervalMs: '15000' }, /pollIntervalMs.*string/],
    ['a poll interval that is a symbol', { pollIntervalMs: Symbol('x') }, /pollIntervalMs.*symbol/],
    ['a staleness that is a bigint', { staleAfterMs: 1n }, /staleAfterMs.*bigint/],
    ['no auth, but null', { auth: null }, /`auth` is a token/],
    ['a query that may be a secret', { url: 'ftp://example.com/flags?token=secret-token' }, /^(?!.*secret-token)/],
  ];
  it('does not mind options that are there without a value', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const unset = { directory: undefined, cacheDir: undefined, auth: undefined, staleAfterMs: undefined };
    await application.start(provide({ url: repository.url, ...unset } as object));
    expect(application.client.providerStatus).toBe(ProviderStatus.READY);
  });

  it.each(rows)('%s', async (_name, options, message) => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const provider = provide({ url: repository.url, ...options });
    await expect(application.start(provider)).rejects.toThrow(message);
    expect(application.client.providerStatus).toBe(ProviderStatus.FATAL);
    expect(provider.status()).toMatchObject({
      state: 'failed',
      lastError: { message: expect.stringMatching(message) },
    });
    expect(JSON.stringify(application.lines)).not.toContain('secret-token');
  });
});

describe('asking every type of every kind', () => {
  const kinds: Record<string, [string, unknown]> = {
    boolean: ['{ full: true, none: false }', true],
    string: ['{ full: text, none: "" }', 'text'],
    number: ['{ full: 7.5, none: 0 }', 7.5],
    object: ['{ full: { a: [1, { b: 2 }] }, none: {} }', { a: [1, { b: 2 }] }],
  };
  it.each(Object.entries(kinds))('%s values', async (kind, [variants, value]) => {
    const key = `web.kind.${kind}`;
    const body = `variants: ${variants}\ndefault: none\n\nenvironments:\n  production:\n    enabled: true\n\n    rollout: { full: 100 }\n`;
    await repository.commit({ ...policy, ...flag(key, body) });
    await application.start(provide());
    const { client } = application;
    const answers = {
      boolean: await client.getBooleanDetails(key, false),
      string: await client.getStringDetails(key, 'fallback'),
      number: await client.getNumberDetails(key, -1),
      object: await client.getObjectDetails(key, { fallback: true }),
    };
    for (const [asked, details] of Object.entries(answers)) {
      if (asked === kind) expect(details).toMatchObject({ value, variant: 'full', reason: 'STATIC' });
      else {
        expect(details).toMatchObject({ reason: 'ERROR', errorCode: ErrorCode.TYPE_MISMATCH });
        expect(details.flagMetadata).toMatchObject({ flagSetId: 'flags/production', owner: 'web-team' });
        expect(details.value).not.toEqual(value);
      }
    }
  });

  it('gives object values that no caller can change', async () => {
    const body = 'variants: { full: { list: [1] }, none: {} }\ndefault: full\n';
    await repository.commit({ ...policy, ...flag(KEY, body) });
    await application.start(provide());
    const value = (await application.client.getObjectValue(KEY, {})) as { list: number[] };
    expect(() => value.list.push(2)).toThrow(TypeError);
    expect(await application.client.getObjectValue(KEY, {})).toEqual({ list: [1] });
  });

  it('answers with the caller’s value, without a variant, where a flag defaults to null', async () => {
    const body = 'default: null\nvariants: { full: 1 }\n\nenvironments:\n  production:\n    enabled: true\n';
    await repository.commit({ ...policy, ...flag(KEY, body) });
    await application.start(provide());
    const details = await application.client.getNumberDetails(KEY, 42);
    expect(details).toMatchObject({ value: 42, reason: 'DEFAULT' });
    expect(details.variant).toBeUndefined();
  });

  it('survives contexts with functions, cycles, dates and long strings; a snapshot also throwing getters', async () => {
    const rules = '      - { name: r, when: { a: { matches: "x+y" }, b.c: { before: "2030-01-01" } }, serve: true }\n';
    await repository.commit({
      ...policy,
      ...flag(KEY, `\nenvironments:\n  production:\n    enabled: true\n\n    rules:\n${rules}`),
    });
    const provider = provide();
    await application.start(provider);
    const cyclic: Record<string, unknown> = { a: 'x'.repeat(1_000_000) };
    cyclic['b'] = cyclic;
    const contexts = [
      cyclic,
      { a: () => 1 },
      { a: new Date(), b: { c: new Date() } },
      { a: 'xy', b: { c: new Date(0) } },
    ];
    const values: unknown[] = [];
    for (const context of contexts) values.push(await application.client.getBooleanValue(KEY, false, context as never));
    expect(values).toEqual([false, false, false, true]);
    const hostile = {
      get a(): string {
        throw new Error('not today');
      },
    };
    expect(provider.snapshot().evaluate(KEY, hostile)).toMatchObject({ errorCode: 'GENERAL', value: undefined });
  });
});

describe('a provider over a directory', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'guidon-provider-'));
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  async function write(folder: string, files: Files): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const file = join(base, folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  it('serves it with its digest as the version, and takes a saved file', async () => {
    await write('', { ...policy, ...rolledOut(KEY, 0) });
    const provider = provide({ directory: join(base, 'flags') });
    await application.start(provider);
    const details = await application.client.getBooleanDetails(KEY, true);
    expect(details).toMatchObject({
      value: false,
      flagMetadata: { version: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    });
    await write('', rolledOut(KEY, 100));
    expect((await application.heard(ProviderEvents.ConfigurationChanged))?.flagsChanged).toEqual([KEY]);
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
  });

  it('takes a link that is swapped, as git-sync does, in one step', async () => {
    await write('one', { ...policy, ...rolledOut(KEY, 0), ...rolledOut(OTHER, 0) });
    await cp(join(base, 'one'), join(base, 'two'), { recursive: true });
    await write('two', { ...rolledOut(KEY, 100), ...rolledOut(OTHER, 100) });
    await symlink('one', join(base, 'current'));
    await application.start(provide({ directory: join(base, 'current', 'flags') }));
    await symlink('two', join(base, 'next'));
    await rename(join(base, 'next'), join(base, 'current'));
    expect((await application.heard(ProviderEvents.ConfigurationChanged))?.flagsChanged).toEqual([KEY, OTHER]);
    expect(await application.client.getBooleanValue(OTHER, false)).toBe(true);
    expect(application.count(ProviderEvents.ConfigurationChanged)).toBe(1);
  });
});
