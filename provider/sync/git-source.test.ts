import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GitHttpServer } from '../repository/testing/git-http-server.js';
import { TestRepository } from '../repository/testing/repository.js';
import { GitSource, type GitSourceOptions } from './git-source.js';
import { describeSource } from './source-suite.js';
import { brokenFiles, flagFiles, type FlagFiles } from './testing/files.js';
import { ManualTimer } from './testing/manual-timer.js';
import { Recorder } from './testing/recorder.js';

const middle = () => 0.5;
const inFlags = (files: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`flags/${path}`, content]));

const repositories: TestRepository[] = [];

afterEach(async () => {
  await Promise.all(repositories.splice(0).map((repository) => repository.dispose()));
});

async function createRepository(): Promise<TestRepository> {
  const repository = await TestRepository.create();
  repositories.push(repository);
  return repository;
}

describeSource('GitSource', async () => {
  const repository = await createRepository();
  const away = `${repository.remoteDir}.away`;
  let published: FlagFiles = {};
  return {
    open: (timer, allowRewindTo) =>
      new GitSource({
        url: repository.url,
        ref: 'main',
        timer,
        random: middle,
        ...(allowRewindTo !== undefined && { allowRewindTo }),
      }),
    publish: async (files) => {
      const gone = Object.keys(published).filter((path) => !Object.hasOwn(files, path));
      published = files;
      await repository.commit(inFlags({ ...Object.fromEntries(gone.map((path) => [path, null])), ...files }));
    },
    interrupt: () => rename(repository.remoteDir, away),
    restore: () => rename(away, repository.remoteDir),
  };
});

