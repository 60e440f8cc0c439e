import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRepository, type GitRepository, readTree, resolveRevision } from '../git.js';
import { TestRepository } from '../testing/repository.js';

let repository: TestRepository;
let git: GitRepository;

beforeEach(async () => {
  repository = await TestRepository.create();
  git = { gitDir: repository.remoteDir, name: 'flags' };
});

afterEach(() => repository.dispose());

async function contents(commit: string, root: string): Promise<Record<string, string>> {
  const tree = await readTree(git, commit, root);
  const blobs = await tree.read(tree.entries, 1_000);
  const pairs = tree.entries.map(({ path, id }) => [path, Buffer.from(blobs.get(id) ?? 'absent').toString()]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

describe('readTree', () => {
  it('lists the YAML files below the root, and nothing beside it', async () => {
    const commit = await repository.commit({
      'config/flags/a.yaml': 'a',
      'config/flags/b/c.yml': 'c',
      'config/flags/b/d.YAML': 'd',
      'config/flags/README.md': 'no',
      'config/flags2/e.yaml': 'no',
      'config/flags.yaml': 'no',
      'flags/f.yaml': 'no',
      CODEOWNERS: 'no',
    });
    const tree = await readTree(git, commit, './config/flags/');
    expect(tree).toMatchObject({ revision: commit, repository: 'flags', root: 'config/flags', hasCodeowners: false });
    expect(await contents(commit, 'config/flags')).toEqual({
      'config/flags/a.yaml': 'a',
      'config/flags/b/c.yml': 'c',
      'config/flags/b/d.YAML': 'd',
    });
  });

  it('lists everything for the root itself', async () => {
    const commit = await repository.commit({ 'a.yaml': 'a', 'b/c.yaml': 'c', CODEOWNERS: 'no' });
    expect(await contents(commit, '')).toEqual({ 'a.yaml': 'a', 'b/c.yaml': 'c' });
  });

  it.each([
    ['flags', ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', 'flags/a.yaml']],
    ['', ['.github/CODEOWNERS', '.github/x.yaml', 'CODEOWNERS', 'docs/CODEOWNERS', 'flags/a.yaml']],
  ])('lists the CODEOWNERS files on request beside the root %j', async (root, paths) => {
    const commit = await repository.commit({
      CODEOWNERS: '* @a',
      '.github/CODEOWNERS': '* @b',
      '.github/x.yaml': 'x',
      'docs/CODEOWNERS': '* @c',
      'other/CODEOWNERS': '* @d',
      'flags/a.yaml': 'a',
    });
    const tree = await readTree(git, commit, root, { codeowners: true });
    expect(tree.entries.map(({ path }) => path)).toEqual(paths);
    expect(tree.hasCodeowners).toBe(true);
  });

  it('gives bytes as they were committed: no line ends changed, no filter run, no LFS pointer followed', async () => {
    const files = {
      '.gitattributes': '*.yaml text eol=crlf filter=lfs diff=lfs ident export-ignore working-tree-encoding=UTF-16\n',
      'flags/lf.yaml': 'a\n$Id$\n',
      'flags/crlf.yaml': 'a\r\n',
      'flags/bom.yaml': '\ufeffa',
    };
    // Committed past the attributes: what these bytes are is the point.
    await repository.commit({ 'flags/x.yaml': '' });
    const commit = await repository.commitRaw(
      Object.entries(files).map(([path, target]) => ({ mode: '100644', path, target })),
    );
    const { '.gitattributes': _, ...expected } = files;
    expect(await contents(commit, 'flags')).toMatchObject(expected);
  });

  it('gives symlinks and submodules as inert entries', async () => {
    const head = await repository.commit({ 'flags/a.yaml': 'a' });
    const commit = await repository.commitRaw([
      { mode: '120000', path: 'flags/link.yaml', target: '/etc/passwd' },
      { mode: '120000', path: 'flags/folder', target: '../..' },
      { mode: '160000', path: 'flags/module', target: head },
    ]);
    const tree = await readTree(git, commit, 'flags');
    expect(tree.entries.map(({ path, kind }) => [path, kind])).toEqual([
      ['flags/a.yaml', 'file'],
      ['flags/folder', 'symlink'],
      ['flags/link.yaml', 'symlink'],
      ['flags/module', 'submodule'],
    ]);
    const blobs = await tree.read(tree.entries, 1_000);
    expect([...blobs.values()].map((bytes) => Buffer.from(bytes).toString())).toEqual(['a', '../..', '/etc/passwd']);
  });

  it.each(['flags', 'flags/a.yaml', 'link', 'module'])('refuses %s as a root that is no folder', async (root) => {
    const head = await repository.commit({ 'x.yaml': '' });
    const commit = await repository.commitRaw([
      { mode: '100644', path: 'flags/a.yaml', target: 'a' },
      { mode: '120000', path: 'link', target: 'flags' },
      { mode: '160000', path: 'module', target: head },
    ]);
    const outcome = readTree(git, commit, root);
    if (root === 'flags') expect((await outcome).entries).toHaveLength(1);
    else await expect(outcome).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
  });

  it('keeps names apart that are not UTF-8, or hold anything else', async () => {
    await repository.commit({ 'x.yaml': '' });
    const commit = await repository.commitRaw([
      { mode: '100644', path: Buffer.from('flags/\xff.yaml', 'latin1'), target: '1' },
      { mode: '100644', path: Buffer.from('flags/\xfe.yaml', 'latin1'), target: '2' },
      { mode: '100644', path: 'flags/größe.yaml', target: '3' },
      { mode: '100644', path: 'flags/a\tb\n"c.yaml', target: '4' },
      { mode: '100644', path: 'flags/__proto__.yaml', target: '5' },
    ]);
    expect(Object.entries(await contents(commit, 'flags'))).toEqual([
      ['flags/__proto__.yaml', '5'],
      ['flags/a\tb\n"c.yaml', '4'],
      ['flags/größe.yaml', '3'],
      ['flags/\\xfe.yaml', '2'],
      ['flags/\\xff.yaml', '1'],
    ]);
  });

  it('takes the root literally', async () => {
    const commit = await repository.commit({ 'flags/a.yaml': 'a', '*/b.yaml': 'b', ':(glob)**/c.yaml': 'c' });
    expect(await contents(commit, '*')).toEqual({ '*/b.yaml': 'b' });
    expect(await contents(commit, ':(glob)**')).toEqual({ ':(glob)**/c.yaml': 'c' });
    expect(await contents(commit, 'nothing')).toEqual({});
  });

  it('leaves out what is larger than asked for, and reads the same blob once', async () => {
    const commit = await repository.commit({ 'a.yaml': '12345', 'b.yaml': '12345', 'c.yaml': '123456', 'd.yaml': '' });
    const tree = await readTree(git, commit, '');
    const blobs = await tree.read(tree.entries, 5);
    expect([...blobs.values()].map((bytes) => Buffer.from(bytes).toString())).toEqual(['12345', '']);
    expect(tree.entries.map(({ size }) => size)).toEqual([5, 5, 6, 0]);
    expect((await tree.read([], 5)).size).toBe(0);
  });

  it('is refused with more files than a tree may have', async () => {
    await repository.commit({ 'a.yaml': 'a' });
    const blob = await repository.git('rev-parse', 'HEAD:a.yaml');
    const names = Array.from({ length: 50_001 }, (_, index) => `${String(index).padStart(5, '0')}.yaml`);
    const id = await repository.makeTree(names.map((path) => ({ mode: '100644', path, id: blob })));
    const commit = await repository.git('commit-tree', '-m', 'many', id);
    git = { gitDir: join(repository.workDir, '.git'), name: 'flags' };
    const error = { name: 'SyncError', retry: 'later', message: 'there are more than 50000 files' };
    await expect(readTree(git, commit, '')).rejects.toMatchObject(error);
  });

  it('ignores replacement refs', async () => {
    const commit = await repository.commit({ 'a.yaml': 'reviewed' });
    const evil = await repository.commit({ 'a.yaml': 'replaced' });
    await repository.git('push', '--quiet', 'origin', `${evil}:refs/replace/${commit}`);
    expect(await contents(commit, '')).toEqual({ 'a.yaml': 'reviewed' });
  });

  it('fails on what is no commit here', async () => {
    await repository.commit({ 'a.yaml': 'a' });
    await expect(readTree(git, '0'.repeat(40), '')).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
    await expect(readTree(git, 'main', '')).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
  });

  it('stops when it is told to', async () => {
    const commit = await repository.commit({ 'a.yaml': 'a' });
    const controller = new AbortController();
    const tree = await readTree(git, commit, '', { signal: controller.signal });
    controller.abort();
    await expect(tree.read(tree.entries, 10)).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
    await expect(readTree(git, commit, '', { signal: controller.signal })).rejects.toMatchObject({ retry: 'later' });
  });

  it('reads many files in one go', async () => {
    const files = Array.from({ length: 2_000 }, (_, index) => [`flags/f${index}.yaml`, `value: ${index}\n`]);
    const commit = await repository.commit(Object.fromEntries(files) as Record<string, string>);
    expect(await contents(commit, 'flags')).toEqual(Object.fromEntries(files));
  });

  it('reads a repository that uses SHA-256', async () => {
    const modern = await TestRepository.create({ objectFormat: 'sha256' });
    try {
      await modern.commit({ 'flags/a.yaml': 'a' });
      const local = await findRepository(modern.workDir);
      if (local === undefined) throw new Error('not found');
      const commit = await resolveRevision(local, 'HEAD');
      const tree = await readTree(local, commit ?? '', 'flags');
      expect([...(await tree.read(tree.entries, 10)).values()]).toEqual([Buffer.from('a')]);
    } finally {
      await modern.dispose();
    }
  });
});
