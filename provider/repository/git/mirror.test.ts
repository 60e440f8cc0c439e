import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchRef, type GitMirror, openRepository, readTree } from '../git.js';
import { Bundle } from '../testing/bundle.js';
import { looseObject, objectFiles, unpack } from '../testing/object-store.js';
import { TestRepository } from '../testing/repository.js';

const execute = promisify(execFile);

let repository: TestRepository;
let dir: string;

beforeEach(async () => {
  repository = await TestRepository.create();
  dir = join(repository.folder, 'cache', 'mirror');
});

afterEach(() => repository.dispose());

const open = (url = repository.url): Promise<GitMirror> => openRepository({ dir, remote: { url } });

async function readAll(mirror: GitMirror, commit: string): Promise<string[]> {
  const tree = await readTree(mirror, commit, '');
  return [...(await tree.read(tree.entries, 1_000)).values()].map((bytes) => Buffer.from(bytes).toString());
}

describe('openRepository', () => {
  it('makes a bare repository that git agrees with, in a folder that only its owner can enter', async () => {
    const mirror = await open();
    expect(mirror).toMatchObject({ gitDir: dir, name: 'flags' });
    const { stdout } = await execute('git', ['--git-dir', dir, 'config', '--list', '--local']);
    for (const line of ['core.bare=true', 'fetch.fsckobjects=true', 'credential.helper=', 'core.hookspath=/dev/null']) {
      expect(stdout.split('\n')).toContain(line);
    }
    expect(await readdir(join(repository.folder, 'cache'))).toEqual(['mirror']);
  });

  it('uses an existing mirror again, with our configuration, even for another URL', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    await fetchRef(await open(), 'main');
    const configuration = await readFile(join(dir, 'config'), 'utf8');
    await writeFile(join(dir, 'config'), `${configuration}[core]\n\tsshCommand = evil\n`);
    const again = await open('/srv/other.git');
    expect(again.name).toBe('other');
    expect(await readFile(join(dir, 'config'), 'utf8')).toBe(configuration);
    expect(await readAll(again, commit)).toEqual(['1']);
  });

  it('takes an empty folder', async () => {
    await mkdir(dir, { recursive: true });
    await open();
    expect(await readdir(dir)).toContain('HEAD');
  });

  it('does not touch what is not ours', async () => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'thesis.txt'), 'years of work');
    await expect(open()).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
    expect(await readdir(dir)).toEqual(['thesis.txt']);
    await rm(dir, { recursive: true });
    await cp(repository.remoteDir, dir, { recursive: true });
    await expect(open()).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
  });

  it('says that a place cannot be used', async () => {
    await writeFile(join(repository.folder, 'cache'), 'a file');
    await expect(open()).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
  });

  it('refuses a URL before it makes anything', async () => {
    await expect(open('ext::sh -c x')).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
    await expect(readdir(join(repository.folder, 'cache'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['HEAD is missing', () => rm(join(dir, 'HEAD'))],
    ['the configuration is cut', () => writeFile(join(dir, 'config'), '[core')],
    ['the objects are missing', () => rm(join(dir, 'objects'), { recursive: true })],
  ])('makes a broken mirror anew: %s', async (_, breakIt) => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    await fetchRef(await open(), 'main');
    await breakIt();
    const mirror = await open();
    expect(await fetchRef(mirror, 'main')).toBe(commit);
    expect(await readAll(mirror, commit)).toEqual(['1']);
    expect(await readdir(join(repository.folder, 'cache'))).toEqual(['mirror']);
  });

  it('removes what killed processes left, and keeps the refs of the living', async () => {
    const mirror = await open();
    const commit = await repository.commit({ 'a.yaml': '1' });
    await fetchRef(mirror, 'main');
    await mkdir(`${dir}.old-1`);
    const refs = join(dir, 'refs', 'guidon');
    for (let age = 1; age <= 20; age++) {
      const ref = join(refs, `dead${age}`);
      await writeFile(ref, `${commit}\n`);
      await utimes(ref, 1_000_000 - age, 1_000_000 - age);
    }
    await writeFile(join(refs, 'dead.lock'), '');
    await open();
    expect(await readdir(join(repository.folder, 'cache'))).toEqual(['mirror']);
    const left = await readdir(refs);
    expect(left).toHaveLength(16);
    expect(left).toContain(basename(mirror.ref));
    expect(left).not.toContain('dead20');
    expect(await fetchRef(mirror, 'main')).toBe(commit);
  });
});

