import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePathPattern, pathMatcher, patternFault } from './codeowners-pattern.js';

function owns(pattern: string, path: string): boolean {
  expect(patternFault(pattern)).toBeUndefined();
  return pathMatcher(path)(compilePathPattern(pattern));
}

describe('a pattern', () => {
  it.each([
    ['*', 'a/b/c'],
    ['**', 'a/b/c'],
    ['/*', 'a'],
    ['/**', 'a/b'],
    ['/flags/*', 'flags/policy.yaml'],
    ['/flags/*/', 'flags/payments/checkout/new-flow.yaml'],
    ['/flags/**', 'flags/payments/checkout/new-flow.yaml'],
    ['/flags', 'flags/payments/checkout/new-flow.yaml'],
    ['flags', 'nested/flags/a'],
    ['flags/', 'nested/flags/a'],
    ['/flags/*/*/*.yaml', 'flags/payments/checkout/new-flow.yaml'],
    ['/flags/pay*/', 'flags/payments/a'],
    ['/flags/**/new-flow.yaml', 'flags/new-flow.yaml'],
    ['/flags/**/new-flow.yaml', 'flags/payments/checkout/new-flow.yaml'],
    ['/flags/**/checkout/**/a', 'flags/checkout/x/checkout/y/z/a'],
    ['**/checkout/*', 'flags/checkout/a'],
    ['**/', 'a/b'],
    ['docs/**/', 'docs/a/b'],
    ['new-?low.yaml', 'flags/new-flow.yaml'],
    ['caf?', 'café'],
    ['?.md', '🚀.md'],
    ['my\\ flags/', 'my flags/a'],
    ['/a\\ \\ b', 'a  b'],
    ['c#.md', 'c#.md'],
    ['a**b', 'axxb'],
    ['*a*b*c', 'xaxbxcxbxc'],
    ['constructor', 'constructor'],
    ['__proto__/', '__proto__/a'],
  ])('%s owns %s', (pattern, path) => {
    expect(owns(pattern, path)).toBe(true);
  });

  it.each([
    ['/*', 'a/b'],
    ['/flags/*', 'flags/payments/checkout/new-flow.yaml'],
    ['/flags/', 'flags'],
    ['/flags/**', 'flags'],
    ['flags/', 'flags'],
    ['/flags', 'flags-old/a'],
    ['/flags', 'nested/flags/a'],
    ['flags/payments', 'nested/flags/payments'],
    ['/flags/*/new-flow.yaml', 'flags/payments/checkout/new-flow.yaml'],
    ['**/checkout/*', 'flags/checkout/a/b'],
    ['**/', 'a'],
    ['docs/**/', 'docs/a'],
    ['/Flags/', 'flags/a'],
    ['a?b', 'a/b'],
    ['a*b', 'a/b'],
    ['a**b', 'a/b'],
    ['new-?low.yaml', 'new-low.yaml'],
    ['?.md', '.md'],
    ['my', 'my flags/a'],
    ['a.b', 'axb'],
    ['(a|b)+', 'a'],
    ['{a,b}', 'a'],
  ])('%s does not own %s', (pattern, path) => {
    expect(owns(pattern, path)).toBe(false);
  });
});

describe('gitignore, which GitHub names as the model', () => {
  const environment = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_SYSTEM: devNull };
  const names = ['a', 'b', 'ab', 'a b', 'b.a'];
  const inside = (folders: readonly string[]) => folders.flatMap((folder) => names.map((name) => `${folder}/${name}`));
  const paths = [names, inside(names), inside(inside(names))].flat();
  let repository = '';

  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'guidon-codeowners-'));
    execFileSync('git', ['init', '--quiet', repository], { env: environment });
  });
  afterAll(() => rmSync(repository, { recursive: true, force: true }));

  function ignoredPaths(pattern: string): readonly string[] {
    writeFileSync(join(repository, '.git/info/exclude'), `${pattern}\n`);
    const input = paths.join('\0');
    const command = ['check-ignore', '--no-index', '--stdin', '-z'];
    const { status, stdout, stderr } = spawnSync('git', command, { cwd: repository, env: environment, input });
    // 0: some are ignored, 1: none is.
    if (status !== 0 && status !== 1) throw new Error(String(stderr));
    return String(stdout).split('\0').slice(0, -1);
  }

  // GitHub keeps a last `*` to one level; git takes `a**/` for `a/**/`, for it drops a literal prefix first.
  function isReadDifferently(pattern: string): boolean {
    return /(^|\/)\*$/.test(pattern) || /[^/]\*\*/.test(pattern);
  }

  it('agrees about every path, save for two forms', () => {
    const part = fc.constantFrom('a', 'b', '*', '?', '/', '**', '/**/', '.', '\\ ');
    const patterns = fc
      .array(part, { minLength: 1, maxLength: 7 })
      .map((parts) => parts.join(''))
      .filter((pattern) => patternFault(pattern) === undefined && !isReadDifferently(pattern));
    let matching = 0;
    fc.assert(
      fc.property(patterns, (pattern) => {
        const ignored = ignoredPaths(pattern);
        if (ignored.length > 0) matching++;
        expect(paths.filter((path) => owns(pattern, path))).toEqual(ignored);
      }),
      { numRuns: 300 },
    );
    expect(matching).toBeGreaterThan(50);
  });
});

describe('hostile input', () => {
  it.each([
    ['many asterisks', '*a'.repeat(2_000), `${'a'.repeat(100_000)}b`],
    ['a long literal', `*${'a'.repeat(4_000)}b`, 'a'.repeat(20_000)],
    ['many double asterisks', `${'**/a/'.repeat(800)}b`, 'a/'.repeat(50_000)],
    ['asterisks in many segments', `${'**/*a*a/'.repeat(500)}b`, `${'aaa/'.repeat(25_000)}c`],
  ])('is matched in bounded time: %s', (_, pattern, path) => {
    expect(owns(pattern, path)).toBe(false);
  });
});
