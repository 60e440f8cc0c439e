import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchRef, type GitMirror, isAncestor, openRepository } from '../git.js';
import { looseObject, unpack } from '../testing/object-store.js';
import { TestRepository, testGitEnvironment } from '../testing/repository.js';

let repository: TestRepository;
let mirror: GitMirror;

beforeEach(async () => {
  repository = await TestRepository.create();
  mirror = await openRepository({ dir: join(repository.folder, 'mirror'), remote: { url: repository.url } });
});

afterEach(() => repository.dispose());

const commit = (name: string) => repository.commit({ 'a.yaml': name }, name);

/** An empty commit on these parents, pushed to a branch of its own; gives its hash. */
async function commitOn(name: string, ...parents: string[]): Promise<string> {
  const tree = await repository.git('write-tree');
  const id = await repository.git('commit-tree', '-m', name, ...parents.flatMap((parent) => ['-p', parent]), tree);
  await repository.git('push', '--quiet', '--force', 'origin', `${id}:refs/heads/${name}`);
  return id;
}

/** Cuts the remote's history: it has these commits, but not their parents. */
const cutAt = (...commits: string[]) =>
  writeFile(join(repository.remoteDir, 'shallow'), commits.map((id) => `${id}\n`).join(''));

const fetched = (ref: string) => fetchRef(mirror, ref);

describe('isAncestor', () => {
  it('tells a fast-forward, over any number of commits, from a rewind', async () => {
    const [first, second, third] = [await commit('1'), await commit('2'), await commit('3')];
    await fetched('main');
    const expected: readonly [string, string, boolean][] = [
      [first, first, true],
      [first, second, true],
      [first, third, true],
      [second, first, false],
      [third, first, false],
    ];
    for (const [older, newer, answer] of expected) expect(await isAncestor(mirror, older, newer)).toBe(answer);
  });

  it('says no after a force-push that rewinds the ref, or takes it elsewhere', async () => {
    const [first, second] = [await commit('1'), await commit('2')];
    await fetched('main');
    await repository.git('reset', '--quiet', '--hard', first);
    await repository.push();
    expect(await isAncestor(mirror, second, await fetched('main'))).toBe(false);
    await commit('other 2');
    expect(await isAncestor(mirror, second, await fetched('main'))).toBe(false);
  });

  it('says no for a history with another root', async () => {
    const first = await commit('1');
    await fetched('main');
    await commitOn('unrelated');
    expect(await isAncestor(mirror, first, await fetched('unrelated'))).toBe(false);
  });

  it('finds a commit on either side of a merge, but not the merge in its sides', async () => {
    const base = await commit('base');
    const [left, right] = [await commitOn('left', base), await commitOn('right', base)];
    const merge = await commitOn('merge', left, right);
    await fetched('merge');
    for (const part of [base, left, right]) expect(await isAncestor(mirror, part, merge)).toBe(true);
    for (const part of [base, left, right]) expect(await isAncestor(mirror, merge, part)).toBe(false);
    expect(await isAncestor(mirror, left, right)).toBe(false);
  });

  it('says no of a commit that the store does not have, where it has the whole history of the other', async () => {
    const first = await commit('1');
    await fetched('main');
    expect(await isAncestor(mirror, '0'.repeat(40), first)).toBe(false);
  });

  describe('in a store whose history is cut', () => {
    it('says yes and no where the commits that are there show it', async () => {
      const cut = await commit('1').then(() => commit('2'));
      const [third, fourth] = [await commit('3'), await commit('4')];
      const other = await commitOn('other', third);
      await cutAt(cut);
      await fetched('main');
      await fetched('other');
      expect(await isAncestor(mirror, cut, fourth)).toBe(true);
      expect(await isAncestor(mirror, fourth, cut)).toBe(false);
      expect(await isAncestor(mirror, fourth, other)).toBe(false);
    });

    it('cannot tell of what may be behind the cut', async () => {
      const first = await commit('1');
      await fetched('main');
      await commit('2');
      const third = await commit('3');
      await cutAt(third);
      await fetched('main');
      expect(await isAncestor(mirror, first, third)).toBeUndefined();
    });
  });

  it('has the store made anew where a commit between the two is missing, and does not call that a rewind', async () => {
    const [first, second, third] = [await commit('1'), await commit('2'), await commit('3')];
    await fetched('main');
    await unpack(mirror.gitDir);
    await rm(looseObject(mirror.gitDir, second));
    await expect(isAncestor(mirror, first, third)).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
    await fetched('main');
    expect(await isAncestor(mirror, first, third)).toBe(true);
  });

  it('refuses what is no full hash, and says that the newer commit is missing', async () => {
    const first = await commit('1');
    await fetched('main');
    for (const text of ['main', '--all', first.slice(1), `${first}^`, '']) {
      await expect(isAncestor(mirror, text, first)).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
      await expect(isAncestor(mirror, first, text)).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
    }
    await expect(isAncestor(mirror, first, '0'.repeat(40))).rejects.toMatchObject({ retry: 'later' });
  });

  it('ends when it is told to', async () => {
    const first = await commit('1');
    await fetched('main');
    const limits = { signal: AbortSignal.abort() };
    await expect(isAncestor(mirror, first, first, limits)).rejects.toMatchObject({ retry: 'later' });
  });

  it('takes a long history', async () => {
    const stream = Array.from({ length: 5_000 }, (_, index) =>
      ['commit refs/heads/long', `committer A <a@example.com> ${index} +0000`, 'data 1', 'x', ''].join('\n'),
    ).join('\n');
    const options = { env: testGitEnvironment(repository.folder), cwd: repository.remoteDir };
    const child = execFile('git', ['fast-import', '--quiet'], options);
    child.stdin?.end(`${stream}\n`);
    await once(child, 'close');
    const last = await fetched('long');
    const first = await repository.git(`--git-dir=${repository.remoteDir}`, 'rev-list', '--max-parents=0', last);
    expect(await isAncestor(mirror, first, last)).toBe(true);
    expect(await isAncestor(mirror, last, first)).toBe(false);
  });
});
