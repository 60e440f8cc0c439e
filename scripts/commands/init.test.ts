import { chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository } from '../../provider/repository/testing/repository.js';
import { Cancelled, type Prompts } from '../command.js';
import { runCommand } from '../format/testing/run-command.js';
import { call } from '../testing/call.js';
import { flagFiles } from '../testing/flag-repository.js';
import { init } from './init.js';

let repository: TestRepository;

beforeEach(async () => {
  repository = await TestRepository.create();
});

afterEach(() => repository.dispose());

const ACTIONS = `acme/guidon@${'0123456789'.repeat(4)}`;
const words = ['--owner-team', 'platform-team', '--code-owner', '@acme/platform', '--actions', ACTIONS];
const files = [
  '.github/CODEOWNERS',
  '.github/PULL_REQUEST_TEMPLATE.md',
  '.github/workflows/audit.yml',
  '.github/workflows/flags.yml',
  '.github/workflows/reviews.yml',
  '.github/workflows/two-person.yml',
  'README.md',
  'flags/example/welcome/banner.cases.yaml',
  'flags/example/welcome/banner.yaml',
  'flags/policy.yaml',
  'flags/retired.yaml',
];

const here = (path: string) => join(repository.workDir, path);
const text = (path: string) => readFile(here(path), 'utf8');
const flagctl = (...line: readonly string[]) => call(repository.workDir, line);
async function write(changes: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(changes)) {
    await mkdir(join(here(path), '..'), { recursive: true });
    await writeFile(here(path), content);
  }
}
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return paths.filter((path) => !path.startsWith('.git/')).sort();
}

/** What must hold of every result, in the working files and in the commit that is made of them. */
async function expectSound(): Promise<void> {
  await repository.commit({});
  for (const line of [
    ['validate', '--strict'],
    ['validate', '--strict', '--rev', 'HEAD'],
    ['fmt', '--check'],
  ]) {
    expect(await flagctl(...line), line.join(' ')).toMatchObject({ exitCode: 0 });
  }
}

describe('init makes a repository', () => {
  it('that is valid at once', async () => {
    const { exitCode, output, errors } = await flagctl('init', ...words);
    expect({ exitCode, output }).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('wrote flags/policy.yaml'),
    });
    expect(errors).not.toContain('git init');
    expect(await filesIn(repository.workDir)).toEqual(files);
    await expectSound();
    expect((await flagctl('validate')).output).toContain('1 flag, 0 segments, 0 guardrails, 2 cases: 0 errors');
  });

  it('whose first pull request passes the check, and so does any later one', async () => {
    await repository.commit({ LICENSE: 'mine\n' });
    await repository.git('checkout', '--quiet', '-b', 'flags');
    await flagctl('init', ...words);
    await repository.commitAs({}, 'Flags\n\nReason: we begin with flags', {}, 'flags');
    expect(await flagctl('check', '--base', 'main')).toMatchObject({ exitCode: 0 });
    await repository.commitAs({ LICENSE: 'yours\n', 'src/a.ts': '' }, 'No flag', {}, 'flags');
    expect(await flagctl('check', '--base', 'HEAD~1')).toMatchObject({ exitCode: 0 });
  });

  it.each([
    [['--env', 'live'], 1],
    [['--env', 'live,beta,dev', '--branch', 'trunk'], 3],
  ] as const)('with %j', async (more, environments) => {
    await flagctl('init', ...words, ...more);
    await expectSound();
    const listing = await flagctl('list', '--json');
    expect((await text('flags/example/welcome/banner.cases.yaml')).match(/^- name/gm)).toHaveLength(environments);
    expect(listing.output).toContain('example.welcome.banner');
  });

  it('in a folder that is not there yet, and says what is next', async () => {
    const { exitCode, errors } = await call(repository.folder, ['init', 'new/flags-repository', ...words]);
    expect(exitCode).toBe(0);
    expect(errors).toContain('git init --initial-branch=main');
    expect(await filesIn(join(repository.folder, 'new/flags-repository'))).toEqual(files);
  });

  it('whose example is off in production and on in staging', async () => {
    await flagctl('init', ...words);
    expect(await text('flags/example/welcome/banner.yaml')).toContain('expiresAt: 2027-03-01\n');
    for (const [environment, value] of [
      ['production', 'false'],
      ['staging', 'true'],
    ] as const) {
      const { output } = await flagctl('explain', 'example.welcome.banner', '--env', environment, '--json');
      expect(JSON.parse(output)).toMatchObject({ evaluation: { value: value === 'true' } });
    }
  });

  it('whose workflows are pinned to the commit', async () => {
    await flagctl('init', ...words);
    for (const name of ['flags', 'two-person', 'audit']) {
      expect(await text(`.github/workflows/${name}.yml`)).toMatch(
        new RegExp(`uses: acme/guidon/\\.github/actions/(check|audit)@${'0123456789'.repeat(4)}\n`),
      );
    }
  });

  it('of what is asked for, where somebody is there', async () => {
    const asked: string[] = [];
    const answers = ['payments-team', '@acme/payments', ACTIONS];
    const prompts = {
      text: async ({ message, check }: Parameters<Prompts['text']>[0]) => {
        asked.push(message);
        expect(check?.('no @ thing'), message).toBeTypeOf('string');
        const answer = answers[asked.length - 1]!;
        expect(check?.(answer)).toBeUndefined();
        return answer;
      },
      select: () => Promise.reject(new Cancelled()),
      confirm: () => Promise.reject(new Cancelled()),
    };
    await runCommand(init, repository.workDir, { prompts });
    expect(asked).toHaveLength(3);
    expect(await text('flags/policy.yaml')).toContain('  payments-team: { codeOwner: "@acme/payments" }\n');
    await expectSound();
  });
});

