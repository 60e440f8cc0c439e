import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basic, GitHttpServer } from '../../provider/repository/testing/git-http-server.js';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { commands } from '../commands/index.js';
import { parseArguments } from '../program.js';
import { createFlagRepository } from '../testing/flag-repository.js';
import { ActionCopy, actionPath, readAction } from './testing/action-steps.js';
import { StatusServer } from './testing/status-server.js';

const TOKEN = 'ghs_nobody-may-see-this';

/** Notes its words, and whether the files that it is run on hold what only the pull request brings; ends as it is told. */
const FLAGCTL = `
const fs = require('node:fs'), path = require('node:path');
const [, repository, ...words] = process.argv.slice(2);
const codes = JSON.parse(process.env.CODES ?? '{}');
const brought = ['evil.js', '.npmrc', 'package.json'].filter((name) => fs.existsSync(path.join(repository, name)));
fs.appendFileSync(path.join(process.env.RUNNER_TEMP, 'calls'),
  JSON.stringify({ words, brought, token: process.env.GITHUB_TOKEN, git: Object.keys(process.env).filter((name) => name.startsWith('GIT_')) }) + '\\n');
console.log('::notice::flagctl ' + words[0]);
process.exitCode = codes[words[0]] ?? 0;
`;

let repository: TestRepository;
let server: GitHttpServer;
let api: StatusServer;
let actions: ActionCopy;
let folder: string;
/** The head of pull request 7: a flag's change, and files that must never be used. */
let head: string;

beforeEach(async () => {
  repository = await createFlagRepository();
  folder = join(repository.folder, 'runner');
  await mkdir(folder);
  await mkdir(join(repository.folder, 'remotes/acme'));
  await symlink(repository.remoteDir, join(repository.folder, 'remotes/acme/flags'));
  actions = await ActionCopy.create(folder, FLAGCTL);
  [server, api] = await Promise.all([
    GitHttpServer.start({
      root: join(repository.folder, 'remotes'),
      authorize: (header) => header?.toLowerCase() === basic('x-access-token', TOKEN).toLowerCase(),
    }),
    StatusServer.start(TOKEN),
  ]);
  await repository.git('checkout', '--quiet', '-b', 'change');
  await repository.git('rm', '--quiet', 'flags/platform/web/search.yaml');
  await writeFile(join(repository.workDir, 'evil.js'), 'process.exit(0)');
  await writeFile(join(repository.workDir, '.npmrc'), 'ignore-scripts=false');
  await repository.git('add', '--all', '--force');
  await repository.git('commit', '--quiet', '--message=Change');
  head = await repository.git('rev-parse', 'HEAD');
  await openPullRequest(7);
});

afterEach(async () => {
  await Promise.all([server.stop(), api.stop()]);
  await repository.dispose();
});

async function openPullRequest(number: number, { state = 'open', base = 'main', sha = head } = {}): Promise<void> {
  await repository.git('push', '--quiet', '--force', 'origin', `${sha}:refs/pull/${number}/head`);
  api.pullRequests.set(String(number), { state, base: { ref: base }, head: { sha } });
}

const runner = (event: string, codes: Readonly<Record<string, number>> = {}) => ({
  GITHUB_SERVER_URL: server.url('').slice(0, -1),
  GITHUB_API_URL: api.url,
  GITHUB_REPOSITORY: 'acme/flags',
  GITHUB_RUN_ID: '42',
  GITHUB_EVENT_NAME: event,
  CODES: JSON.stringify(codes),
});

const inputs = {
  'inputs.webhook': '',
  'steps.app.outputs.token': '',
  'inputs.token': TOKEN,
  'inputs.branch': '',
  'inputs.status': 'guidon',
};
const of = (event: 'pull_request_target' | 'merge_group' | 'workflow_run', more: Record<string, string> = {}) => ({
  ...inputs,
  'github.event.repository.default_branch': 'main',
  ...{
    pull_request_target: { 'github.event.pull_request.head.sha': head, 'github.event.pull_request.number': '7' },
    merge_group: {
      'github.event.merge_group.head_sha': head,
      'github.event.merge_group.base_ref': 'refs/heads/main',
    },
    workflow_run: { 'github.event.workflow_run.head_sha': head },
  }[event],
  ...more,
});

async function judge(
  event: 'pull_request_target' | 'merge_group' | 'workflow_run',
  { more = {}, codes = {} }: { more?: Record<string, string>; codes?: Record<string, number> } = {},
) {
  const ending = await actions.run('check', 'Judge', of(event, more), runner(event, codes));
  expect(ending.output).not.toContain(TOKEN);
  return { ...ending, states: api.statuses.map(({ state }) => state) };
}

async function calls(): Promise<readonly { words: readonly string[]; brought: readonly string[]; git: unknown }[]> {
  const text = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { words: string[]; brought: string[]; token: string; git: unknown });
}

