import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { type GitRepository, readTree } from '../git.js';
import { TestRepository, testGitEnvironment } from '../testing/repository.js';
import type { Tree } from '../tree.js';

let repository: TestRepository;
let git: GitRepository;

beforeEach(async () => {
  repository = await TestRepository.create();
  git = { gitDir: repository.remoteDir, name: 'flags' };
});

afterEach(() => repository.dispose());

/** What one commit does to one path; `path` is raw bytes, one a character. */
interface Step {
  readonly path: string;
  readonly mode: '100644' | '100755' | '120000' | '160000' | 'delete';
  readonly content: string;
}

const utf8 = (path: string): string => Buffer.from(path).toString('latin1');

/** Names whose order, kind or place is easily got wrong. */
const PATHS = [
  'flags/a',
  'flags/a.yaml',
  'flags/a-b.yaml',
  'flags/a/x.yaml',
  'flags/a/x/deep.yml',
  'flags/b.yaml',
  'flags/B.yaml',
  'flags/README.md',
  'flags/\xff.yaml',
  'flags/\\xff.yaml',
  utf8('flags/é.yaml'),
  utf8('flags/\uffee.yaml'),
  utf8('flags/😀.yaml'),
  'flags2/q.yaml',
  'flags.yaml',
  'other/z.yaml',
  'CODEOWNERS',
  'docs/CODEOWNERS',
  'docs/x.yaml',
];

const step: fc.Arbitrary<Step> = fc.record({
  // The folder itself as a file ends a tree, so it is rare.
  path: fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...PATHS) }, { weight: 1, arbitrary: fc.constant('flags') }),
  mode: fc.constantFrom<Step['mode'][]>('100644', '100644', '100644', '100755', '120000', '160000', 'delete', 'delete'),
  content: fc.constantFrom('1', '22', '333', ''),
});

/** Plain names only, so that no doubt hides what the fast way makes of them. */
const plainStep = step.filter(({ path }) => path !== 'flags' && !/[\\\x80-\xff]/.test(path));

