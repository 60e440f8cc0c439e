import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findRepository, type LocalRepository, resolveRevision } from '../git.js';
import { TestRepository } from '../testing/repository.js';

let repository: TestRepository;

beforeEach(async () => {
  repository = await TestRepository.create({ name: 'acme-flags' });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await repository.dispose();
});

describe('findRepository', () => {
  it('finds the working tree from any folder in it', async () => {
    await repository.commit({ 'flags/payments/a.yaml': 'a' });
    const expected = {
      toplevel: repository.workDir,
      gitDir: join(repository.workDir, '.git'),
      name: 'acme-flags',
    };
    for (const folder of ['', 'flags', 'flags/payments']) {
      expect(await findRepository(join(repository.workDir, folder))).toEqual(expected);
    }
    const link = join(repository.folder, 'link');
    await symlink(join(repository.workDir, 'flags'), link);
    expect(await findRepository(link)).toEqual(expected);
  });

  it('finds a bare repository, and the tree of an added worktree', async () => {
    expect(await findRepository(repository.remoteDir)).toEqual({
      toplevel: repository.remoteDir,
      gitDir: repository.remoteDir,
      name: 'acme-flags',
    });
    await repository.commit({ 'a.yaml': 'a' });
    const added = join(repository.folder, 'added');
    await repository.git('worktree', 'add', '--quiet', '--detach', added);
    const found = await findRepository(added);
    expect(found).toMatchObject({ toplevel: added, name: 'acme-flags' });
    expect(await resolveRevision(found as LocalRepository, 'HEAD')).toBe(await repository.git('rev-parse', 'HEAD'));
  });

  it('names a repository without a remote after its folder', async () => {
    await repository.git('remote', 'remove', 'origin');
    expect(await findRepository(repository.workDir)).toMatchObject({ name: 'work' });
  });

  it("is not led astray by the caller's environment", async () => {
    for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_CEILING_DIRECTORIES']) {
      vi.stubEnv(name, '/nowhere');
    }
    expect(await findRepository(repository.workDir)).toMatchObject({ name: 'acme-flags' });
  });

  it('finds nothing where there is nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guidon-none-'));
    expect(await findRepository(folder)).toBeUndefined();
    await rm(folder, { recursive: true });
  });

  it('refuses a folder that is missing and a repository that is broken', async () => {
    const missing = join(repository.folder, 'missing');
    await expect(findRepository(missing)).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
    await mkdir(missing);
    await writeFile(join(missing, '.git'), 'gitdir: /nowhere\n');
    await expect(findRepository(missing)).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
  });
});

describe('resolveRevision', () => {
  it('names a commit, or says that there is none', async () => {
    const first = await repository.commit({ 'a.yaml': '1' });
    const second = await repository.commit({ 'a.yaml': '2' });
    await repository.git('branch', 'other', first);
    await repository.git('tag', '--annotate', '--message=x', 'v1', first);
    const local = (await findRepository(repository.workDir)) as LocalRepository;
    const cases: Record<string, string | undefined> = {
      HEAD: second,
      'HEAD~1': first,
      main: second,
      other: first,
      v1: first,
      'origin/main': second,
      'origin/nothing': undefined,
      [first]: first,
      [first.slice(0, 10)]: first,
      'HEAD~2': undefined,
      nothing: undefined,
      '': undefined,
      'HEAD:a.yaml': undefined,
      'HEAD^{tree}': undefined,
      '--all': undefined,
      '-n1': undefined,
      '--output=x': undefined,
      'a\nb': undefined,
      [`HEAD${'~0'.repeat(1_000)}`]: undefined,
      ['0'.repeat(40)]: undefined,
    };
    for (const [revision, commit] of Object.entries(cases)) {
      expect([revision, await resolveRevision(local, revision)]).toEqual([revision, commit]);
    }
  });
});
