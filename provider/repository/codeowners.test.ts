import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeownersPath, isSameOwner, MAX_CODEOWNERS_BYTES, ownersOf, parseCodeowners } from './codeowners.js';

function ownership(text: string, path: string) {
  return ownersOf(parseCodeowners('CODEOWNERS', text), path);
}

/** The example of GitHub's page "About code owners", without its comments. */
const githubExample = `
# These owners will be the default owners for everything in the repo.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
`;

describe("GitHub's documented example", () => {
  it.each([
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['src/deep/down/README.md', ['@global-owner1', '@global-owner2']],
    ['index.js', ['@js-owner']],
    ['src/deep/index.js', ['@js-owner']],
    ['src/index.JS', ['@global-owner1', '@global-owner2']],
    ['cmd/main.go', ['docs@example.com']],
    ['notes/a.txt', ['@octo-org/octocats']],
    ['apps/main.js', ['@octocat']],
    ['packages/apps/deep/main.js', ['@octocat']],
    ['docs/getting-started.md', ['@doctocat']],
    ['docs/build-app/troubleshooting.md', ['@doctocat']],
    ['scripts/release.sh', ['@doctocat', '@octocat']],
    ['build/logs', ['@octocat']],
    ['build/logs/today', ['@octocat']],
    ['deeply/nested/logs/today', ['@octocat']],
  ])('gives %s to %j', (path, owners) => {
    expect(ownership(githubExample, path)?.owners).toEqual(owners);
  });

  it.each([
    ['*.js @js-owner', 'src/a.ts', undefined],
    ['docs/* docs@example.com', 'docs/getting-started.md', ['docs@example.com']],
    ['docs/* docs@example.com', 'docs/build-app/troubleshooting.md', undefined],
    ['/build/logs/ @doctocat', 'build/logs/a/b', ['@doctocat']],
    ['/build/logs/ @doctocat', 'src/build/logs/a', undefined],
    ['/docs/ @doctocat', 'src/docs/a', undefined],
    ['**/logs @octocat', 'logs/today', ['@octocat']],
    ['/apps/ @octocat\n/apps/github', 'apps/github/a', []],
    ['/apps/ @octocat\n/apps/github', 'apps/gitlab/a', ['@octocat']],
    ['/apps/ @octocat\n/apps/github @doctocat', 'apps/github/a', ['@doctocat']],
    ['/apps/ @doctocat @octocat', 'apps/a', ['@doctocat', '@octocat']],
    ['/apps/ @example-org/content-team', 'apps/a', ['@example-org/content-team']],
  ])('%j, for %s: %j', (text, path, owners) => {
    expect(ownership(text, path)?.owners).toEqual(owners);
  });
});