describe('init in a repository that holds something', () => {
  it('writes over nothing, and lists what it keeps', async () => {
    const own = {
      'README.md': 'mine\n',
      CODEOWNERS: '* @acme/platform\n',
      'src/flags.ts': 'export {};\n',
      '.github/pull_request_template.md': 'mine\n',
      '.github/workflows/audit.yml': 'name: mine\n',
    };
    await write(own);
    const { exitCode, output, errors } = await flagctl('init', ...words);
    expect(exitCode).toBe(0);
    expect(output).toContain('kept CODEOWNERS (in place of .github/CODEOWNERS)\n');
    expect(output).toContain('kept .github/pull_request_template.md (in place of .github/PULL_REQUEST_TEMPLATE.md)\n');
    expect(output).toContain('kept README.md\n');
    expect(errors).toContain('Add a section `## Reason` to .github/pull_request_template.md');
    for (const [path, content] of Object.entries(own)) expect(await text(path)).toBe(content);
    await expectSound();
  });

  it('twice changes nothing', async () => {
    await flagctl('init', ...words);
    await repository.commit({});
    const { output } = await flagctl('init', ...words, '--json');
    expect(JSON.parse(output)).toMatchObject({ written: [], kept: expect.arrayContaining(['flags/policy.yaml']) });
    expect(await repository.git('status', '--porcelain')).toBe('');
    const { errors } = await flagctl('init', ...words);
    expect(errors).not.toMatch(/## Reason|See that/);
  });

  it('says which line a CODEOWNERS that stays lacks', async () => {
    await write({ CODEOWNERS: '* @acme/everybody\n' });
    const { errors } = await flagctl('init', ...words);
    expect(errors).toContain('Add to CODEOWNERS, below the lines that match more: /flags/ @acme/platform');
    await write({ CODEOWNERS: '* @acme/everybody\n/flags/ @acme/platform\n' });
    await expectSound();
  });

  it('adds no example where there are flags', async () => {
    await write(flagFiles);
    const { output } = await flagctl('init', ...words, '--json');
    expect((JSON.parse(output) as { written: string[] }).written).toEqual([
      '.github/PULL_REQUEST_TEMPLATE.md',
      '.github/workflows/flags.yml',
      '.github/workflows/reviews.yml',
      '.github/workflows/two-person.yml',
      '.github/workflows/audit.yml',
      'README.md',
    ]);
  });

  it('names the schemas of an installed package to editors', async () => {
    await write({ 'node_modules/guidon/schema/flag.schema.json': '{}' });
    await flagctl('init', ...words);
    expect(await text('flags/policy.yaml')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/node_modules\/guidon\/schema\/policy\.schema\.json\n/,
    );
    await expectSound();
  });

  it('only lists with --dry-run', async () => {
    await write({ 'README.md': 'mine\n' });
    const { output, exitCode } = await flagctl('init', '--dry-run', ...words);
    expect(exitCode).toBe(0);
    expect(output.split('\n').filter((line) => line.startsWith('would write'))).toHaveLength(files.length - 1);
    expect(await filesIn(repository.workDir)).toEqual(['README.md']);
  });

  it('refuses to add to what does not load', async () => {
    await write({ 'flags/settings.yml': 'a: 1\n' });
    const { exitCode, output } = await flagctl('init', ...words);
    expect(exitCode).toBe(1);
    expect(output).toContain('flags/settings.yml');
    expect(output).toContain('Nothing was done.');
    expect(await filesIn(repository.workDir)).toEqual(['flags/settings.yml']);
  });
});

describe('init refuses', () => {
  it.each<readonly [why: string, line: readonly string[], message: string]>([
    ['what is missing, by name', [], 'missing: --owner-team, --code-owner, --actions (on a terminal'],
    ['a tag', [...words.slice(0, 4), '--actions', 'acme/guidon@v1'], 'a tag or a branch can be moved'],
    ['a short hash', [...words.slice(0, 4), '--actions', 'acme/guidon@0123456'], 'the 40 digits of its hash'],
    ['no commit', [...words.slice(0, 4), '--actions', 'acme/guidon'], 'the commit is missing'],
    ['a team that YAML reads otherwise', ['--owner-team', 'no'], '"no" is no name'],
    ['a team with a line of its own', ['--owner-team', 'a\nb: c'], 'is no name'],
    ['a handle', ['--code-owner', 'acme/platform'], 'is no owner; give @organisation/team'],
    ['a handle that ends its string', ['--code-owner', '@a"b'], 'is no owner'],
    ['an environment', [...words, '--env', 'Prod'], '--env: "Prod" is no name'],
    ['a branch', [...words, '--branch', 'a b'], '"a b" is no branch'],
    ['a folder within a repository', ['below', ...words], 'lies within the git repository'],
    ['a file', ['file', ...words], 'is not a folder'],
  ])('%s', async (_why, line, message) => {
    await write({ file: '' });
    await mkdir(here('below'));
    const { exitCode, errors } = await flagctl('init', ...line);
    expect(errors).toContain(message);
    expect(exitCode).toBe(2);
    expect(await filesIn(repository.workDir)).toEqual(['file']);
  });

  it.each(['flags', '.github', '.github/workflows'])('to write through a link: %s', async (path) => {
    const outside = join(repository.folder, 'outside');
    await mkdir(outside);
    await mkdir(join(here(path), '..'), { recursive: true });
    await symlink(outside, here(path));
    const { exitCode, errors } = await flagctl('init', ...words);
    expect(errors).toContain(`${path} is there and is not a real folder`);
    expect(exitCode).toBe(2);
    expect(await readdir(outside)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('a folder that it may not write in', async () => {
    await chmod(repository.workDir, 0o500);
    const { exitCode, errors } = await flagctl('init', ...words);
    await chmod(repository.workDir, 0o700);
    expect({ exitCode, errors }).toMatchObject({ exitCode: 2, errors: expect.stringContaining("can't write") });
  });
});