describe('the action check', () => {
  it('says first of all that the verdict is pending', async () => {
    const { runs } = await readAction('check');
    const names = runs.steps.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['Speak for the App', 'Say that the verdict is pending']);
    const { exitCode } = await actions.run(
      'check',
      'Say that the verdict is pending',
      of('pull_request_target'),
      runner('pull_request_target'),
    );
    expect(exitCode).toBe(0);
    expect(api.statuses).toEqual([
      {
        commit: head,
        state: 'pending',
        context: 'guidon',
        description: 'is being judged',
        target_url: `${server.url('').slice(0, -1)}/acme/flags/actions/runs/42`,
      },
    ]);
  });

  it("speaks with the App's token where there is one", async () => {
    const more = { 'steps.app.outputs.token': TOKEN, 'inputs.token': 'another' };
    expect(await judge('pull_request_target', { more })).toMatchObject({ exitCode: 0, states: ['success'] });
    expect(await judge('pull_request_target', { more: { 'inputs.token': 'another' } })).toMatchObject({ exitCode: 2 });
  });

  it('builds flagctl from its own commit, without scripts of packages', async () => {
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin/npm'), '#!/bin/sh\necho "$PWD npm $*" >> "$RUNNER_TEMP/npm"\n', { mode: 0o755 });
    const { exitCode } = await actions.run(
      'check',
      'Build flagctl',
      {},
      {
        ...runner('pull_request_target'),
        PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      },
    );
    expect(exitCode).toBe(0);
    expect(await readFile(join(folder, 'npm'), 'utf8')).toBe(
      `${folder} npm ci --ignore-scripts --no-audit --no-fund\n${folder} npm run build\n`,
    );
    for (const name of ['check', 'audit']) {
      const { runs } = await readAction(name);
      expect(runs.steps.find((step) => step.name === 'Build flagctl')).not.toHaveProperty('env');
    }
  });

  it('judges a pull request against the main branch, of which alone it has files', async () => {
    const { exitCode, states } = await judge('pull_request_target');
    expect({ exitCode, states }).toEqual({ exitCode: 0, states: ['success'] });
    const common = { brought: [], token: TOKEN, git: [] };
    expect(await calls()).toEqual([
      { words: ['validate', '--rev', head, '--format', 'github'], ...common },
      {
        words: `check --base origin/main --head ${head} --pull-request 7 --comment --format github`.split(' '),
        ...common,
      },
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith('guidon-'))).toEqual([]);
  });

  it('judges a group of the merge queue', async () => {
    const { exitCode, states } = await judge('merge_group');
    expect({ exitCode, states }).toEqual({ exitCode: 0, states: ['success'] });
    expect((await calls()).map(({ words }) => words)).toEqual([
      ['validate', '--rev', head, '--format', 'github'],
      ['check', '--base', 'origin/main', '--head', head, '--queue', '--format', 'github'],
    ]);
  });

  it('finds the pull requests of a commit itself, after a review', async () => {
    await openPullRequest(8, { state: 'closed' });
    await openPullRequest(9);
    await openPullRequest(10, { sha: await repository.git('rev-parse', 'main') });
    const { exitCode, output } = await judge('workflow_run');
    expect(exitCode).toBe(0);
    expect(output).toContain('Pull request 8 is closed.');
    expect((await calls()).map(({ words }) => words[6])).toEqual([undefined, '7', undefined, '9']);
  });

  it('judges nothing where no open pull request has the commit, and says no good of it', async () => {
    await openPullRequest(7, { state: 'closed' });
    for (const event of ['workflow_run', 'pull_request_target'] as const) {
      expect(await judge(event)).toMatchObject({ exitCode: 0, states: [] });
    }
    expect(await calls()).toEqual([]);
  });

  it.each<readonly [codes: Record<string, number>, exitCode: number, state: string]>([
    [{}, 0, 'success'],
    [{ validate: 1 }, 1, 'failure'],
    [{ check: 1 }, 1, 'failure'],
    [{ validate: 1, check: 2 }, 2, 'error'],
    [{ validate: 2, check: 1 }, 2, 'error'],
    [{ check: 2 }, 2, 'error'],
    [{ check: 139 }, 2, 'error'],
  ])('%j ends with %i: %s', async (codes, expected, state) => {
    const { exitCode, states } = await judge('pull_request_target', { codes });
    expect({ exitCode, states }).toEqual({ exitCode: expected, states: [state] });
    // Both are asked whatever the first says.
    expect((await calls()).map(({ words }) => words[0])).toEqual(['validate', 'check']);
  });

  it.each(['merge_group', 'workflow_run'] as const)('refuses at %s too', async (event) => {
    expect(await judge(event, { codes: { check: 1 } })).toMatchObject({ exitCode: 1, states: ['failure'] });
  });

  const refusals: readonly (readonly [why: string, arrange: () => Promise<unknown>, message: string])[] = [
    ['a pull request to another branch', () => openPullRequest(7, { base: 'spare' }), "goes to the branch 'spare'"],
    [
      'a pull request that has moved on',
      async () => {
        const first = head;
        await repository.git('commit', '--quiet', '--allow-empty', '--message=More');
        await openPullRequest(7, { sha: await repository.git('rev-parse', 'HEAD') });
        head = first;
      },
      'has moved on to',
    ],
    [
      'a ref that is not what the API says',
      () => repository.git('push', '--quiet', '--force', 'origin', 'main:refs/pull/7/head'),
      'has moved on; the run for its new commit',
    ],
  ];
  it.each(refusals)('refuses %s', async (_why, arrange, message) => {
    await arrange();
    const { exitCode, output, states } = await judge('pull_request_target');
    expect(output).toContain(message);
    expect({ exitCode, states }).toEqual({ exitCode: 1, states: ['failure'] });
    expect(await calls()).toEqual([]);
  });

  it('refuses the queue of another branch', async () => {
    const { exitCode, output } = await judge('merge_group', {
      more: { 'github.event.merge_group.base_ref': 'refs/heads/spare' },
    });
    expect({ exitCode, output }).toMatchObject({ exitCode: 1, output: expect.stringContaining('refs/heads/spare') });
  });

  const failures: readonly (readonly [why: string, arrange: () => unknown, states: readonly string[]])[] = [
    ['git refuses', () => (server.behaviour = 403), ['error']],
    ['the pull request cannot be read', () => api.pullRequests.clear(), ['error']],
    ['the status cannot be written', () => (api.refuses = 403), []],
    ['the ref is gone', () => repository.git('push', '--quiet', 'origin', ':refs/pull/7/head'), ['error']],
  ];
  it.each(failures)('could not judge where %s', async (_why, arrange, states) => {
    await arrange();
    expect(await judge('pull_request_target')).toMatchObject({ exitCode: 2, states });
  });

  it.each([
    ['an event that it does not know', 'push', {}, 'push is no event to judge at'],
    ['a branch that is not there', 'pull_request_target', { 'inputs.branch': 'gone' }, 'gone'],
  ])('could not judge at %s', async (_why, event, more, message) => {
    const ending = await actions.run('check', 'Judge', of('pull_request_target', more), runner(event));
    expect(ending).toMatchObject({ exitCode: 2, output: expect.stringContaining(message) });
    expect(api.statuses.map(({ state }) => state)).toEqual(['error']);
  });

  it.each([
    ['a status that would end its string', { 'inputs.status': 'a","state":"success' }],
    ['a commit that is none', { 'github.event.pull_request.head.sha': 'x/../y' }],
  ])('writes no status for %s', async (_why, more) => {
    const ending = await actions.run(
      'check',
      'Say that the verdict is pending',
      of('pull_request_target', more),
      runner('pull_request_target'),
    );
    expect(ending.exitCode).toBe(2);
    expect(api.statuses).toEqual([]);
  });

  it('takes nothing of a branch or a pull request for a command', async () => {
    const evil = '$(touch${IFS}pwned);`touch${IFS}pwned`';
    await openPullRequest(7, { base: evil });
    expect(await judge('pull_request_target')).toMatchObject({ exitCode: 1 });
    await judge('pull_request_target', { more: { 'inputs.branch': evil } });
    expect(await readdir(folder)).not.toContain('pwned');
  });

  it('runs no hook and no filter that the machine or the branch sets', async () => {
    await repository.git('checkout', '--quiet', 'main');
    await writeFile(join(folder, '.gitconfig'), '[filter "x"]\n\tsmudge = touch pwned\n\trequired\n');
    await repository.commit({ '.gitattributes': '* filter=x\n' });
    expect(await judge('pull_request_target')).toMatchObject({ exitCode: 0 });
    expect(await readdir(folder)).not.toContain('pwned');
  });
});