describe('GitSource', () => {
  let repository: TestRepository;
  let clock: ManualTimer;
  let recorder: Recorder;
  const sources: GitSource[] = [];

  beforeEach(async () => {
    repository = await createRepository();
    await repository.commit(inFlags(flagFiles('first')));
    clock = new ManualTimer();
    recorder = new Recorder();
  });

  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.stop()));
  });

  function open(options: Partial<GitSourceOptions> = {}): GitSource {
    const source = new GitSource({ url: repository.url, ref: 'main', timer: clock.timer, random: middle, ...options });
    sources.push(source);
    return source;
  }

  /** As a push can't: the remote's HEAD is this branch. */
  const deleteRef = () => repository.git(`--git-dir=${repository.remoteDir}`, 'update-ref', '-d', 'refs/heads/main');

  it.each<[string, Partial<GitSourceOptions>]>([
    ['an interval under a second', { pollIntervalMs: 999 }],
    ['an interval that is none', { pollIntervalMs: Number.NaN }],
    ['a foreign transport', { url: 'ext::sh -c true' }],
    ['a URL that is an option', { url: '--upload-pack=true' }],
    ['a ref that is an option', { ref: '--all' }],
    ['a path that leads out', { path: '../flags' }],
    ['half a commit to rewind to', { allowRewindTo: 'c0ffee' }],
    ['a branch to rewind to', { allowRewindTo: 'main' }],
  ])('refuses %s for good, when it is made', (_name, options) => {
    expect(() => open(options)).toThrow(expect.objectContaining({ name: 'SyncError', retry: 'never' }));
  });

  it('names the revision after the commit', async () => {
    const commit = await repository.git('rev-parse', 'HEAD');
    await open().start(recorder);
    expect(recorder.all('loaded')[0]?.loaded.ruleset.revision).toEqual({ id: commit, repository: 'flags' });
  });

  it('takes HEAD and `flags` if it is not told otherwise', async () => {
    const source = new GitSource({ url: repository.url, timer: clock.timer });
    sources.push(source);
    await source.start(recorder);
    expect(recorder.kinds).toEqual(['loaded']);
  });

  it('follows its ref only', async () => {
    const source = open();
    await source.start(recorder);
    await repository.git('commit', '--quiet', '--allow-empty', '--message=Elsewhere');
    await repository.push('other');
    await source.refresh();
    expect(recorder.kinds).toEqual(['loaded', 'unchanged']);
  });

  it('goes back with a ref that is rewound to what it had before a refused commit', async () => {
    const source = open();
    await source.start(recorder);
    await repository.commit(inFlags(brokenFiles('broken')));
    await source.refresh();
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    await repository.push();
    await source.refresh();
    expect(recorder.kinds).toEqual(['loaded', 'rejected', 'unchanged']);
  });

  describe('that was taken elsewhere', () => {
    /** Rewrites the remote's history and gives the new commit. */
    const rewrites: Record<string, () => Promise<string>> = {
      rewound: async () => {
        await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
        return repository.push();
      },
      'to an amended commit': async () => {
        await repository.git('commit', '--quiet', '--amend', '--message=Amended');
        return repository.push();
      },
      'to an unrelated root': async () => {
        await repository.git('checkout', '--quiet', '--orphan', 'unrelated');
        return repository.commit(inFlags(flagFiles('unrelated')));
      },
    };

    beforeEach(() => repository.commit(inFlags(flagFiles('second'))));

    it.each(Object.keys(rewrites))('%s is held back, told, and let through by name', async (rewrite) => {
      const source = open();
      await source.start(recorder);
      const served = recorder.all('loaded')[0]?.loaded;
      const commit = (await rewrites[rewrite]?.()) ?? '';
      await source.refresh();
      await source.refresh();
      expect(recorder.kinds).toEqual(['loaded', 'held', 'held']);
      const message = `it does not follow ${served?.ruleset.revision.id}: the history was rewound or replaced; if that is meant, set \`allowRewindTo: '${commit}'\``;
      expect(recorder.last).toMatchObject({ revision: commit, error: { message, retry: 'later' } });
      await source.stop();
      const next = new Recorder();
      await open({ allowRewindTo: commit }).start(next, served);
      expect(next.all('loaded').map(({ loaded }) => loaded.ruleset.revision.id)).toEqual([commit]);
    });

    it('is held back too where the cache of the first process is gone', async () => {
      const first = open();
      await first.start(recorder);
      const served = recorder.all('loaded')[0]?.loaded;
      const commit = (await rewrites['to an unrelated root']?.()) ?? '';
      const next = new Recorder();
      await open().start(next, served);
      expect(next.heard).toMatchObject([{ kind: 'held', revision: commit }]);
    });

    it('lets what follows the named commit through too, and no further rewind', async () => {
      const source = open();
      await source.start(recorder);
      const served = recorder.all('loaded')[0]?.loaded;
      const named = (await rewrites['to an amended commit']?.()) ?? '';
      const after = await repository.commit(inFlags(flagFiles('after')));
      const next = new Recorder();
      const second = open({ allowRewindTo: named });
      await second.start(next, served);
      expect(next.all('loaded').map(({ loaded }) => loaded.ruleset.revision.id)).toEqual([after]);
      await repository.git('reset', '--quiet', '--hard', named);
      const aside = await repository.commit(inFlags(flagFiles('aside')));
      await second.refresh();
      expect(next.last).toMatchObject({ kind: 'held', revision: aside });
    });

    it('is held against what serves, not against what was turned down', async () => {
      const source = open();
      await source.start(recorder);
      const served = await repository.git('rev-parse', 'HEAD');
      recorder.serves = false;
      await repository.commit(inFlags(flagFiles('unfit')));
      await source.refresh();
      await repository.git('reset', '--quiet', '--hard', served);
      await repository.push();
      await source.refresh();
      expect(recorder.last).toEqual({ kind: 'unchanged', revision: served });
    });

    it('is forgotten when the history is put right', async () => {
      const source = open();
      await source.start(recorder);
      await rewrites['rewound']?.();
      await source.refresh();
      await repository.git('reset', '--quiet', '--hard', 'HEAD@{1}');
      await repository.push();
      await source.refresh();
      await repository.commit(inFlags(flagFiles('third')));
      await source.refresh();
      expect(recorder.kinds).toEqual(['loaded', 'held', 'unchanged', 'loaded']);
    });
  });

  it('holds what it has when the ref vanishes', async () => {
    const source = open();
    await source.start(recorder);
    await deleteRef();
    await source.refresh();
    expect(recorder.kinds).toEqual(['loaded', 'failed']);
    expect(recorder.all('failed')[0]?.error.retry).toBe('later');
  });

  it('backs off while it fails, and returns to its interval', async () => {
    const source = open({ pollIntervalMs: 10_000 });
    await source.start(recorder);
    expect(clock.delays).toEqual([10_000]);
    await deleteRef();
    const delays: number[] = [];
    for (let failures = 1; failures <= 6; failures++) {
      clock.fire();
      await recorder.until('failed', failures);
      await vi.waitUntil(() => clock.delays.length === 1);
      delays.push(clock.delays[0] ?? 0);
    }
    // Half-way between the interval and 2, 4, 8, … times it, up to the ceiling of 5 minutes.
    expect(delays).toEqual([15_000, 25_000, 45_000, 85_000, 155_000, 155_000]);
    await repository.push();
    await source.refresh();
    expect(clock.delays).toEqual([10_000]);
  });

  it('keeps what it fetched in the folder that it is given, which several sources may share', async () => {
    const cacheDir = join(repository.folder, 'cache');
    const others = Array.from({ length: 4 }, () => new Recorder());
    await Promise.all(others.map((other) => open({ cacheDir }).start(other)));
    expect(others.map(({ kinds }) => kinds)).toEqual(others.map(() => ['loaded']));
    await Promise.all(sources.splice(0).map((source) => source.stop()));
    expect(await readdir(cacheDir)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    await open({ cacheDir }).start(recorder);
    expect(recorder.kinds).toEqual(['loaded']);
  });
});

describe('GitSource over HTTP', () => {
  let repository: TestRepository;
  let server: GitHttpServer;
  let clock: ManualTimer;
  let source: GitSource;
  let recorder: Recorder;

  beforeEach(async () => {
    repository = await createRepository();
    await repository.commit(inFlags(flagFiles('first')));
    server = await GitHttpServer.start({ root: join(repository.folder, 'remotes') });
    clock = new ManualTimer();
    source = new GitSource({ url: server.url('flags.git'), ref: 'main', timer: clock.timer, random: middle });
    recorder = new Recorder();
  });

  afterEach(async () => {
    await source.stop();
    await server.stop();
  });

  it('goes on trying at the ceiling where waiting cannot help, and notices that it was helped', async () => {
    server.behaviour = 401;
    await source.start(recorder);
    expect(recorder.all('failed')[0]?.error.retry).toBe('never');
    expect(clock.delays).toEqual([300_000]);
    server.behaviour = 'serve';
    clock.fire();
    await recorder.until('loaded');
  });

  it('ends a fetch from a silent server when it is stopped', async () => {
    server.behaviour = 'hang';
    const requested = server.nextRequest();
    const started = source.start(recorder);
    await requested;
    await source.stop();
    await started;
    expect(recorder.heard).toEqual([]);
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });
});
