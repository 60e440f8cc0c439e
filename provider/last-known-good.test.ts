import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/server-sdk';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuidonProvider, type GuidonProviderOptions } from './index.js';
import { GitHttpServer } from './repository/testing/git-http-server.js';
import { TestRepository } from './repository/testing/repository.js';
import { Application, flag, policy, rolledOut, type Files } from './testing/flag-files.js';

const KEY = 'web.cart.banner';

let repository: TestRepository;
let cacheDir: string;
let server: GitHttpServer;
const providers: GuidonProvider[] = [];

beforeEach(async () => {
  repository = await TestRepository.create();
  cacheDir = join(repository.folder, 'cache');
  server = await GitHttpServer.start({ root: join(repository.folder, 'remotes') });
});

afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.onClose()));
  await server.stop();
  await repository.dispose();
});

afterAll(() => OpenFeature.close());

interface Started {
  readonly application: Application;
  readonly provider: GuidonProvider;
}

/** An application with a provider of the repository, or of a directory, in its first or next life. */
async function start(
  options: Partial<GuidonProviderOptions> | { readonly cacheDir: undefined } = {},
): Promise<Started> {
  const application = new Application();
  const source = 'directory' in options ? {} : { url: server.url('flags.git'), ref: 'main' };
  const given = { environment: 'production', cacheDir, logger: application.logger, ...source, ...options };
  const provider = new GuidonProvider(given as GuidonProviderOptions);
  providers.push(provider);
  await application.start(provider).catch(() => undefined);
  return { application, provider };
}

/** Until what serves is on disk. */
async function persisted(provider: GuidonProvider): Promise<void> {
  await vi.waitUntil(() => provider.status().persisted, { timeout: 20_000, interval: 5 });
}

async function live(options: Partial<GuidonProviderOptions> = {}): Promise<void> {
  const { provider } = await start(options);
  await provider.refresh();
  await persisted(provider);
  await provider.onClose();
}

const takeAway = () => (server.behaviour = 503);
const bringBack = () => (server.behaviour = 'serve');

describe('a start with the remote out of reach', () => {
  beforeEach(() => repository.commit({ ...policy, ...rolledOut(KEY, 100) }));

  it('is in ERROR where nothing was kept', async () => {
    takeAway();
    const { application, provider } = await start();
    expect(application.client.providerStatus).toBe(ProviderStatus.ERROR);
    expect(provider.status()).toMatchObject({ persisted: false, fromLastKnownGood: false, revision: undefined });
  });

  it('is READY from what was kept, then STALE with its age, then READY and changed when the remote is back', async () => {
    await live();
    takeAway();
    const { application, provider } = await start({ staleAfterMs: 1_500 });
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    expect(provider.status()).toMatchObject({
      persisted: true,
      fromLastKnownGood: true,
      revision: await repository.git('rev-parse', 'HEAD'),
    });
    const stale = await application.heard(ProviderEvents.Stale);
    expect(stale?.message).toMatch(/^the last good ruleset keeps serving: /);
    expect(provider.status().ageMs).toBeGreaterThan(1_499);
    bringBack();
    await repository.commit(rolledOut(KEY, 0));
    await provider.refresh();
    const changed = await application.heard(ProviderEvents.ConfigurationChanged);
    expect(changed?.flagsChanged).toEqual([KEY]);
    const types = application.events.map(({ type }) => type);
    const { Ready, Stale, ConfigurationChanged } = ProviderEvents;
    expect(types.slice(0, 4)).toEqual([Ready, Stale, Ready, ConfigurationChanged]);
    expect(await application.client.getBooleanValue(KEY, true)).toBe(false);
    expect(provider.status().fromLastKnownGood).toBe(false);
  });

  it.each<[string, Partial<GuidonProviderOptions>]>([
    ['another environment', { environment: 'staging' }],
    ['another ref', { ref: 'release' }],
    ['another folder', { path: 'other' }],
    ['another repository', { url: 'http://127.0.0.1:1/flags.git' }],
  ])('serves nothing of %s', async (_what, options) => {
    await live();
    takeAway();
    const { application, provider } = await start(options);
    expect(application.client.providerStatus).toBe(ProviderStatus.ERROR);
    expect(provider.status().revision).toBeUndefined();
  });

  it('serves the generation before where the newest is damaged, and says so', async () => {
    const first = await repository.git('rev-parse', 'HEAD');
    await live();
    await repository.commit(rolledOut(KEY, 0));
    await live();
    const folder = (await readdir(cacheDir)).find((name) => name.endsWith('.lkg')) ?? '';
    const [newest = ''] = (await readdir(join(cacheDir, folder))).sort().reverse();
    await writeFile(join(cacheDir, folder, newest), 'guidon-bundle/2 5 nonsense');
    takeAway();
    const { application, provider } = await start();
    expect(provider.status().revision).toBe(first);
    expect(application.lines.join('\n')).toContain(newest);
  });
});

