import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectoryReader, readDirectory, readWorkingTree } from './directory.js';
import { SyncError } from './sync-error.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'guidon-test-')));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

async function write(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const at = (...parts: string[]) => join(folder, ...parts);
const flags = { 'policy.yaml': 'p', 'team/domain/a.yaml': 'a', 'team/domain.yaml': 'd', 'team/domain-x/b.yaml': 'b' };

describe('readDirectory', () => {
  it('lists the YAML files by path, with the digests of their bytes', async () => {
    const tree = await readDirectory(await write(at('shop'), { ...flags, 'README.md': '', 'notes.txt': '' }));
    expect(tree).toMatchObject({ repository: 'shop', root: '', hasCodeowners: false });
    expect(tree.entries).toEqual(
      ['policy.yaml', 'team/domain-x/b.yaml', 'team/domain.yaml', 'team/domain/a.yaml'].map((path) => ({
        path,
        id: sha256(flags[path as keyof typeof flags]),
        kind: 'file',
        size: 1,
      })),
    );
    expect(tree.entries.map(({ path }) => path)).toEqual(tree.entries.map(({ path }) => path).sort());
    const bytes = await tree.read(tree.entries, 10);
    expect(tree.entries.map(({ id }) => Buffer.from(bytes.get(id) ?? []).toString())).toEqual(['p', 'b', 'd', 'a']);
  });

  it('names a repository after the folder of `flags`', async () => {
    expect((await readDirectory(await write(at('shop/flags'), flags))).repository).toBe('shop');
  });

  it('has a revision that depends on paths and bytes only', async () => {
    const revisionOf = async (root: string) => (await readDirectory(root)).revision;
    const first = await revisionOf(await write(at('1'), flags));
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await revisionOf(await write(at('2'), flags))).toBe(first);
    expect(await revisionOf(await write(at('3'), { ...flags, 'policy.yaml': 'q' }))).not.toBe(first);
    expect(await revisionOf(await write(at('4'), { ...flags, 'team/z.yaml': 'a' }))).not.toBe(first);
  });

  it.each([
    '..data/x.yaml',
    '.git/x.yaml',
    'node_modules/x.yaml',
    '.x.yaml.swp',
    'x.yaml~',
    '.#x.yaml',
    '#x.yaml#',
    '4913',
  ])('leaves out %s', async (path) => {
    // A folder named `..data` is the current version of a ConfigMap only at the top.
    const root = await write(at('root'), { 'policy.yaml': 'p', [`sub/${path}`]: 'x' });
    expect((await readDirectory(root)).entries.map((entry) => entry.path)).toEqual(['policy.yaml']);
  });

  it('follows symlinks that stay inside and lists those that do not', async () => {
    await write(at('outside'), { 'o.yaml': 'o' });
    const root = await write(at('root'), { 'real/a.yaml': 'a' });
    await symlink('real', join(root, 'linked'));
    await symlink('real/a.yaml', join(root, 'a.yaml'));
    await symlink('../outside', join(root, 'out'));
    await symlink('../outside/o.yaml', join(root, 'o.yaml'));
    await symlink('nowhere', join(root, 'dangling.yaml'));
    await symlink('..', join(root, 'real', 'up'));
    await symlink('loop', join(root, 'loop'));
    const entries = (await readDirectory(root)).entries.map(({ path, kind }) => `${kind} ${path}`);
    expect(entries).toEqual([
      'file a.yaml',
      'symlink dangling.yaml',
      'file linked/a.yaml',
      'symlink linked/up',
      'symlink loop',
      'symlink o.yaml',
      'symlink out',
      'file real/a.yaml',
      'symlink real/up',
    ]);
  });

  it('does not hang at a pipe', async () => {
    const root = await write(at('root'), { 'policy.yaml': 'p' });
    execFileSync('mkfifo', [join(root, 'pipe.yaml')]);
    expect((await readDirectory(root)).entries).toHaveLength(1);
  });

  it('reads a ConfigMap through `..data`, as one version', async () => {
    const root = await write(at('config'), {
      '..v1/policy.yaml': 'one',
      '..v1/a.yaml': 'one',
      '..v2/policy.yaml': 'two',
    });
    await symlink('..v1', join(root, '..data'));
    for (const name of ['policy.yaml', 'a.yaml']) await symlink(`..data/${name}`, join(root, name));
    const reader = DirectoryReader.ofFlags(root);
    expect((await reader.read()).entries).toMatchObject([
      { path: 'a.yaml', kind: 'file', id: sha256('one') },
      { path: 'policy.yaml', kind: 'file', id: sha256('one') },
    ]);
    await symlink('..v2', join(root, '..tmp'));
    await rename(join(root, '..tmp'), join(root, '..data'));
    expect((await reader.read()).entries).toMatchObject([{ path: 'policy.yaml', kind: 'file', id: sha256('two') }]);
  });

  it.each<[string, () => Promise<string>]>([
    ['is missing', async () => at('nowhere')],
    ['is a file', async () => join(await write(folder, { 'file.yaml': 'x' }), 'file.yaml')],
    ['is a dangling link', async () => symlink('nowhere', at('link')).then(() => at('link'))],
    ['nests too deep', () => write(at('deep'), { [`${'d/'.repeat(33)}x.yaml`]: 'x' })],
  ])('fails for later where the directory %s', async (_name, make) => {
    await expect(readDirectory(await make())).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
  });

  it('admits 50,000 names and no more', async () => {
    const root = await write(at('many'), {});
    await mkdir(root);
    const names = Array.from({ length: 50_000 }, (_, i) => `${i}.txt`).join(' ');
    execFileSync('xargs', ['touch'], { cwd: root, input: names });
    expect((await readDirectory(root)).entries).toEqual([]);
    await writeFile(join(root, 'one-more.txt'), '');
    await expect(readDirectory(root)).rejects.toThrow('more than 50000 files');
  });

  it('tells a file over 1 MiB from others by its size and never gives its bytes', async () => {
    const large = 'x'.repeat(1024 * 1024 + 1);
    const root = await write(at('root'), { 'large.yaml': large, 'small.yaml': 'x' });
    const tree = await readDirectory(root);
    expect(tree.entries[0]?.id).not.toBe(sha256(large));
    expect([...(await tree.read(tree.entries, 1024 * 1024)).keys()]).toEqual([sha256('x')]);
  });
});

