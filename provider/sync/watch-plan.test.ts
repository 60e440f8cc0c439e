import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { concerns, planWatch, type WatchPlan } from './watch-plan.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'guidon-test-')));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const at = (path: string) => join(folder, path);

/** A plan with paths from the test's folder. */
function shown({ root, names }: WatchPlan) {
  const relative = (path: string) => path.slice(folder.length + 1);
  return {
    root: root === undefined ? undefined : relative(root),
    names: Object.fromEntries([...names].map(([parent, found]) => [relative(parent), [...found]])),
  };
}

describe('planWatch', () => {
  it.each<[string, readonly [link: string, target: string][], string, ReturnType<typeof shown>]>([
    ['a plain folder', [], 'real/flags', { root: 'real/flags', names: {} }],
    ['a link', [['link', 'real/flags']], 'link', { root: 'real/flags', names: { '': ['link'] } }],
    [
      'a link to a link, up and down again',
      [
        ['real/up', '../other'],
        ['other', './real/../real'],
      ],
      'real/up/flags',
      { root: 'real/flags', names: { real: ['up'], '': ['other'] } },
    ],
    ['a missing folder', [], 'real/a/b', { root: undefined, names: { real: ['a'] } }],
    ['a dangling link', [['link', 'gone']], 'link/flags', { root: undefined, names: { '': ['link', 'gone'] } }],
    ['a link to itself', [['link', 'link']], 'link', { root: undefined, names: { '': ['link'] } }],
    ['a file', [], 'real/file', { root: undefined, names: { real: ['file'] } }],
    [
      'a ConfigMap',
      [['real/flags/..data', '..v1']],
      'real/flags',
      { root: 'real/flags/..v1', names: { 'real/flags': ['..data'] } },
    ],
  ])('follows %s', async (_name, links, directory, expected) => {
    await mkdir(at('real/flags/..v1'), { recursive: true });
    await writeFile(at('real/file'), '');
    for (const [link, target] of links) await symlink(target, at(link));
    expect(shown(await planWatch(at(directory)))).toEqual(expected);
  });

  it('follows an absolute link', async () => {
    await mkdir(at('real/flags'), { recursive: true });
    await symlink(at('real'), at('link'));
    expect(shown(await planWatch(at('link/flags')))).toEqual({ root: 'real/flags', names: { '': ['link'] } });
  });

  it('tells a folder from its successor of the same name, and the same from itself', async () => {
    await mkdir(at('flags'));
    const first = await planWatch(at('flags'));
    expect((await planWatch(at('flags'))).identity).toBe(first.identity);
    await rm(at('flags'), { recursive: true });
    await mkdir(at('flags'));
    expect((await planWatch(at('flags'))).identity).not.toBe(first.identity);
  });
});

describe('concerns', () => {
  const plan: WatchPlan = { root: '/a/1', names: new Map([['/a', new Set(['link'])]]), identity: '' };

  it.each<[string, string | null, boolean]>([
    ['/a', 'link', true],
    ['/a', 'neighbour', false],
    ['/a', '1', false],
    ['/a', null, true],
    ['/a/1', 'policy.yaml', true],
    ['/a/1/shop/cart', 'x.yaml', true],
    ['/a/1/shop', '.x.yaml.swp', false],
    ['/a/10', 'policy.yaml', false],
  ])('in %s, %s: %s', (parent, name, expected) => {
    expect(concerns(plan, parent, name)).toBe(expected);
  });
});