describe('a mirror that is damaged while it is open', () => {
  it.each([
    ['a blob is missing', (files: string[]) => Promise.all(files.map((file) => rm(file)))],
    [
      'every object is cut',
      (files: string[]) => Promise.all(files.map((file) => chmod(file, 0o644).then(() => writeFile(file, 'x')))),
    ],
    ['the directory is gone', () => rm(dir, { recursive: true })],
  ])('heals by the fetch after the failure: %s', async (_, damage) => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const mirror = await open();
    await fetchRef(mirror, 'main');
    await damage(await objectFiles(dir));
    await expect(readAll(mirror, commit)).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
    expect(await fetchRef(mirror, 'main')).toBe(commit);
    expect(await readAll(mirror, commit)).toEqual(['1']);
  });

  it('heals although it is opened again in between', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const mirror = await open();
    await fetchRef(mirror, 'main');
    for (const file of await objectFiles(dir)) await rm(file);
    await expect(readAll(mirror, commit)).rejects.toMatchObject({ retry: 'later' });
    const again = await open();
    expect(await fetchRef(again, 'main')).toBe(commit);
    expect(await readAll(again, commit)).toEqual(['1']);
  });

  it('is not replaced twice when somebody else was faster', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const [slow, fast] = [await open(), await open()];
    await fetchRef(fast, 'main');
    await fast.reportDamage();
    await fetchRef(fast, 'main');
    await slow.reportDamage();
    await slow.prepare();
    expect(await readAll(fast, commit)).toEqual(['1']);
  });

  it("is never served with bytes that are not the commit's", async () => {
    const commit = await repository.commit({ 'a.yaml': 'true' });
    const other = await repository.commit({ 'a.yaml': 'fals' });
    const mirror = await open();
    await fetchRef(mirror, 'main');
    await unpack(dir);
    const [blob = '', swapped = ''] = await Promise.all(
      [commit, other].map((revision) => repository.git('rev-parse', `${revision}:a.yaml`)),
    );
    expect(await readAll(mirror, commit)).toEqual(['true']);
    await rm(looseObject(dir, blob));
    await cp(looseObject(dir, swapped), looseObject(dir, blob));
    await expect(readAll(mirror, commit)).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
  });
});

describe('parts that vanish, as cleaners of temporary folders take them one by one', () => {
  it.each(['HEAD', 'config', 'refs', 'objects', 'objects/pack', 'refs/guidon'])(
    'are made anew by the next fetch, and at the next start: %s',
    async (part) => {
      const commit = await repository.commit({ 'a.yaml': '1' });
      let mirror = await open();
      for (const whoFetches of ['the same', 'the next']) {
        await fetchRef(mirror, 'main');
        await rm(join(dir, part), { recursive: true });
        if (whoFetches === 'the next') mirror = await open();
        expect(await fetchRef(mirror, 'main')).toBe(commit);
        expect(await readAll(mirror, commit)).toEqual(['1']);
      }
    },
  );

  it('heals a configuration that is damaged, by the fetch after the failure', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const mirror = await open();
    await fetchRef(mirror, 'main');
    await writeFile(join(dir, 'config'), '[core');
    await expect(fetchRef(mirror, 'main')).rejects.toMatchObject({ retry: 'later' });
    expect(await fetchRef(mirror, 'main')).toBe(commit);
  });
});

describe('mirrors of one process that share a directory', () => {
  it('each get the commits that they ask for', async () => {
    const first = await repository.commit({ 'a.yaml': '1' });
    await repository.push('first');
    const second = await repository.commit({ 'a.yaml': '2' });
    const [one, two] = [await open(), await open()];
    for (let round = 0; round < 5; round++) {
      expect(await Promise.all([fetchRef(one, 'first'), fetchRef(two, 'main')])).toEqual([first, second]);
    }
  });
});

describe('processes that share a mirror', () => {
  it('each get the commits that they ask for, also when they start and fetch at once', async () => {
    const first = await repository.commit({ 'a.yaml': '1' });
    await repository.push('first');
    const second = await repository.commit({ 'a.yaml': '2' });
    const bundle = await Bundle.of(join(import.meta.dirname, '../git.ts'), join(repository.folder, 'built'));
    const body = `
      const [dir, url] = args;
      const mirror = await module.openRepository({ dir, remote: { url } });
      for (let round = 0; round < 5; round++) {
        for (const ref of ['first', 'main']) console.log(await module.fetchRef(mirror, ref));
      }`;
    const outputs = await Promise.all(Array.from({ length: 4 }, () => bundle.run(body, dir, repository.url)));
    expect(outputs).toEqual(Array(4).fill(`${first}\n${second}\n`.repeat(5)));
  });

  it("do not get in each other's way while the ref moves and the store is collected", async () => {
    await repository.commit({ 'a.yaml': '0' });
    const bundle = await Bundle.of(join(import.meta.dirname, '../git.ts'), join(repository.folder, 'built'));
    // Opening a mirror collects its store.
    const body = `
      const [dir, url] = args;
      const fetched = [];
      for (let round = 0; round < 20; round++) {
        const mirror = await module.openRepository({ dir, remote: { url } });
        const commit = await module.fetchRef(mirror, 'main');
        const tree = await module.readTree(mirror, commit, '');
        const blobs = await tree.read(tree.entries, 100);
        fetched.push(Buffer.from([...blobs.values()][0]).toString());
      }
      console.log(JSON.stringify(fetched));`;
    const running = Array.from({ length: 4 }, () => bundle.run(body, dir, repository.url));
    for (let version = 1; version <= 30; version++) await repository.commit({ 'a.yaml': String(version) });
    for (const output of await Promise.all(running)) {
      const versions = (JSON.parse(output) as string[]).map(Number);
      expect(versions).toHaveLength(20);
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    }
  });
});