it('the actions say nothing to flagctl that it does not understand', async () => {
  await judge('pull_request_target');
  await judge('merge_group');
  await actions.run('audit', 'Audit', of('workflow_run'), runner('push'));
  const lines = (await calls()).map(({ words }) => words);
  expect(lines).toHaveLength(6);
  const known = lines.filter(([name]) => commands.some((command) => command.name === name));
  expect(known).not.toEqual([]);
  for (const words of known) {
    expect(parseArguments(words, commands, { columns: 80, title: String }), words.join(' ')).toMatchObject({
      kind: 'run',
    });
  }
});

describe('the action audit', () => {
  const audit = (codes: Record<string, number> = {}) =>
    actions.run(
      'audit',
      'Audit',
      { ...inputs, 'github.event.repository.default_branch': 'main' },
      runner('push', codes),
    );

  it('validates and verifies the main branch', async () => {
    expect((await audit()).exitCode).toBe(0);
    expect((await calls()).map(({ words }) => words)).toEqual([
      ['validate', '--format', 'github'],
      ['audit', 'record'],
      ['audit', 'verify'],
    ]);
  });

  it.each([
    [{ validate: 1 }, 1],
    [{ audit: 1 }, 1],
    [{ validate: 1, audit: 2 }, 2],
    [{ audit: 137 }, 2],
  ])('%j ends with %i', async (codes, expected) => {
    expect((await audit(codes)).exitCode).toBe(expected);
    expect(await calls()).toHaveLength(3);
  });
});

it('every script of the actions is bash', async () => {
  const files = (await readdir(actionPath(), { recursive: true })).filter((name) => name.endsWith('.sh'));
  expect(files.length).toBeGreaterThan(4);
  for (const file of files) await promisify(execFile)('bash', ['-n', actionPath(file)]);
});