function quoted(path: string): string {
  const escaped = path.replace(/["\\]|[^\x20-\x7e]/g, (byte) =>
    byte.length === 1 && byte > '~' ? `\\${byte.charCodeAt(0).toString(8)}` : `\\${byte}`,
  );
  return `"${escaped}"`;
}

function instruction({ path, mode, content }: Step): string {
  if (mode === 'delete') return `D ${quoted(path)}\n`;
  const submodule = Buffer.from(content.padEnd(20, 'x')).toString('hex');
  return mode === '160000'
    ? `M ${mode} ${submodule} ${quoted(path)}\n`
    : `M ${mode} inline ${quoted(path)}\ndata ${content.length}\n${content}\n`;
}

/** Makes a commit of each list of steps, all on one new branch; gives their hashes, the oldest first. */
async function history(commits: readonly (readonly Step[])[]): Promise<string[]> {
  const head = 'commit refs/heads/random\ncommitter A <a@example.com> 0 +0000\ndata 0\n';
  const stream = commits.map((steps) => `${head}${steps.map(instruction).join('')}\n`).join('');
  const options = { env: testGitEnvironment(repository.folder), cwd: repository.remoteDir };
  const child = execFile('git', ['fast-import', '--quiet', '--force'], options);
  child.stdin?.end(`reset refs/heads/random\n\n${stream}`, 'latin1');
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  const list = ['rev-list', '--reverse', 'random'];
  return (await repository.git(`--git-dir=${repository.remoteDir}`, ...list)).split('\n');
}

/** The entries, or why there are none. */
async function outcomeOf(tree: Promise<Tree>): Promise<unknown> {
  return tree.then(
    ({ entries }) => entries,
    (error: unknown) => String(error),
  );
}

async function expectEqual(commits: readonly string[], root: string, codeowners: boolean): Promise<void> {
  let previous: Tree | undefined;
  for (const commit of commits) {
    const full = await outcomeOf(readTree(git, commit, root, { codeowners }));
    const changed = readTree(git, commit, root, { codeowners, previous });
    expect(await outcomeOf(changed)).toEqual(full);
    // Each tree is the base of the next, as it is when a source follows a ref.
    previous = await changed.catch(() => previous);
  }
}

describe('a tree that is listed by what changed', () => {
  it.each([
    ['any names', step],
    ['plain names', plainStep],
  ])('equals the full one, after whatever happened between two commits: %s', async (_, oneStep) => {
    const commits = fc.array(fc.array(oneStep, { maxLength: 8 }), { minLength: 2, maxLength: 8 });
    const property = fc.asyncProperty(commits, fc.boolean(), fc.boolean(), async (steps, isWhole, codeowners) => {
      const made = await history(steps);
      // There and back: a ref may also be rewound.
      await expectEqual([...made, ...made.toReversed()], isWhole ? '' : 'flags', codeowners);
    });
    await fc.assert(property, { numRuns: 12 });
  });

  it('takes over the entries that did not change, and knows the sizes of those that did', async () => {
    const first = await repository.commit({ 'flags/a.yaml': 'a', 'flags/b.yaml': 'b', 'flags/d.yaml': 'd' });
    const previous = await readTree(git, first, 'flags');
    const second = await repository.commit({ 'flags/b.yaml': 'longer', 'flags/c.yaml': 'new', 'flags/d.yaml': null });
    const tree = await readTree(git, second, 'flags', { previous });
    expect(tree).toMatchObject({ revision: second, repository: 'flags', root: 'flags', hasCodeowners: false });
    expect(tree.entries.map(({ path, size }) => [path, size])).toEqual([
      ['flags/a.yaml', 1],
      ['flags/b.yaml', 6],
      ['flags/c.yaml', 3],
    ]);
    expect(tree.entries[0]).toBe(previous.entries[0]);
    const blobs = await tree.read(tree.entries, 5);
    expect([...blobs.values()].map((bytes) => Buffer.from(bytes).toString())).toEqual(['a', 'new']);
  });

  it('sees changes of a submodule that the repository wants ignored', async () => {
    const modules = '[submodule "m"]\n\tpath = flags/module\n\turl = x\n\tignore = all\n';
    const first = await repository.commit({ 'flags/a.yaml': 'a', '.gitmodules': modules });
    const withModule = await repository.commitRaw([{ mode: '160000', path: 'flags/module', target: first }]);
    const moved = await repository.commitRaw([{ mode: '160000', path: 'flags/module', target: withModule }]);
    await repository.git('config', 'diff.ignoreSubmodules', 'all');
    git = { gitDir: join(repository.workDir, '.git'), name: 'flags' };
    await expectEqual([first, withModule, moved, first], 'flags', false);
  });

  const added = (...paths: string[]) => paths.map((path): Step => ({ path, mode: '100644', content: 'x' }));

  it.each([
    ['beyond 16 bits', utf8('flags/\uffee.yaml'), utf8('flags/😀.yaml')],
    ['that is no text', 'flags/b.yaml', 'flags/\xff.yaml'],
  ])('is in order also with a name %s', async (_, present, late) => {
    const commits = await history([added(present), added(late)]);
    await expectEqual([...commits, ...commits.toReversed()], 'flags', false);
  });

  it('equals the full one of trees that no git would write', async () => {
    const good = await repository.commit({ 'flags/a.yaml': 'a', 'flags/b.yaml': 'b' });
    const [a, b] = [
      await repository.git('rev-parse', 'HEAD:flags/a.yaml'),
      await repository.git('rev-parse', 'HEAD:flags/b.yaml'),
    ];
    const evil: string[] = [];
    for (const names of [
      ['a', 'a'],
      ['b', 'a'],
      ['a', 'a', 'c'],
      ['c', 'b', 'a'],
      ['a', 'c', 'a'],
      ['c', 'b'],
      ['c', 'b', 'aa'],
    ]) {
      const flags = await repository.makeTree(
        names.map((name, index) => ({ mode: '100644', path: `${name}.yaml`, id: index === 0 ? a : b })),
      );
      const tree = await repository.makeTree([{ mode: '40000', path: 'flags', id: flags }]);
      evil.push(await repository.git('commit-tree', '-m', 'evil', tree));
    }
    git = { gitDir: join(repository.workDir, '.git'), name: 'flags' };
    await expectEqual([good, ...evil, good, ...evil.toReversed(), good], 'flags', false);
  });

  it.each<[string, (previous: Tree, commit: string) => Promise<Tree>]>([
    ['another root', (_, commit) => readTree(git, commit, '')],
    ['other options', (_, commit) => readTree(git, commit, 'flags', { codeowners: true })],
    ['somebody else', async (previous) => ({ ...previous, entries: [] })],
    ['a commit that is not in the store', () => strangeTree()],
  ])('is listed in full where the previous one is of %s', async (_, previousOf) => {
    const first = await repository.commit({ 'flags/a.yaml': 'a', CODEOWNERS: '* @a', 'b.yaml': '' });
    const previous = await previousOf(await readTree(git, first, 'flags'), first);
    const second = await repository.commit({ 'flags/c.yaml': 'c' });
    const { entries } = await readTree(git, second, 'flags', { previous });
    expect(entries).toEqual((await readTree(git, second, 'flags')).entries);
    expect(entries.map(({ path }) => path)).toEqual(['flags/a.yaml', 'flags/c.yaml']);
  });

  it('is refused where the folder became a file', async () => {
    const [first = '', second = ''] = await history([added('flags/a.yaml'), added('flags')]);
    const previous = await readTree(git, first, 'flags');
    await expect(readTree(git, second, 'flags', { previous })).rejects.toMatchObject({
      retry: 'later',
      message: expect.stringContaining('not a folder') as unknown,
    });
  });
});

async function strangeTree(): Promise<Tree> {
  const other = await TestRepository.create();
  try {
    const commit = await other.commit({ 'flags/x.yaml': 'x' });
    return await readTree({ gitDir: other.remoteDir, name: 'flags' }, commit, 'flags');
  } finally {
    await other.dispose();
  }
}
