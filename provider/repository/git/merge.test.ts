import { access, chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changedFiles,
  type GitRepository,
  isolated,
  IsolatedRepository,
  type Merge,
  mergeTrees,
  readTree,
} from '../git.js';
import { looseObject, unpack } from '../testing/object-store.js';
import { type FileChanges, TestRepository } from '../testing/repository.js';

let repository: TestRepository;
let git: GitRepository;

beforeEach(async () => {
  repository = await TestRepository.create();
  git = { gitDir: repository.remoteDir, name: 'flags' };
});

afterEach(() => repository.dispose());

/** Merges, and reads what that gives. */
async function merged(base: string, head: string): Promise<Merge | Record<string, string>> {
  return isolated(git, {}, async (store) => {
    const merge = await mergeTrees(store, base, head);
    if (!merge.ok) return merge;
    const tree = await readTree(store, merge.tree, '');
    const blobs = await tree.read(tree.entries, 10_000);
    return Object.fromEntries(tree.entries.map(({ path, id }) => [path, String(Buffer.from(blobs.get(id) ?? []))]));
  });
}

/** A commit on another one, which is not on main. */
async function branch(from: string, changes: FileChanges): Promise<string> {
  await repository.git('checkout', '--quiet', '--detach', from);
  const id = await repository.commit(changes, 'Head');
  await repository.git('push', '--quiet', 'origin', `${id}:refs/heads/head`);
  return id;
}

const lines = (...changed: readonly [number, string][]): string => {
  const all = Array.from({ length: 9 }, (_, index) => `line: ${index}`);
  for (const [index, text] of changed) all[index] = text;
  return `${all.join('\n')}\n`;
};

/** A base tip and a head that both changed a.yaml since their fork. */
async function fork(ours: FileChanges, theirs: FileChanges, start: FileChanges = {}): Promise<[string, string]> {
  const root = await repository.commit({ 'a.yaml': lines(), ...start }, 'Fork');
  const base = await repository.commit(ours, 'Base');
  return [base, await branch(root, theirs)];
}

