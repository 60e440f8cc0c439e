import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rename, rm, symlink, watch as watchFolder, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { watch } from 'chokidar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository } from '../repository/testing/repository.js';
import { DirectorySource, type DirectorySourceOptions } from './directory-source.js';
import { describeSource } from './source-suite.js';
import { FLAG_PATH, flagFiles, versionsHeard, type FlagFiles } from './testing/files.js';
import { ManualTimer } from './testing/manual-timer.js';
import { Recorder } from './testing/recorder.js';

const execute = promisify(execFile);

/** Too rare to hide that a watcher missed something. */
const NEVER_MS = 86_400_000;

async function write(folder: string, files: FlagFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Points a link elsewhere in one step, as git-sync and the kubelet do. */
async function pointLink(link: string, target: string): Promise<void> {
  await symlink(target, `${link}.next`);
  await rename(`${link}.next`, link);
}

/** Resolves when the system reports something of a name in a folder. */
async function watchFile(folder: string, name: string): Promise<void> {
  for await (const { filename } of watchFolder(folder)) if (filename === name) return;
}

describeSource('DirectorySource of a folder', async (folder) => {
  const flags = join(folder, 'flags');
  let published: readonly string[] = [];
  return {
    open: (timer, allowRewindTo) =>
      new DirectorySource({ directory: flags, timer, ...(allowRewindTo !== undefined && { allowRewindTo }) }),
    publish: async (files) => {
      await write(flags, files);
      const gone = published.filter((path) => !Object.hasOwn(files, path));
      published = Object.keys(files);
      await Promise.all(gone.map((path) => rm(join(flags, path))));
    },
    interrupt: () => rename(flags, `${flags}.away`),
    restore: () => rename(`${flags}.away`, flags),
  };
});

describeSource('DirectorySource of a git-sync link', async (folder) => {
  let version = 0;
  const current = join(folder, 'current');
  return {
    open: (timer, allowRewindTo) =>
      new DirectorySource({
        directory: join(current, 'flags'),
        timer,
        ...(allowRewindTo !== undefined && { allowRewindTo }),
      }),
    publish: async (files) => {
      await write(join(folder, String(++version), 'flags'), files);
      await pointLink(current, String(version));
      await rm(join(folder, String(version - 1)), { recursive: true, force: true });
    },
    interrupt: () => rm(current),
    restore: () => symlink(String(version), current),
  };
});

describe('DirectorySource', () => {
  let folder: string;
  let recorder: Recorder;
  let source: DirectorySource;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'guidon-test-')));
    recorder = new Recorder();
  });

  afterEach(async () => {
    await source.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const at = (...parts: string[]) => join(folder, ...parts);

  async function start(directory: string, options: Partial<DirectorySourceOptions> = {}): Promise<void> {
    source = new DirectorySource({ directory, pollIntervalMs: NEVER_MS, ...options });
    await source.start(recorder);
  }

  /** Makes a change, waits until it arrives unasked, and checks that it did so in one step. */
  async function expectOneLoad(version: string, change: () => Promise<unknown>): Promise<void> {
    const before = recorder.all('loaded').length;
    await change();
    await recorder.until('loaded', before + 1);
    // Whatever there is to see now is seen by this.
    await source.refresh();
    expect(versionsHeard(recorder).slice(before)).toEqual([version]);
    expect(recorder.all('rejected')).toEqual([]);
  }

  const flagText = (version: string) => flagFiles(version)[FLAG_PATH] ?? '';

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['a write in place', (file) => writeFile(file, flagText('second'))],
    [
      'a write beside it and a rename, as most editors do',
      async (file) => {
        await writeFile(`${file}.tmp`, flagText('second'));
        await rename(`${file}.tmp`, file);
      },
    ],
    [
      'the steps of vim',
      async (file) => {
        await writeFile(join(dirname(file), '4913'), '');
        await rm(join(dirname(file), '4913'));
        await rename(file, `${file}~`);
        await writeFile(file, flagText('second'));
        await rm(`${file}~`);
      },
    ],
    [
      'a removal and a new file',
      async (file) => {
        await rm(file);
        await writeFile(file, flagText('second'));
      },
    ],
    [
      'a new folder with a file, and the end of the old one',
      async (file) => {
        await mkdir(`${dirname(file)}.next`);
        await writeFile(join(`${dirname(file)}.next`, 'banner.yaml'), flagText('second'));
        await rm(dirname(file), { recursive: true });
        await rename(`${dirname(file)}.next`, dirname(file));
      },
    ],
  ])('sees %s', async (_name, save) => {
    await write(at('flags'), flagFiles('first'));
    await start(at('flags'));
    await expectOneLoad('second', () => save(at('flags', FLAG_PATH)));
  });

  it('sees files in a folder that is new', async () => {
    await write(at('flags'), flagFiles('first'));
    await start(at('flags'));
    const cases =
      '- { name: all, environment: production, context: {}, expect: { variant: "false", reason: DISABLED } }\n';
    await mkdir(at('flags', 'segments'));
    await expectOneLoad('first', () =>
      write(at('flags'), { 'segments/staff.yaml': 'owner: shop-team\ndescription: Staff.\nwhen: { staff: true }\n' }),
    );
    await expectOneLoad('first', () => writeFile(at('flags', 'shop/cart/banner.cases.yaml'), cases));
  });

  it('sees a checkout as one change', async () => {
    const repository = await TestRepository.create();
    try {
      const many = (version: string) =>
        Object.fromEntries([
          ...Object.entries(flagFiles(version)).map(([path, content]) => [`flags/${path}`, content]),
          ...Array.from({ length: 400 }, (_, i) => {
            const key = `shop.cart-${i % 20}.flag-${i}`;
            const content = flagText(version).replace('shop.cart.banner', key);
            return [`flags/${key.replaceAll('.', '/')}.yaml`, content];
          }),
        ]);
      await repository.commit(many('first'));
      await repository.git('checkout', '--quiet', '-b', 'second');
      await repository.commit(many('second'));
      await repository.git('checkout', '--quiet', 'main');
      await start(join(repository.workDir, 'flags'));
      await expectOneLoad('second', () => repository.git('checkout', '--quiet', 'second'));
      await expectOneLoad('first', () => repository.git('checkout', '--quiet', 'main'));
    } finally {
      await source.stop();
      await repository.dispose();
    }
  });

  it.each<[string, string, string]>([
    ['the last', 'link', 'link'],
    ['one in the middle', 'link/deep/flags', 'link'],
    ['the first of two', 'outer/inner/deep/flags', 'outer'],
  ])('sees the swap of a link that is %s part of its path', async (_name, directory, link) => {
    const place = (version: string) => at(version, directory.slice(link.length));
    for (const version of ['first', 'second', 'third']) {
      // Below `outer` lies another link.
      const files = directory.includes('inner') ? at(version, 'real', 'deep', 'flags') : place(version);
      await write(files, flagFiles(version));
      if (directory.includes('inner')) await symlink('real', at(version, 'inner'));
    }
    await symlink('first', at(link));
    await start(at(directory));
    await expectOneLoad('second', () => pointLink(at(link), 'second'));
    await rm(at('first'), { recursive: true });
    await expectOneLoad('third', () => pointLink(at(link), at('third')));
  });

  it('sees the swap of a ConfigMap', async () => {
    const mount = at('config', 'flags');
    for (const version of ['first', 'second', 'third']) await write(join(mount, `..${version}`), flagFiles(version));
    await symlink('..first', join(mount, '..data'));
    for (const name of ['policy.yaml', 'shop']) await symlink(`..data/${name}`, join(mount, name));
    await start(mount);
    await expectOneLoad('second', async () => {
      await pointLink(join(mount, '..data'), '..second');
      await rm(join(mount, '..first'), { recursive: true });
    });
    await expectOneLoad('third', () => pointLink(join(mount, '..data'), '..third'));
  });

  it('sees the folder of a ConfigMap that is mounted as a link', async () => {
    const mount = at('config');
    for (const version of ['first', 'second']) await write(join(mount, `..${version}`, 'flags'), flagFiles(version));
    await symlink('..first', join(mount, '..data'));
    await symlink('..data/flags', join(mount, 'flags'));
    await start(join(mount, 'flags'));
    await expectOneLoad('second', () => pointLink(join(mount, '..data'), '..second'));
  });

  it.each<[string, (flags: string) => Promise<unknown>]>([
    [
      'deleted and made anew',
      async (flags) => {
        await rm(flags, { recursive: true });
        await write(flags, flagFiles('second'));
      },
    ],
    [
      'moved away and replaced',
      async (flags) => {
        await write(`${flags}.next`, flagFiles('second'));
        await rename(flags, `${flags}.old`);
        await rename(`${flags}.next`, flags);
      },
    ],
    [
      'copied over',
      async (flags) => {
        await write(`${flags}.next`, flagFiles('second'));
        await cp(`${flags}.next`, flags, { recursive: true });
      },
    ],
    [
      'copied over by another process',
      async (flags) => {
        await write(`${flags}.next`, flagFiles('second'));
        await execute('cp', ['-r', `${flags}.next/.`, flags]);
      },
    ],
  ])('sees its folder %s', async (_name, change) => {
    await write(at('flags'), flagFiles('first'));
    await start(at('flags'));
    await expectOneLoad('second', () => change(at('flags')));
    await expectOneLoad('third', () => write(at('flags'), flagFiles('third')));
  });

  it('waits for a folder that does not exist yet, nor the one above it', async () => {
    await start(at('a', 'b', 'flags'));
    expect(recorder.kinds).toEqual(['failed']);
    await write(at('elsewhere', 'b', 'flags'), flagFiles('first'));
    await expectOneLoad('first', () => rename(at('elsewhere'), at('a')));
    await expectOneLoad('second', () => write(at('a', 'b', 'flags'), flagFiles('second')));
  });

  it('returns when its folder does', async () => {
    await write(at('flags'), flagFiles('first'));
    await start(at('flags'));
    await rename(at('flags'), at('away'));
    await recorder.until('failed');
    await write(at('away'), flagFiles('second'));
    await expectOneLoad('second', () => rename(at('away'), at('flags')));
  });

  it('sees by its timed reading what a watcher cannot', async () => {
    const clock = new ManualTimer();
    await write(at('mount', 'flags'), flagFiles('first'));
    await write(at('next', 'flags'), flagFiles('second'));
    await start(at('mount', 'flags'), { timer: clock.timer, random: () => 0.5, pollIntervalMs: 10_000 });
    await rename(at('mount'), at('old'));
    await rename(at('next'), at('mount'));
    expect(clock.delays).toEqual([10_000]);
    clock.fire();
    await recorder.until('loaded', 2);
    expect(versionsHeard(recorder)).toEqual(['first', 'second']);
  });

  it('goes on without a watcher when the system refuses one, and says so once', async () => {
    const clock = new ManualTimer();
    const limit = Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' });
    await write(at('1'), flagFiles('first'));
    await write(at('2'), flagFiles('second'));
    await symlink('1', at('link'));
    await start(at('link'), {
      timer: clock.timer,
      watch: (paths, options) => {
        const watcher = watch(paths, options);
        for (let i = 0; i < 2; i++) setImmediate(() => watcher.emit('error', limit));
        return watcher;
      },
    });
    expect(recorder.kinds).toEqual(['degraded', 'loaded']);
    expect(recorder.all('degraded')[0]?.error).toMatchObject({ name: 'SyncError', retry: 'later', cause: limit });
    await pointLink(at('link'), '2');
    clock.fire();
    await recorder.until('loaded', 2);
    expect(recorder.kinds).toEqual(['degraded', 'loaded', 'loaded']);
  });

  it("is not woken by what an editor writes beside the flags, nor by its folder's neighbours", async () => {
    const clock = new ManualTimer();
    await write(at('1'), flagFiles('first'));
    await symlink('1', at('link'));
    await start(at('link'), { timer: clock.timer, random: () => 0.5, pollIntervalMs: 10_000 });
    // The system reports in order: once the last of these is through, all are.
    const others = [watchFile(at('1'), '.#policy.yaml'), watchFile(folder, 'neighbour')];
    for (const name of ['.policy.yaml.swp', '4913', 'policy.yaml~', '.#policy.yaml'])
      await writeFile(at('1', name), '');
    await writeFile(at('neighbour'), '');
    await Promise.all(others);
    expect(clock.delays).toEqual([10_000]);
    await writeFile(at('1', 'policy.yaml'), `${flagFiles('first')['policy.yaml'] ?? ''}# more\n`);
    await expect.poll(() => clock.delays).toEqual([50, 2_000, 10_000]);
  });

  it('refuses an interval under a second for good, when it is made', async () => {
    await start(at('nowhere'));
    expect(() => new DirectorySource({ directory: at('flags'), pollIntervalMs: 999 })).toThrow(
      expect.objectContaining({ name: 'SyncError', retry: 'never' }),
    );
  });
});