describe('a file', () => {
  it('gives a path to the last line that matches, and says which', () => {
    const text = '* @a\r\n\r\n  # indented comment\r\n/flags/ @b\t@c # trailing @d\r\n/flags/x @e\r\n';
    expect(ownership(text, 'flags/y')).toEqual({ owners: ['@b', '@c'], line: 4 });
    expect(ownership(text, 'flags/x')).toEqual({ owners: ['@e'], line: 5 });
    expect(ownership(text, 'README.md')).toEqual({ owners: ['@a'], line: 1 });
  });

  it('tells a path that a line takes from everybody from one that no line matches', () => {
    expect(ownership('/flags/ @a\n/flags/x # nobody', 'flags/x')).toEqual({ owners: [], line: 2 });
    expect(ownership('/flags/ @a', 'README.md')).toBeUndefined();
    expect(ownership('', 'README.md')).toBeUndefined();
  });

  it.each([
    ['!flags/ @a', 'negate', 1, 8],
    ['[Flags] @a', '[ ]', 1, 8],
    ['/flags/[ab].yaml @a', '[ ]', 1, 17],
    ['\\#flags @a', 'escapes nothing', 1, 8],
    ['/flags/\\* @a', 'escapes nothing', 1, 10],
    ['flags\\', 'escapes nothing', 1, 7],
    ['flags\\\t@a', 'escapes nothing', 1, 10],
    ['***/*.rb @monalisa', 'asterisks', 1, 9],
    ['*.txt docs@', 'not an owner', 7, 12],
    ['/flags/ payments-team', 'not an owner', 9, 22],
    ['/flags/ @a, @b', 'not an owner', 9, 12],
    ['/flags/ @acme/payments/team', 'not an owner', 9, 28],
    ['/flags/ @@maintainer', 'not an owner', 9, 21],
    ['/flags/ @a @-b', 'not an owner', 12, 15],
    ['/flags/ @p\u0430yments', 'not an owner', 9, 18],
    ['/flags//a @a', 'empty name', 1, 10],
    ['/ @a', 'empty name', 1, 2],
    ['./flags/ @a', 'match no file', 1, 9],
    ['/flags/../schema @a', 'match no file', 1, 17],
    ['\ufeff/flags/ @a', 'invisible', 1, 9],
    ['/fl\u200bags/ @a', 'invisible', 1, 9],
    ['/flags/\u00a0@a', 'invisible', 1, 11],
    [`/${'a'.repeat(4_096)} @a`, '4096', 1, 4_098],
  ])('reports %j, and skips it', (line, message, column, endColumn) => {
    const { rules, problems } = parseCodeowners('docs/CODEOWNERS', `* @before\n${line}\n/after/ @after`);
    expect(rules.map((rule) => rule.line)).toEqual([1, 3]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'codeowners-invalid', severity: 'error', file: 'docs/CODEOWNERS' });
    expect(problems[0]).toMatchObject({ line: 2, endLine: 2, column, endColumn });
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.found?.length).toBeLessThanOrEqual(80);
  });

  it.each(['@user', '@us-er_acme', '@Acme/Pay_ments', 'a.b+c@mail.example.com'])('knows %s as an owner', (owner) => {
    expect(ownership(`* ${owner}`, 'a')?.owners).toEqual([owner]);
  });

  it('is ignored as a whole from 3 MB on, counted in bytes', () => {
    const rule = '* @a\n';
    const filled = rule + `#${'é'.repeat((MAX_CODEOWNERS_BYTES - rule.length - 2) / 2)}`;
    expect(parseCodeowners('CODEOWNERS', filled)).toMatchObject({ rules: [{ line: 1 }], problems: [] });
    const { rules, problems } = parseCodeowners('CODEOWNERS', `${filled}é`);
    expect(rules).toEqual([]);
    expect(problems).toMatchObject([{ code: 'codeowners-invalid', line: 1 }]);
  });

  it.each([
    [['src/a', 'docs/CODEOWNERS', 'CODEOWNERS', '.github/CODEOWNERS'], '.github/CODEOWNERS'],
    [['docs/CODEOWNERS', 'CODEOWNERS'], 'CODEOWNERS'],
    [['docs/CODEOWNERS'], 'docs/CODEOWNERS'],
    [['codeowners', 'src/CODEOWNERS', '.gitlab/CODEOWNERS'], undefined],
  ])('is looked for where GitHub looks: of %j, %s', (paths, expected) => {
    expect(codeownersPath(new Set(paths))).toBe(expected);
  });
});

describe('hostile input', () => {
  it('is parsed in bounded time, whatever fills the file', () => {
    const size = MAX_CODEOWNERS_BYTES - 10;
    for (const filling of ['a', '\\ ', '\\', ' ', '#', '*', '/', '@', '.', '\n', 'a@a.', ' @a', '\ud800']) {
      const text = filling.repeat(size / Buffer.byteLength(filling));
      for (const source of [text, `* ${text}`]) expect(parseCodeowners('CODEOWNERS', source)).toBeDefined();
    }
  });

  it('never throws', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, text, (source, path) => {
        const codeowners = parseCodeowners('CODEOWNERS', source);
        for (const { line } of codeowners.problems) expect(source.split('\n').length).toBeGreaterThanOrEqual(line);
        ownersOf(codeowners, path);
      }),
    );
  });
});

describe('owners', () => {
  it.each([
    ['@acme/Payments', '@Acme/payments', true],
    ['Docs@Example.com', 'docs@example.com', true],
    ['@acme/payments', '@acme/payments-team', false],
    ['@acme/payments', 'acme/payments', false],
  ])('%s and %s are the same: %s', (one, other, expected) => {
    expect(isSameOwner(one, other)).toBe(expected);
  });
});

describe("this repository's own CODEOWNERS", () => {
  const root = new URL('../../', import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
  const codeowners = parseCodeowners('CODEOWNERS', read('CODEOWNERS'));
  const teams = read('flags/policy.yaml').matchAll(/^ {2}(\S+): .*codeOwner: "(.+?)"/gm);
  const handles = new Map(Array.from(teams, ([, name, handle]) => [name, handle]));
  const owned = readdirSync(new URL('flags/', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => `flags/${path.replaceAll('\\', '/')}`)
    .flatMap((path) => {
      const owner = /^owner: (.+)$/m.exec(read(path))?.[1];
      return owner === undefined ? [] : [{ path, owner }];
    });

  it('is valid', () => {
    expect(codeowners.problems).toEqual([]);
  });

  it('gives every flag, segment and guardrail to the team that the file names', () => {
    expect(owned.length).toBeGreaterThan(30);
    expect(owned.map(({ path }) => [path, ownersOf(codeowners, path)?.owners])).toEqual(
      owned.map(({ path, owner }) => [path, [handles.get(owner)]]),
    );
  });

  it.each(['CODEOWNERS', 'flags/policy.yaml', 'flags/retired.yaml', 'schema/a'])('gives %s to the platform', (path) => {
    expect(ownersOf(codeowners, path)?.owners).toEqual(['@acme/platform']);
  });
});
