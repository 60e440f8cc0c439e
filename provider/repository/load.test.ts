import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it, test } from 'vitest';
import { readDirectory, readWorkingTree } from './directory.js';
import { findRepository, readTree } from './git.js';
import { load, type LoadedRepository, type LoadResult } from './load.js';
import { SyncError } from './sync-error.js';
import { readFixture } from './testing/fixture.js';
import { memoryTree, type MemoryFile } from './testing/memory-tree.js';
import { TestRepository } from './testing/repository.js';
import type { Tree } from './tree.js';

type Files = Readonly<Record<string, MemoryFile>>;

const POLICY = 'flags/policy.yaml';
const BANNER = 'flags/web/cart/banner.yaml';
const base = (await readFixture('valid', 'repository')).files;
const onDisk = join(import.meta.dirname, '../../schema/fixtures/valid/repository');
const textOf = (path: string): string => Buffer.from(base[path] as Uint8Array).toString('utf8');

const disposals: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const dispose of disposals) await dispose();
});

function loadedOf(result: LoadResult): LoadedRepository {
  if (result.ok) return result.loaded;
  throw new Error(`does not load: ${result.problems.map(({ file, message }) => `${file}: ${message}`).join('; ')}`);
}

const loadFiles = async (files: Files): Promise<LoadedRepository> => loadedOf(await load(memoryTree(files)));

/** `code file:line`, in the order in which the problems come. */
async function placesOf(tree: Tree, previous?: LoadedRepository): Promise<readonly string[]> {
  const result = await load(tree, previous);
  return (result.ok ? result.warnings : result.problems).map(({ code, file, line }) => `${code} ${file}:${line}`);
}

function edited(path: string, from: string, to: string): Files {
  const text = textOf(path);
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  return { ...base, [path]: text.replace(from, to) };
}

describe('loading again', () => {
  it('reads nothing but what changed, and the code owners', async () => {
    const first = memoryTree(base);
    const before = loadedOf(await load(first));
    expect(first.reads.toSorted()).toEqual(
      Object.keys(base)
        .filter((path) => !path.endsWith('.md'))
        .toSorted(),
    );

    const second = memoryTree(edited(BANNER, 'rollout: 5', 'rollout: 6'));
    const after = loadedOf(await load(second, before));
    expect(second.reads).toEqual([BANNER, 'CODEOWNERS']);
    for (const [path, file] of after.files) expect(file === before.files.get(path)).toBe(path !== BANNER);
    expect(after.ruleset).not.toBe(before.ruleset);
  });

  it('gives what loading anew gives', async () => {
    const tree = memoryTree(edited(BANNER, 'rollout: 5', 'rollout: 100'));
    const again = loadedOf(await load(tree, await loadFiles(base)));
    const anew = loadedOf(await load(tree));
    const resultsOf = ({ ruleset }: LoadedRepository) =>
      ruleset.snapshot('production').evaluateAll({ targetingKey: 'u-1', email: 'ann@example.com' });
    expect(resultsOf(again)).toEqual(resultsOf(anew));
  });

  it('reads a file that moved', async () => {
    const { [BANNER]: _moved, ...others } = base;
    const moved = { ...others, 'flags/web/cart/header.yaml': textOf(BANNER).replace('banner', 'header') };
    const tree = memoryTree(moved);
    const { ruleset } = loadedOf(await load(tree, await loadFiles(base)));
    expect(tree.reads).toEqual(['flags/web/cart/header.yaml', 'CODEOWNERS']);
    expect(ruleset.snapshot('production').keys).toContain('web.cart.header');
    expect(ruleset.snapshot('production').keys).not.toContain('web.cart.banner');
  });

  it('warns again of what did not change', async () => {
    const { files } = await readFixture('invalid', 'list-large--1-000');
    const first = await load(memoryTree(files));
    const places = ['list-large flags/segments/employees.yaml:4'];
    expect(await placesOf(memoryTree(files))).toEqual(places);
    expect(await placesOf(memoryTree({ ...files, 'flags/retired.yaml': '[]\n' }), loadedOf(first))).toEqual(places);
  });

  it.each<[string, string, string, readonly string[]]>([
    ['a name that it no longer allows', 'naming', '', ['unexpected-file flags/CheckoutV2.yaml:1']],
    ['an environment that it no longer has', ', staging', '', ['unknown-environment flags/web/cart/banner.yaml:14']],
    ['a team that is gone', 'web-team:', 'web-people:', ['unknown-team flags/web/cart/banner.yaml:3']],
  ])('judges unchanged files by a changed policy: %s', async (_, from, to, places) => {
    const naming = 'naming: { pattern: "[A-Za-z0-9.-]+" }\n';
    const imported = textOf(BANNER).replace('web.cart.banner', 'CheckoutV2').replace('web-team', 'platform-team');
    const policy = `${textOf(POLICY)}${naming}`;
    const before = { ...base, [POLICY]: policy, 'flags/CheckoutV2.yaml': imported };
    const changed = from === 'naming' ? textOf(POLICY) : policy.replace(from, to);
    const after = memoryTree({ ...before, [POLICY]: changed });
    const previous = await loadFiles(before);
    expect(await placesOf(after, previous)).toEqual(expect.arrayContaining([...places]));
    expect(await placesOf(after, previous)).toEqual(await placesOf(after));
  });
});

