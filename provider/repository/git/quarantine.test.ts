import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchRef, type GitMirror, openRepository, readTree } from '../git.js';
import { Bundle } from '../testing/bundle.js';
import { objectFiles } from '../testing/object-store.js';
import { TestRepository } from '../testing/repository.js';

let repository: TestRepository;
let mirror: GitMirror;

beforeEach(async () => {
  repository = await TestRepository.create();
  await repository.commit({ 'a.yaml': '1' });
  mirror = await openRepository({ dir: join(repository.folder, 'cache', 'mirror'), remote: { url: repository.url } });
});

afterEach(() => repository.dispose());

/** A process id that no system gives. */
const NOBODY = 999_999_999;

const quarantines = async () => (await readdir(mirror.gitDir)).filter((name) => name.startsWith('incoming-'));

/** An old folder, as a process left it. */
async function makeOld(name: string): Promise<void> {
  const folder = join(mirror.gitDir, name);
  await mkdir(join(folder, 'objects', 'pack'), { recursive: true });
  await writeFile(join(folder, 'objects', 'pack', 'tmp_pack_x'), 'x');
  await utimes(folder, 1_000_000, 1_000_000);
}

describe('what a fetch brings', () => {
  it('is moved into the store, without a trace in the quarantine, which the next fetch uses again', async () => {
    await fetchRef(mirror, 'main');
    const [name = ''] = await quarantines();
    expect((await objectFiles(mirror.gitDir)).length).toBeGreaterThan(0);
    expect(await objectFiles(join(mirror.gitDir, name))).toEqual([]);
    const commit = await repository.commit({ 'a.yaml': '2' });
    expect(await fetchRef(mirror, 'main')).toBe(commit);
    expect(await quarantines()).toEqual([name]);
  });

  it('never enters the store where it is refused, nor is it taken for known by the next fetch', async () => {
    const blob = await repository.git('rev-parse', 'HEAD:a.yaml');
    const evil = await repository.makeTree([{ mode: '100644', path: '.git', id: blob }]);
    const commit = await repository.git('commit-tree', '-m', 'evil', evil);
    await repository.git('push', '--quiet', 'origin', `${commit}:refs/heads/evil`);
    for (const _ of ['first', 'again']) {
      await expect(fetchRef(mirror, 'evil')).rejects.toMatchObject({ retry: 'later' });
      expect(await objectFiles(mirror.gitDir)).toEqual([]);
    }
    await expect(readTree(mirror, commit, '')).rejects.toMatchObject({ retry: 'later' });
  });

  it('is kept from being collected by a ref, which comes back when it is gone', async () => {
    const commit = await fetchRef(mirror, 'main');
    const ref = join(mirror.gitDir, mirror.ref);
    for (const remove of [false, true]) {
      if (remove) await rm(ref);
      await utimes(ref, 1_000_000, 1_000_000).catch(() => undefined);
      expect(await fetchRef(mirror, 'main')).toBe(commit);
      expect(await readFile(ref, 'latin1')).toBe(`${commit}\n`);
    }
  });

  it('is spared by a collector that sees the pack before its index, until a ref leads to it', async () => {
    const packs = join(mirror.gitDir, 'objects', 'pack');
    const seen: (string | null)[] = [];
    const watcher = watch(packs, (_, name) => void seen.push(name && extname(name)));
    const refWatcher = watch(join(mirror.gitDir, 'refs', 'guidon'), () => void seen.push('ref'));
    await fetchRef(mirror, 'main');
    await vi.waitUntil(() => seen.filter((what) => what === '.keep').length > 1);
    watcher.close();
    refWatcher.close();
    const order = seen.filter((what) => what !== '.rev');
    expect([order[0], order.at(-1)]).toEqual(['.keep', '.keep']);
    expect([...new Set(order)]).toEqual(['.keep', '.pack', '.idx', 'ref']);
    expect((await readdir(packs)).filter((name) => name.endsWith('.keep'))).toEqual([]);
  });

  it('may have been removed meanwhile', async () => {
    const commit = await fetchRef(mirror, 'main');
    for (const name of await quarantines()) await rm(join(mirror.gitDir, name), { recursive: true });
    expect(await fetchRef(mirror, 'main')).toBe(commit);
  });
});

describe('a quarantine that was left', () => {
  it('is removed by the next fetch if its process is dead, or it is old, but not while it may be in use', async () => {
    const bundle = await Bundle.of(join(import.meta.dirname, '../git.ts'), join(repository.folder, 'built'));
    const body = `
      const mirror = await module.openRepository({ dir: args[0], remote: { url: args[1] } });
      await module.fetchRef(mirror, 'main');
      console.log('fetched');
      process.stdin.on('data', () => process.exit());`;
    const child = bundle.start(body, mirror.gitDir, repository.url);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const [living = ''] = await quarantines();
    const [, scope] = living.split('-');
    // Somebody else who had our process id; and what other containers left, whose processes can't be known.
    await mkdir(join(mirror.gitDir, `incoming-${scope}-${process.pid}-before`));
    await makeOld(`incoming-00000000-${NOBODY}-old`);
    await mkdir(join(mirror.gitDir, `incoming-00000000-${NOBODY}-new`));
    await fetchRef(mirror, 'main');
    const left = await quarantines();
    expect(left).toHaveLength(3);
    expect(left).toEqual(expect.arrayContaining([living, `incoming-00000000-${NOBODY}-new`]));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.write('exit');
    await exited;
    await fetchRef(mirror, 'main');
    expect(await quarantines()).not.toContain(living);
  });
});