describe('a start on what was kept', () => {
  it('serves on where the newest commit is refused, and names its problem', async () => {
    const commit = await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    await live();
    await repository.commit({ ...flag(KEY, '\nnonsense: true\n') });
    const { application, provider } = await start();
    await provider.refresh();
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    expect(provider.status()).toMatchObject({ revision: commit, state: 'current' });
    expect(provider.status().rejected?.problems.map(({ code }) => code)).toEqual(['unknown-key']);
  });

  it('holds back a history that was rewound while nothing ran', async () => {
    const first = await repository.commit({ ...policy, ...rolledOut(KEY, 0) });
    const second = await repository.commit(rolledOut(KEY, 100));
    await live();
    await repository.git('reset', '--quiet', '--hard', first);
    await repository.push();
    const { application, provider } = await start();
    await provider.refresh();
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    expect(provider.status()).toMatchObject({ revision: second, rejected: { revision: first, problems: [] } });
    expect(provider.status().rejected?.reason).toContain(`allowRewindTo: '${first}'`);
    expect(application.lines.filter((line) => line.includes('is held back'))).toHaveLength(1);
    await provider.onClose();
    const next = await start({ allowRewindTo: first });
    await next.provider.refresh();
    expect(await next.application.client.getBooleanValue(KEY, true)).toBe(false);
  });

  it('is not waited for where there is nothing: the first life fetches', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    const { provider } = await start();
    expect(provider.status()).toMatchObject({ fromLastKnownGood: false, state: 'current' });
    await persisted(provider);
  });

  it('serves a directory that is gone', async () => {
    const directory = join(repository.folder, 'flags-folder');
    const write = async (files: Files): Promise<void> => {
      for (const [path, text] of Object.entries(files)) {
        const file = join(directory, path.replace(/^flags\//, ''));
        await mkdir(join(file, '..'), { recursive: true });
        await writeFile(file, text);
      }
    };
    await write({ ...policy, ...rolledOut(KEY, 100) });
    await live({ directory });
    await rm(directory, { recursive: true });
    const { application, provider } = await start({ directory });
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    expect(provider.status().fromLastKnownGood).toBe(true);
  });
});

describe('a provider that is initialised again', () => {
  it('serves on what it served, and holds what does not follow it', async () => {
    const first = await repository.commit({ ...policy, ...rolledOut(KEY, 0) });
    await repository.commit(rolledOut(KEY, 100));
    const { application, provider } = await start({ cacheDir: undefined });
    await provider.onClose();
    takeAway();
    await provider.initialize();
    expect(provider.snapshot().evaluate(KEY).value).toBe(true);
    bringBack();
    await repository.git('reset', '--quiet', '--hard', first);
    await repository.push();
    await provider.refresh();
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    expect(provider.status().rejected?.revision).toBe(first);
  });
});

describe('a cache that cannot be written', () => {
  it('keeps nothing from being served, and is warned of once', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    await writeFile(cacheDir, 'a file');
    const { application, provider } = await start();
    expect(application.client.providerStatus).toBe(ProviderStatus.READY);
    expect(await application.client.getBooleanValue(KEY, false)).toBe(true);
    for (const percent of [0, 100, 0]) {
      await repository.commit(rolledOut(KEY, percent));
      await provider.refresh();
    }
    expect(await application.client.getBooleanValue(KEY, true)).toBe(false);
    await provider.onClose();
    expect(provider.status().persisted).toBe(false);
    const told = (words: string) => application.lines.filter((line) => line.includes(words));
    expect(told('in memory only')).toHaveLength(1);
    expect(told('temporary folder instead')).toHaveLength(1);
  });

  it('is used as soon as it can be', async () => {
    await repository.commit({ ...policy, ...rolledOut(KEY, 100) });
    await writeFile(cacheDir, 'a file');
    const { provider } = await start();
    expect(provider.status().persisted).toBe(false);
    await rm(cacheDir);
    await provider.refresh();
    await persisted(provider);
  });
});