describe('mergeTrees', () => {
  it('gives the tree that merging gives, and leaves nothing behind', async () => {
    const [base, head] = await fork(
      { 'a.yaml': lines([0, 'ours']) },
      { 'a.yaml': lines([8, 'theirs']), 'b.yaml': 'b' },
    );
    const objects = () => readdir(join(git.gitDir, 'objects'), { recursive: true });
    const before = await objects();
    expect(await merged(base, head)).toEqual({ 'a.yaml': lines([0, 'ours'], [8, 'theirs']), 'b.yaml': 'b' });
    expect(await objects()).toEqual(before);
    const store = await IsolatedRepository.of(git);
    expect((await mergeTrees(store, base, head)).ok).toBe(true);
    await store.dispose();
    await expect(access(store.gitDir)).rejects.toThrow();
    await repository.git('checkout', '--quiet', '--detach', base);
    await repository.git('merge', '--quiet', '-m', 'Merge', head);
    const tree = await repository.git('rev-parse', 'HEAD^{tree}');
    expect(await isolated(git, {}, (own) => mergeTrees(own, base, head))).toEqual({ ok: true, tree });
  });

  it('gives the head where it is ahead, and the base where there is nothing to merge', async () => {
    const first = await repository.commit({ 'a.yaml': '1' });
    const second = await repository.commit({ 'a.yaml': '2' });
    expect(await merged(first, second)).toEqual({ 'a.yaml': '2' });
    expect(await merged(second, first)).toEqual({ 'a.yaml': '2' });
    expect(await merged(second, second)).toEqual({ 'a.yaml': '2' });
  });

  it.each<[string, FileChanges, FileChanges]>([
    ['the same line', { 'a.yaml': lines([4, 'ours']) }, { 'a.yaml': lines([4, 'theirs']) }],
    ['a deleted file', { 'a.yaml': null }, { 'a.yaml': lines([4, 'theirs']) }],
    ['a file added twice', { 'a.yaml': 'ours' }, { 'a.yaml': 'theirs' }],
    [
      'a line that the head merges by union',
      { 'a.yaml': lines([4, 'ours']) },
      { 'a.yaml': lines([4, 'theirs']), '.gitattributes': '* merge=union\n' },
    ],
    [
      'a line that the base merges by union',
      { 'a.yaml': lines([4, 'ours']), '.gitattributes': '*.yaml merge=union\n' },
      { 'a.yaml': lines([4, 'theirs']) },
    ],
  ])('names the conflict: %s', async (_, ours, theirs) => {
    const [base, head] = await fork(ours, theirs);
    expect(await merged(base, head)).toEqual({ ok: false, conflicts: ['a.yaml'] });
  });

  it('merges as text what attributes call binary', async () => {
    const attributes = { '.gitattributes': '* binary -merge\n' };
    const [base, head] = await fork(
      { 'a.yaml': lines([0, 'ours']) },
      { 'a.yaml': lines([8, 'theirs']), ...attributes },
    );
    expect(await merged(base, head)).toMatchObject({ 'a.yaml': lines([0, 'ours'], [8, 'theirs']) });
  });

  it('names paths that are odd', async () => {
    const path = 'flags/a\nb "c".yaml';
    const [base, head] = await fork({ [path]: 'ours' }, { [path]: 'theirs' });
    expect(await merged(base, head)).toEqual({ ok: false, conflicts: [path] });
  });

  it('runs nothing that the repository configures or the head asks for', async () => {
    const attributes = '* merge=evil filter=evil diff=evil ident\n';
    const [base, head] = await fork(
      { 'a.yaml': lines([0, 'ours']), '.gitattributes': attributes },
      { 'a.yaml': lines([8, 'theirs']) },
      { '.gitattributes': attributes },
    );
    git = { gitDir: join(repository.workDir, '.git'), name: 'flags' };
    const witness = join(repository.folder, 'ran');
    const run = `touch ${witness}`;
    for (const key of [
      'merge.evil.driver',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'diff.evil.textconv',
      'diff.evil.command',
      'diff.external',
      'core.fsmonitor',
      'core.pager',
      'gpg.program',
      'merge.tool',
      'uploadpack.packObjectsHook',
      'alias.merge-tree',
    ]) {
      await repository.git('config', key, key.startsWith('alias') ? `!${run}` : run);
    }
    for (const [key, value] of [
      ['merge.default', 'evil'],
      ['merge.renormalize', 'true'],
      ['log.showSignature', 'true'],
      ['core.attributesFile', join(git.gitDir, 'info', 'attributes')],
    ]) {
      await repository.git('config', key as string, value as string);
    }
    const hooks = join(git.gitDir, 'hooks');
    await mkdir(hooks, { recursive: true });
    for (const hook of [
      'pre-merge-commit',
      'post-merge',
      'post-index-change',
      'reference-transaction',
      'pre-auto-gc',
    ]) {
      await writeFile(join(hooks, hook), `#!/bin/sh\n${run}\n`);
      await chmod(join(hooks, hook), 0o755);
    }
    await mkdir(join(git.gitDir, 'info'), { recursive: true });
    await writeFile(join(git.gitDir, 'info', 'attributes'), attributes);
    expect(await merged(base, head)).toMatchObject({ 'a.yaml': lines([0, 'ours'], [8, 'theirs']) });
    await expect(access(witness)).rejects.toThrow();
    // The trap works: git itself runs into it.
    await repository.git('checkout', '--quiet', '--detach', base).catch(() => undefined);
    await repository.git('merge-tree', '--write-tree', base, head).catch(() => undefined);
    await expect(access(witness)).resolves.toBeUndefined();
  });

  it('refuses histories without a common commit', async () => {
    const base = await repository.commit({ 'a.yaml': '1' });
    const tree = await repository.git('write-tree');
    const head = await repository.git('commit-tree', '-m', 'Other', tree);
    git = { gitDir: join(repository.workDir, '.git'), name: 'flags' };
    await expect(merged(base, head)).rejects.toMatchObject({
      name: 'SyncError',
      retry: 'never',
      message: expect.stringContaining('no commit in common'),
    });
  });

  it('refuses a shallow clone', async () => {
    const base = await repository.commit({ 'a.yaml': '1' });
    const head = await repository.commit({ 'a.yaml': '2' });
    await writeFile(join(git.gitDir, 'shallow'), `${base}\n`);
    await expect(merged(base, head)).rejects.toMatchObject({
      retry: 'never',
      message: expect.stringContaining('fetch the full history (fetch-depth: 0'),
    });
  });

  it.each(['base', 'head', 'a commit between', 'the fork', 'a tree', 'a file'])(
    'refuses where %s is missing',
    async (what) => {
      const root = await repository.commit({ 'a.yaml': lines(), 'd/b.yaml': 'b' }, 'Fork');
      const between = await repository.commit({ 'a.yaml': lines([0, 'between']) }, 'Between');
      const base = await repository.commit({ 'a.yaml': lines([0, 'ours']) }, 'Base');
      const head = await branch(root, { 'a.yaml': lines([8, 'theirs']), 'd/b.yaml': 'c' });
      const rev = (text: string) => repository.git('rev-parse', text);
      const missing: Record<string, string> = {
        base,
        head,
        'a commit between': between,
        'the fork': root,
        'a tree': await rev(`${head}:d`),
        'a file': await rev(`${head}:a.yaml`),
      };
      await unpack(git.gitDir);
      await rm(looseObject(git.gitDir, missing[what] ?? ''));
      await expect(merged(base, head)).rejects.toMatchObject({ name: 'SyncError' });
    },
  );

  it('refuses what is not the hash of a commit', async () => {
    const base = await repository.commit({ 'a.yaml': '1' });
    const tree = await repository.git('rev-parse', `${base}^{tree}`);
    for (const text of ['main', '--help', '', 'HEAD']) {
      await expect(merged(base, text)).rejects.toMatchObject({ retry: 'never' });
      await expect(merged(text, base)).rejects.toMatchObject({ retry: 'never' });
    }
    await expect(merged(base, tree)).rejects.toMatchObject({ name: 'SyncError' });
    await expect(merged(base, '0'.repeat(40))).rejects.toMatchObject({ name: 'SyncError' });
  });

  it('merges several merge bases, sha256, odd paths of repositories, and linked working trees', async () => {
    await repository.dispose();
    repository = await TestRepository.create({ objectFormat: 'sha256' });
    const [base, head] = await fork({ 'a.yaml': lines([0, 'ours']) }, { 'a.yaml': lines([8, 'theirs']) });
    const cross = [
      [base, head],
      [head, base],
    ].map(async ([one = '', other = '']) => {
      const tree = await repository.git('merge-tree', '--write-tree', one, other);
      return repository.git('commit-tree', '-m', 'Cross', '-p', one, '-p', other, tree);
    });
    const [left = '', right = ''] = await Promise.all(cross);
    const odd = join(repository.folder, 'a "b" \\c\n#d:e');
    await repository.git('worktree', 'add', '--quiet', '--detach', join(repository.folder, 'linked'), left);
    git = { gitDir: join(repository.folder, 'linked', '.git'), name: 'flags' };
    expect(await merged(left, right)).toEqual({ 'a.yaml': lines([0, 'ours'], [8, 'theirs']) });
    await rename(repository.workDir, odd);
    git = { gitDir: join(odd, '.git'), name: 'flags' };
    expect(await merged(left, right)).toEqual({ 'a.yaml': lines([0, 'ours'], [8, 'theirs']) });
    await rename(odd, repository.workDir);
  });
});