describe('problems', () => {
  const broken: Files = {
    ...edited(BANNER, 'rollout: 5', 'rollout: 500'),
    'flags/segments/employees.yaml': 'owner: nobody\ndescription: People.\nwhen: { segment: ghosts }\n',
    'flags/web/cart/notes.yml': '',
  };

  it('of all files come at once, in order, and leave the previous ruleset alone', async () => {
    const previous = await loadFiles(base);
    expect(await placesOf(memoryTree(broken), previous)).toEqual([
      'unknown-team flags/segments/employees.yaml:1',
      'unknown-segment flags/segments/employees.yaml:3',
      'weight-out-of-range flags/web/cart/banner.yaml:13',
      'unexpected-file flags/web/cart/notes.yml:1',
    ]);
    const evaluation = previous.ruleset.snapshot('staging').evaluate('web.cart.banner', {});
    expect(evaluation).toMatchObject({ value: true, reason: 'STATIC' });
    expect(await placesOf(memoryTree(base), previous)).toEqual([]);
  });

  it('of one file are a hundred at most, and the last says that there are more', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `ghost-${index}`);
    const when = `when: { segment: [${names.join(', ')}] }`;
    const text = `owner: platform-team\ndescription: People.\n${when}\n`;
    const result = await load(memoryTree({ ...base, 'flags/segments/employees.yaml': text }));
    if (result.ok) throw new Error('loads');
    expect(result.problems.length).toBe(100);
    expect(result.problems.at(-1)?.fix).toMatch(/; then look again: more problems of this file are not shown$/);
    expect(result.problems.at(-2)?.fix).not.toMatch(/look again/);
  });

  it('of a list of 50,000 unknown names come in bounded time', async () => {
    const { files } = await readFixture('invalid', 'list-large--1-000');
    const segments = Array.from({ length: 50_000 }, (_, index) => `ghost-${index}`);
    const when = `when: { any: [{ segment: [${segments.join(', ')}] }] }`;
    const text = `owner: platform-team\ndescription: People.\n${when}\n`;
    const places = await placesOf(memoryTree({ ...files, 'flags/segments/employees.yaml': text }));
    expect(places.filter((place) => place.startsWith('unknown-segment'))).toHaveLength(100);
  }, 20_000);

  it('of a tree without any file are one', async () => {
    expect(await placesOf(memoryTree({ CODEOWNERS: '* @acme/platform\n' }))).toEqual([
      'policy-missing flags/policy.yaml:1',
    ]);
  });

  it('of CODEOWNERS are no business of a tree that holds none', async () => {
    const { CODEOWNERS: _owners, ...flags } = base;
    const tree = memoryTree(flags);
    expect(await placesOf(tree)).toEqual(['codeowners-missing CODEOWNERS:1']);
    expect(await placesOf({ ...tree, hasCodeowners: false })).toEqual([]);
  });
});