describe('a directory that changes', () => {
  it('refuses to give bytes that are no longer those of the tree', async () => {
    const root = await write(at('root'), { 'a.yaml': 'one' });
    const tree = await readDirectory(root);
    await write(root, { 'a.yaml': 'two' });
    await expect(tree.read(tree.entries, 10)).rejects.toThrow(SyncError);
    await rm(join(root, 'a.yaml'));
    await expect(tree.read(tree.entries, 10)).rejects.toThrow('a.yaml changed after it was listed');
  });

  it('sees a change of equal size within one tick of the clock', async () => {
    const root = await write(at('root'), {});
    await mkdir(root);
    const reader = DirectoryReader.ofFlags(root);
    for (let round = 0; round < 10; round++) {
      for (const content of ['one', 'two']) {
        await writeFile(join(root, 'a.yaml'), content);
        expect((await reader.read()).entries[0]?.id).toBe(sha256(content));
      }
    }
  });

  it('sees a change that keeps size and modification time', async () => {
    const root = await write(at('root'), { 'a.yaml': 'one' });
    const reader = DirectoryReader.ofFlags(root);
    const old = new Date('2026-01-01');
    await utimes(join(root, 'a.yaml'), old, old);
    vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });
    await reader.read();
    await writeFile(join(root, 'a.yaml'), 'two');
    await utimes(join(root, 'a.yaml'), old, old);
    expect((await reader.read()).entries[0]?.id).toBe(sha256('two'));
  });

  it.runIf(process.platform === 'linux')(
    'does not read what is unchanged for longer than the clock is coarse',
    async () => {
      const size = 1024 * 1024;
      const reader = DirectoryReader.ofFlags(await write(at('root'), { 'a.yaml': 'x'.repeat(size) }));
      const bytesRead = async (): Promise<number> => {
        const before = await charactersRead();
        await reader.read();
        return (await charactersRead()) - before;
      };
      expect(await bytesRead()).toBeGreaterThan(size);
      expect(await bytesRead(), 'racily clean').toBeGreaterThan(size);
      vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });
      expect(await bytesRead(), 'trusted from now on').toBeGreaterThan(size);
      expect(await bytesRead()).toBeLessThan(size);
    },
  );

  it('gives one version or the other while a link is swapped', async () => {
    const revisions = new Set<string>();
    for (const version of ['one', 'two']) {
      const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`team/${i}.yaml`, version]));
      revisions.add((await readDirectory(await write(at(version, 'flags'), files))).revision);
    }
    await symlink('one', at('link'));
    const reader = DirectoryReader.ofFlags(at('link', 'flags'));
    const seen = new Set<string>();
    const swap = async (version: string) => {
      await symlink(version, at('next'));
      await rename(at('next'), at('link'));
    };
    for (let round = 0; round < 40; round++) {
      const [tree] = await Promise.all([reader.read(), swap(round % 2 === 0 ? 'two' : 'one')]);
      seen.add(tree.revision);
    }
    expect(seen).toEqual(revisions);
  });

  it('gives the files of one moment while they are written in place', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `${String(i).padStart(2, '0')}.yaml`);
    const versions = Array.from({ length: 15 }, (_, i) => `v${i}`);
    const root = await write(at('root'), Object.fromEntries(names.map((name) => [name, 'v0'])));
    const progress = { isOver: false };
    const writeAll = async () => {
      let written = 0;
      for (const version of versions) {
        for (const name of names) {
          await writeFile(join(root, name), version);
          // Long enough for a reading to begin, short enough for some to be overtaken.
          if (++written % 17 === 0) await wait(20);
        }
      }
    };
    const writing = writeAll().finally(() => {
      progress.isOver = true;
    });
    const reader = DirectoryReader.ofFlags(root);
    const versionOf = new Map(versions.map((version, index) => [sha256(version), index]));
    const seen: number[][] = [];
    while (!progress.isOver) {
      const tree = await reader.read().catch((error: unknown) => {
        expect(error).toMatchObject({ message: expect.stringContaining('kept changing') });
        return undefined;
      });
      // The writer empties each file before it fills it.
      const full = tree?.entries.filter(({ size }) => size !== 0) ?? [];
      seen.push(full.map(({ id }) => versionOf.get(id) ?? -1));
    }
    await writing;
    // The writer goes through the files in order.
    expect(seen.filter((found) => !isOneMoment(found))).toEqual([]);
    expect(seen.flat().length).toBeGreaterThan(0);
  });

  it('gives up, for later, on a directory that never comes to rest', async () => {
    // Reading so many takes longer than the writer can be kept waiting by other processes.
    const root = await write(at('root'), Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}.yaml`, ''])));
    await writeFile(join(root, '0.moving.yaml'), '');
    const script = `process.stdout.write('ready'); for (let i = 0; ; i++) fs.renameSync(i + '.moving.yaml', i + 1 + '.moving.yaml')`;
    const writer = spawn(process.execPath, ['-e', script], { cwd: root });
    try {
      await once(writer.stdout, 'data');
      await expect(readDirectory(root)).rejects.toThrow('kept changing while it was read');
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'close');
    }
  });

  it('ends with the reason of an abort', async () => {
    const reader = DirectoryReader.ofFlags(await write(at('root'), flags));
    await expect(reader.read(AbortSignal.abort('enough'))).rejects.toBe('enough');
  });
});

/** Whether these can be the versions of files that are written one after the other, at one moment. */
function isOneMoment(found: readonly number[]): boolean {
  return found.every((version, index) => version <= (found[index - 1] ?? version) && (found[0] ?? 0) - version <= 1);
}

/** What this process has read so far, in bytes, as Linux counts it. */
async function charactersRead(): Promise<number> {
  const counters = await readFile('/proc/self/io', 'utf8');
  return Number(/^rchar: (\d+)$/m.exec(counters)?.[1]);
}

describe('readWorkingTree', () => {
  it('gives paths from the root and the code owners', async () => {
    const files = { 'flags/policy.yaml': 'p', 'src/x.yaml': 'x', CODEOWNERS: 'c', 'docs/CODEOWNERS': 'd' };
    const tree = await readWorkingTree(await write(at('shop'), files), 'flags');
    expect(tree).toMatchObject({ repository: 'shop', root: 'flags', hasCodeowners: true });
    expect(tree.entries.map(({ path }) => path)).toEqual(['CODEOWNERS', 'docs/CODEOWNERS', 'flags/policy.yaml']);
  });

  it('may be the whole repository', async () => {
    const tree = await readWorkingTree(await write(at('shop'), { 'policy.yaml': 'p', CODEOWNERS: 'c' }), '');
    expect(tree.entries.map(({ path }) => path)).toEqual(['CODEOWNERS', 'policy.yaml']);
  });

  it('sees links and nested repositories as git does', async () => {
    const root = await write(at('shop'), {
      'flags/a.yaml': 'a',
      'flags/sub/.git': 'gitdir: x',
      'flags/sub/b.yaml': 'b',
    });
    await symlink('a.yaml', join(root, 'flags/link.yaml'));
    expect((await readWorkingTree(root, 'flags')).entries.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'file flags/a.yaml',
      'symlink flags/link.yaml',
      'submodule flags/sub',
    ]);
  });

  it('never leaves the repository', async () => {
    await write(at('outside'), { 'a.yaml': 'a' });
    const root = await write(at('shop'), { 'policy.yaml': 'p' });
    await symlink('../outside', join(root, 'flags'));
    for (const path of ['flags', '../outside']) {
      await expect(readWorkingTree(root, path)).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
    }
  });
});