describe('a fetch', () => {
  it('clears away what a killed one left', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const mirror = await open();
    await mkdir(join(dir, 'refs', 'guidon'), { recursive: true });
    await writeFile(join(dir, `${mirror.ref}.lock`), '');
    const packs = join(dir, 'objects', 'pack');
    await writeFile(join(packs, 'tmp_pack_dead'), 'x');
    await utimes(join(packs, 'tmp_pack_dead'), 1_000_000, 1_000_000);
    await writeFile(join(packs, 'tmp_pack_alive'), 'x');
    expect(await fetchRef(mirror, 'main')).toBe(commit);
    expect((await readdir(packs)).filter((name) => name.startsWith('tmp_'))).toEqual(['tmp_pack_alive']);
  });
});

describe('locks and halves of files that a killed process left', () => {
  const LEFT = [
    'HEAD.lock',
    'FETCH_HEAD.lock',
    'config.lock',
    'index.lock',
    'packed-refs.lock',
    'shallow.lock',
    'gc.pid.lock',
    'gc.pid',
    'refs/heads/main.lock',
    'refs/guidon/dead.lock',
    'objects/info/commit-graph.lock',
    'objects/info/packs.lock',
    'objects/pack/tmp_pack_dead',
    'objects/pack/tmp_idx_dead',
    'objects/pack/pack-dead.keep',
    'objects/pack/multi-pack-index.lock',
    'objects/00/tmp_obj_dead',
  ];

  async function leaveAll(mirror: GitMirror): Promise<void> {
    for (const name of [...LEFT, `${mirror.ref}.lock`]) {
      await mkdir(join(dir, name, '..'), { recursive: true });
      await writeFile(join(dir, name), '');
    }
  }

  it('do not block the next fetch, nor the next start', async () => {
    await repository.commit({ 'a.yaml': '1' });
    let mirror = await open();
    for (const whoFetches of ['the same', 'the next']) {
      await leaveAll(mirror);
      if (whoFetches === 'the next') mirror = await open();
      const commit = await repository.commit({ 'a.yaml': whoFetches });
      expect(await fetchRef(mirror, 'main')).toBe(commit);
      expect(await readAll(mirror, commit)).toEqual([whoFetches]);
    }
  });

  it("do not block a fetch of a history that was cut, once they are old enough to be nobody's", async () => {
    await repository.commit({ 'a.yaml': '1' });
    const mirror = await open();
    await fetchRef(mirror, 'main');
    const commit = await repository.commit({ 'a.yaml': '2' });
    await writeFile(join(repository.remoteDir, 'shallow'), `${commit}\n`);
    const lock = join(dir, 'shallow.lock');
    await writeFile(lock, '');
    await expect(fetchRef(mirror, 'main')).rejects.toMatchObject({ retry: 'later' });
    await utimes(lock, 1_000_000, 1_000_000);
    expect(await fetchRef(mirror, 'main')).toBe(commit);
  });

  it('are removed when they are old', async () => {
    const mirror = await open();
    await leaveAll(mirror);
    const old = new Date(Date.now() - 86_400_000);
    for (const name of LEFT) await utimes(join(dir, name), old, old);
    await repository.commit({ 'a.yaml': '1' });
    await fetchRef(await open(), 'main');
    const names = await readdir(dir, { recursive: true });
    // Refs are swept by their number, and what is left of a loose object by git itself.
    const left = names.filter((name) => /\.(?:lock|keep)$|tmp_/.test(name) && !/^refs|^objects\/00/.test(name));
    expect(left).toEqual([]);
  });
});

describe('many fetches', () => {
  it('do not leave a pack each', async () => {
    await repository.commit({ 'a.yaml': '0' });
    const mirror = await open();
    for (let round = 0; round < 52; round++) {
      await repository.git('commit', '--quiet', '--allow-empty', `--message=${round}`);
      await repository.push();
      await fetchRef(mirror, 'main');
    }
    const packs = (await objectFiles(dir)).filter((file) => file.endsWith('.pack'));
    expect(packs.length).toBeLessThan(10);
  });
});