describe('what means the same', () => {
  const contexts = [{}, { targetingKey: 'u-1', organisation: { id: 7 } }, { targetingKey: 'u-2', beta: true }];

  async function meaningOf(name: string) {
    const tree = memoryTree((await readFixture('valid', name)).files);
    const { ruleset } = loadedOf(await load({ ...tree, revision: 'same' }));
    return contexts.map((context) => [...ruleset.snapshot('production').evaluateAll(context)]);
  }

  test.each(['byte-order-mark', 'crlf', 'other-files', 'no-ledger', 'empty-ledger', 'block-texts'])(
    '%s',
    async (name) => {
      expect(await meaningOf(name)).toEqual(await meaningOf('repository'));
    },
  );

  it('differs where the files say something else', async () => {
    expect(await meaningOf('stage-off')).not.toEqual(await meaningOf('repository'));
  });
});

describe('real trees', () => {
  it('of a working tree', async () => {
    expect(await placesOf(await readWorkingTree(onDisk, 'flags'))).toEqual([]);
  });

  it('whose root is the flags folder, beside folders that begin with a dot', async () => {
    const files = Object.entries(base).map(([path, file]) => [path.replace(/^flags\//, ''), file] as const);
    const hidden = { '.github/workflows/ci.yml': 'on: push\n', '.github/linked': { kind: 'symlink' as const } };
    const tree = memoryTree({ ...Object.fromEntries(files), CODEOWNERS: '* @acme/platform @acme/web\n', ...hidden });
    expect(await placesOf({ ...tree, root: '' })).toEqual([]);
  });

  it('of a commit, with links and submodules that are not followed', async () => {
    const repository = await TestRepository.create();
    disposals.push(() => repository.dispose());
    const texts = Object.entries(base).map(([path, file]) => [path, file as Uint8Array] as const);
    const commit = await repository.commit(Object.fromEntries(texts));
    const linked = await repository.commitRaw([
      { mode: '120000', path: 'flags/web/cart/header.yaml', target: 'banner.yaml' },
      { mode: '120000', path: 'flags/shop', target: '../elsewhere' },
      { mode: '120000', path: 'flags/NOTES.md', target: '../README.md' },
      { mode: '160000', path: 'flags/mobile', target: commit },
    ]);
    const found = await findRepository(repository.workDir);
    if (found === undefined) throw new Error('no repository');
    expect(await placesOf(await readTree(found, commit, 'flags', { codeowners: true }))).toEqual([]);
    expect(await placesOf(await readTree(found, linked, 'flags', { codeowners: true }))).toEqual([
      'symlink flags/mobile:1',
      'symlink flags/shop:1',
      'symlink flags/web/cart/header.yaml:1',
    ]);
  });

  it('that can no longer be read fail as the environment does, not as a problem', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guidon-load-'));
    disposals.push(() => rm(folder, { recursive: true, force: true }));
    await cp(join(onDisk, 'flags'), join(folder, 'flags'), { recursive: true });
    const tree = await readDirectory(join(folder, 'flags'));
    const previous = loadedOf(await load(tree));
    await rm(join(folder, 'flags'), { recursive: true });
    const failure = await load(tree).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(SyncError);
    expect(failure).toMatchObject({ retry: 'later' });
    expect(await placesOf(tree, previous)).toEqual([]);
  });
});

describe('2,000 flags', () => {
  const flags = Array.from({ length: 2_000 }, (_, index) => {
    const text = textOf(BANNER).replace('web.cart.banner', `web.cart.flag-${index}`);
    return [`flags/web/cart/flag-${index}.yaml`, text] as const;
  });
  const files: Files = { ...base, ...Object.fromEntries(flags) };

  it('load, and let others have their turn meanwhile', async () => {
    const progress = { isDone: false };
    const loading = load(memoryTree(files)).finally(() => {
      progress.isDone = true;
    });
    let turns = 0;
    while (!progress.isDone) {
      await nextTurn();
      turns += 1;
    }
    const { ruleset } = loadedOf(await loading);
    expect(ruleset.snapshot('production').keys).toHaveLength(2_004);
    expect(turns).toBeGreaterThan(3);
  });
});