describe('changedFiles', () => {
  it('lists every file that differs, over the whole repository, between commits or trees', async () => {
    const before = await repository.commit({ 'flags/a.yaml': '1', 'b.sh': 'x', 'gone.ts': 'x', same: 'x', link: 'x' });
    await chmod(join(repository.workDir, 'b.sh'), 0o755);
    await repository.git('config', 'core.fileMode', 'true');
    await repository.commit({ 'flags/a.yaml': '2', 'gone.ts': null, 'moved.ts': 'x', '.github/x.yml': 'x' });
    const after = await repository.commitRaw([
      { mode: '120000', path: 'link', target: 'same' },
      { mode: '160000', path: 'module', target: before },
    ]);
    const trees = await Promise.all([before, after].map((id) => repository.git('rev-parse', `${id}^{tree}`)));
    const files = await changedFiles(git, before, after);
    expect(files.map(({ path, status, before, after }) => [status, path, before?.mode, after?.mode])).toEqual([
      ['added', '.github/x.yml', undefined, '100644'],
      ['modified', 'b.sh', '100644', '100755'],
      ['modified', 'flags/a.yaml', '100644', '100644'],
      ['deleted', 'gone.ts', '100644', undefined],
      ['modified', 'link', '100644', '120000'],
      ['added', 'module', undefined, '160000'],
      ['added', 'moved.ts', undefined, '100644'],
    ]);
    expect(await changedFiles(git, trees[0] as string, trees[1] as string)).toEqual(files);
    expect(await changedFiles(git, after, after)).toEqual([]);
  });

  it('refuses what it cannot read', async () => {
    const before = await repository.commit({ 'a.yaml': '1' });
    await expect(changedFiles(git, before, 'main')).rejects.toMatchObject({ retry: 'never' });
    await expect(changedFiles(git, before, '0'.repeat(40))).rejects.toMatchObject({ name: 'SyncError' });
  });
});
