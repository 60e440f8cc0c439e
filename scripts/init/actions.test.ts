import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basic, GitHttpServer } from '../../provider/repository/testing/git-http-server.js';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { commands } from '../commands/index.js';
import { parseArguments } from '../program.js';
import { createFlagRepository } from '../testing/flag-repository.js';
import { ActionCopy, actionPath, readAction, valueOf } from './testing/action-steps.js';
import { StatusServer } from './testing/status-server.js';

const TOKEN = 'ghs_nobody-may-see-this';

/**
 * Notes its words, and whether the files that it is run on hold what only the pull request brings; ends as it is told: by
 * its first word, or its first two. A check as JSON says what is proved.
 */
const FLAGCTL = `
const fs = require('node:fs'), path = require('node:path');
const [, repository, ...words] = process.argv.slice(2);
const codes = JSON.parse(process.env.CODES ?? '{}');
const { proved = 'open' } = codes;
if (words.includes('--json')) {
  console.log(words[0] === 'check'
    ? JSON.stringify({ isReducing: proved === 'reducing', flags: [{ effects: [{ direction: proved === 'same' ? 'same' : 'widens' }] }] })
    : JSON.stringify({ previewOf: words }));
}
const brought = ['evil.js', '.npmrc', 'package.json'].filter((name) => fs.existsSync(path.join(repository, name)));
fs.appendFileSync(path.join(process.env.RUNNER_TEMP, 'calls'),
  JSON.stringify({ words, brought, token: process.env.GITHUB_TOKEN, folder: path.basename(process.cwd()), git: Object.keys(process.env).filter((name) => name.startsWith('GIT_')) }) + '\\n');
if (!words.includes('--json')) console.log('::notice::flagctl ' + words[0]);
if (codes.hangs === words[0]) setInterval(() => {}, 1000);
process.exitCode = codes[words.includes('--json') ? words[0] + ' --json' : words[0]] ?? 0;
`;

/** Exit codes of flagctl by its first word, with ` --json` where it has that; and what else it is told. */
type Codes = Readonly<Record<string, number | string>>;

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
      authorize: (header) =>
        [...api.tokens].some((token) => header?.toLowerCase() === basic('x-access-token', token).toLowerCase()),
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

const runner = (event: string, codes: Codes = {}) => ({
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
  'inputs.contexts': '',
  'inputs.contexts-command': '',
  'inputs.contexts-artifact': '',
  'inputs.contexts-timeout-seconds': '60',
  'inputs.population': '',
  'inputs.by': '',
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
  { more = {}, codes = {} }: { more?: Record<string, string>; codes?: Codes } = {},
) {
  const ending = await actions.runFrom('check', 'Judge', of(event, more), runner(event, codes));
  expect(ending.output).not.toContain(TOKEN);
  return { ...ending, states: api.statuses.map(({ state }) => state) };
}

interface Call {
  readonly words: readonly string[];
  readonly brought: readonly string[];
  readonly token?: string;
  readonly folder: string;
  readonly git: unknown;
}

async function calls(): Promise<readonly Call[]> {
  const text = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call);
}

const namesOf = async (): Promise<readonly string[]> =>
  (await calls()).map(({ words }) => `${words[0]}${words.includes('--json') ? ' --json' : ''}`);

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
    const common = { brought: [], git: [], folder: basename(folder) };
    const preview = join(folder, 'flag-preview.json');
    expect(await calls()).toEqual([
      { words: ['check', '--base', 'origin/main', '--head', head, '--json'], ...common },
      { words: ['preview', '--base=origin/main', `--head=${head}`, '--json'], ...common, folder: 'contexts' },
      { words: ['validate', '--rev', head, '--format', 'github'], ...common, token: TOKEN },
      {
        words:
          `check --base origin/main --head ${head} --pull-request 7 --comment --preview ${preview} --format github`.split(
            ' ',
          ),
        ...common,
        token: TOKEN,
      },
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith('guidon-'))).toEqual([]);
  });

  it('judges a group of the merge queue', async () => {
    const { exitCode, states } = await judge('merge_group');
    expect({ exitCode, states }).toEqual({ exitCode: 0, states: ['success'] });
    const preview = join(folder, 'flag-preview.json');
    expect((await calls()).map(({ words }) => words)).toEqual([
      ['check', '--base', 'origin/main', '--head', head, '--json'],
      ['preview', '--base=origin/main', `--head=${head}`, '--json'],
      ['validate', '--rev', head, '--format', 'github'],
      ['check', '--base', 'origin/main', '--head', head, '--queue', '--preview', preview, '--format', 'github'],
    ]);
  });

  it('finds the pull requests of a commit itself, after a review', async () => {
    await openPullRequest(8, { state: 'closed' });
    await openPullRequest(9);
    await openPullRequest(10, { sha: await repository.git('rev-parse', 'main') });
    const { exitCode, output } = await judge('workflow_run');
    expect(exitCode).toBe(0);
    expect(output).toContain('Pull request 8 is closed.');
    const judged = (await calls()).filter(({ words }) => words.includes('--pull-request'));
    expect(judged.map(({ words }) => words[6])).toEqual(['7', '9']);
  });

  it('judges nothing where no open pull request has the commit, and says no good of it', async () => {
    await openPullRequest(7, { state: 'closed' });
    for (const event of ['workflow_run', 'pull_request_target'] as const) {
      expect(await judge(event)).toMatchObject({ exitCode: 0, states: [] });
    }
    expect(await calls()).toEqual([]);
  });

  it.each<readonly [codes: Codes, exitCode: number, state: string]>([
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
    expect((await namesOf()).slice(-2)).toEqual(['validate', 'check']);
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
    const ending = await actions.runFrom('check', 'Judge', of('pull_request_target', more), runner(event));
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

describe('the action check, with contexts', () => {
  const ROW = '{"targetingKey":"u-1"}';
  const steps = ['Judge', 'Make contexts', 'Judge by who is moved'];
  const by = async (command: string, codes: Codes = {}, more: Record<string, string> = {}) =>
    judge('pull_request_target', { more: { 'inputs.contexts-command': command, ...more }, codes });
  const previewOf = async () => (await calls()).find(({ words }) => words[0] === 'preview')?.words;
  const checkOf = async () => (await calls()).findLast(({ words }) => words[0] === 'check')?.words ?? [];

  it('replays what the command prints, in a checkout of the main branch', async () => {
    const command = `ls -A > "$RUNNER_TEMP/seen"; flagctl contexts synth x; echo '${ROW}'`;
    const more = { 'inputs.population': '4200000', 'inputs.by': 'country,plan' };
    const { exitCode, states, ran, outputs } = await by(command, {}, more);
    expect({ exitCode, states, ran }).toEqual({ exitCode: 0, states: ['success'], ran: steps });
    expect(await previewOf()).toEqual([
      'preview',
      '--base=origin/main',
      `--head=${head}`,
      '--contexts=command.jsonl',
      '--population=4200000',
      '--by=country,plan',
      '--json',
    ]);
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe('.git\nCODEOWNERS\nflags\n');
    const preview = join(folder, 'flag-preview.json');
    expect(await checkOf()).toContain(preview);
    expect(outputs['steps.moved.outputs.preview']).toBe(preview);
    const { outputs: declared } = await readAction('check');
    expect(valueOf(declared?.['preview']?.value ?? '', outputs)).toBe(preview);
    expect(JSON.parse(await readFile(preview, 'utf8'))).toMatchObject({ previewOf: await previewOf() });
    expect((await readdir(folder)).filter((name) => name.startsWith('guidon-'))).toEqual([]);
  });

  it('shows it in the summary of the job, for a group has no comment', async () => {
    const summary = join(folder, 'summary');
    const ending = await actions.runFrom('check', 'Judge', of('merge_group'), {
      ...runner('merge_group'),
      GITHUB_STEP_SUMMARY: summary,
    });
    expect(ending.exitCode).toBe(0);
    const preview = join(folder, 'flag-preview.json');
    const last = (await calls()).at(-1);
    expect(last?.words).toEqual(
      `check --base origin/main --head ${head} --preview ${preview} --format markdown`.split(' '),
    );
    expect(last?.token).toBeUndefined();
    expect(await readFile(summary, 'utf8')).toContain('flagctl check');
  });

  it.each(['merge_group', 'workflow_run'] as const)('does so at %s', async (event) => {
    const more = { 'inputs.contexts-command': `echo '${ROW}'` };
    expect(await judge(event, { more })).toMatchObject({ exitCode: 0, states: ['success'], ran: steps });
    expect(await previewOf()).toContain('--contexts=command.jsonl');
    expect(await checkOf()).toContain('--preview');
  });

  it('gives the command no token: not in its variables, nor in those of what started it', async () => {
    const command =
      'env; cat /proc/$PPID/environ /proc/$(cut -d" " -f4 /proc/$PPID/stat)/environ; set; git config --list';
    const secrets = { 'steps.app.outputs.token': 'ghs_of-the-app', 'inputs.webhook': 'https://hooks.example/secret' };
    api.tokens.add('ghs_of-the-app');
    const { exitCode, ran } = await by(`{ ${command}; } > "$RUNNER_TEMP/seen"; echo '${ROW}'`, {}, secrets);
    expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: steps });
    const seen = await readFile(join(folder, 'seen'), 'utf8');
    expect(seen).toContain('CONTEXTS_COMMAND');
    for (const secret of [TOKEN, 'ghs_of-the-app', 'hooks.example', btoa(`x-access-token:${TOKEN}`)]) {
      expect(seen).not.toContain(secret);
    }
    expect(seen).not.toMatch(/^GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|TOKEN)=/m);
  });

  it.each([
    ['reducing', 'a kill'],
    ['same', 'a change that moves nobody'],
  ])('judges what is proved to be %s at once, without any: %s', async (proved) => {
    const { exitCode, states, ran } = await by('touch "$RUNNER_TEMP/ran"; sleep 30', { proved });
    expect({ exitCode, states, ran }).toEqual({ exitCode: 0, states: ['success'], ran: ['Judge'] });
    expect(await namesOf()).toEqual(['check --json', 'validate', 'check']);
    expect(await checkOf()).not.toContain('--preview');
    expect(await readdir(folder)).not.toContain('ran');
  });

  it('says nothing of a change before its contexts are there', async () => {
    const more = { 'inputs.contexts-command': `echo '${ROW}'` };
    const ending = await actions.run('check', 'Judge', of('pull_request_target', more), {
      ...runner('pull_request_target'),
      GITHUB_OUTPUT: join(folder, 'outputs'),
    });
    expect(ending.exitCode).toBe(0);
    expect(await readFile(join(folder, 'outputs'), 'utf8')).toMatch(/^workspace=\S+\n$/);
    expect(api.statuses).toEqual([]);
    expect(await namesOf()).toEqual(['check --json']);
  });

  const broken: readonly (readonly [why: string, command: string, message: string])[] = [
    ['fails', `echo '${ROW}'; exit 3`, 'ended with exit code 3'],
    ['fails before its end', `false | echo '${ROW}'`, 'ended with exit code 1'],
    ['is none', 'no-such-program', 'ended with exit code 127'],
    ['is no bash', 'if', 'ended with exit code 2'],
    ['prints nothing', 'true', 'printed nothing'],
    ['never ends', `echo '${ROW}'; sleep 30`, 'took longer than 1 s'],
    ['will not be ended', `trap '' TERM; echo '${ROW}'; exec sleep 30`, 'took longer than 1 s'],
    ['leaves something running', `echo '${ROW}'; sleep 30 &`, 'left a process behind'],
  ];
  it.each(broken)('goes on with an estimate where the command %s', async (_why, command, message) => {
    const { exitCode, states, output, ran } = await by(command, {}, { 'inputs.contexts-timeout-seconds': '1' });
    expect({ exitCode, states, ran }).toEqual({ exitCode: 0, states: ['success'], ran: steps });
    expect(output).toContain(`::error::the command for contexts ${message}`);
    expect(output).toContain('::error::the command for contexts failed, so nobody can tell whom a change moves');
    expect(await previewOf()).toEqual(['preview', '--base=origin/main', `--head=${head}`, '--json']);
  });

  it.each<readonly [why: string, codes: Codes, message: string]>([
    ['cannot read what the command printed', { 'preview --json': 2 }, 'could not be made (exit code 2)'],
    ['crashes', { 'preview --json': 139 }, 'could not be made (exit code 139)'],
    ['takes too long', { hangs: 'preview' }, 'took longer than 1 s'],
    ['has nothing to compare', { 'preview --json': 1 }, 'There is no preview: the change does not load'],
  ])('goes on without a preview where it %s', async (_why, codes, message) => {
    const more = { 'inputs.contexts-timeout-seconds': '1' };
    const { exitCode, states, output } = await by('echo rubbish', codes, more);
    expect({ exitCode, states }).toEqual({ exitCode: 0, states: ['success'] });
    expect(output).toContain(message);
    expect(await checkOf()).not.toContain('--preview');
    expect(await readdir(folder)).not.toContain('flag-preview.json');
  });

  it('takes files and artifacts by flagctl, with the token of the workflow and not of the App', async () => {
    const more = {
      'inputs.contexts': '\n  .github/a b.jsonl  \n\n--evil\n',
      'inputs.contexts-artifact': '$(touch pwned)',
      'steps.app.outputs.token': TOKEN,
      'inputs.token': 'ghs_of-the-workflow',
    };
    const { exitCode, ran } = await judge('pull_request_target', { more });
    expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: ['Judge', 'Judge by who is moved'] });
    const fetched = (await calls()).filter(({ words }) => words[0] === 'contexts');
    expect(fetched).toMatchObject([
      {
        words: [
          'contexts',
          'fetch',
          '--base',
          'origin/main',
          '--out',
          expect.stringMatching(/\/contexts$/),
          '--artifact=$(touch pwned)',
          '--',
          '.github/a b.jsonl',
          '--evil',
        ],
        token: 'ghs_of-the-workflow',
      },
    ]);
  });

  it('goes on with an estimate where they cannot be fetched', async () => {
    const more = { 'inputs.contexts': '.github/contexts.jsonl' };
    const { exitCode, output } = await judge('pull_request_target', { more, codes: { contexts: 2 } });
    expect(exitCode).toBe(0);
    expect(output).toContain('::error::the contexts could not be fetched (exit code 2)');
    expect(await previewOf()).toEqual(['preview', '--base=origin/main', `--head=${head}`, '--json']);
  });

  it.each(['soon', '0', '-1', '', '1; touch pwned'])('is not kept by a limit of %j', async (limit) => {
    const { exitCode, output } = await by(`echo '${ROW}'`, {}, { 'inputs.contexts-timeout-seconds': limit });
    expect(exitCode).toBe(0);
    expect(output).toContain('is no whole number above 0; it is taken for 240');
    expect(await previewOf()).toContain('--contexts=command.jsonl');
    expect(await readdir(folder)).not.toContain('pwned');
  });

  it('judges once more what has moved on while contexts were made', async () => {
    const other = await repository.git('rev-parse', 'main');
    const move = `git -C ${repository.remoteDir} update-ref refs/pull/7/head ${other}; echo '${ROW}'`;
    expect(await by(move)).toMatchObject({ exitCode: 1, states: ['failure'] });
    expect(await namesOf()).toEqual(['check --json']);
  });

  it('judges by the main branch as it was at first, whatever comes to it meanwhile', async () => {
    const before = await repository.git('rev-parse', 'main');
    const refs = join(folder, 'refs');
    const see = `git -C "$WORKSPACE/repository" rev-parse origin/main >> ${refs}`;
    const move = `git -C ${repository.remoteDir} update-ref refs/heads/main ${head}`;
    await by(`${see}; ${move}; ${see}; echo '${ROW}'`);
    expect((await readFile(refs, 'utf8')).split('\n')).toEqual([before, before, '']);
    const bases = (await calls()).flatMap(({ words }) => words.filter((word) => word.includes('origin/')));
    expect(new Set(bases)).toEqual(new Set(['origin/main', '--base=origin/main']));
  });
});

it('the actions say nothing to flagctl that it does not understand', async () => {
  const named = {
    'inputs.contexts': '.github/a.jsonl\n.github/b.csv.gz',
    'inputs.contexts-artifact': 'contexts',
    'inputs.population': '4200000',
    'inputs.by': 'country,plan',
    'inputs.webhook': 'https://hooks.example/',
  };
  await judge('pull_request_target', { more: named });
  await judge('merge_group');
  await actions.runFrom('audit', 'Fetch the main branch', of('workflow_run', named), runner('push'));
  const lines = (await calls()).map(({ words }) => words);
  expect(new Set(lines.map(([name]) => name))).toEqual(new Set(['check', 'contexts', 'preview', 'validate', 'audit']));
  for (const words of lines) {
    expect(parseArguments(words, commands, { columns: 80, title: String }), words.join(' ')).toMatchObject({
      kind: 'run',
    });
  }
});

describe('the action audit', () => {
  const audit = (codes: Codes = {}, more: Record<string, string> = {}) =>
    actions.runFrom(
      'audit',
      'Fetch the main branch',
      { ...inputs, 'github.event.repository.default_branch': 'main', ...more },
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

describe('the action audit, with contexts', () => {
  const ROW = '{"targetingKey":"u-1"}';
  const record = async (codes: Codes = {}, more: Record<string, string> = {}) => {
    const values = { ...inputs, 'github.event.repository.default_branch': 'main' };
    const named = { 'inputs.contexts-command': `echo '${ROW}'`, ...more };
    const ending = await actions.runFrom(
      'audit',
      'Fetch the main branch',
      { ...values, ...named },
      runner('push', codes),
    );
    expect(ending.output).not.toContain(TOKEN);
    return ending;
  };
  const rangesOf = async () =>
    (await calls())
      .filter(({ words }) => words[0] === 'preview')
      .map(({ words }) => words.slice(1, 3).map((word) => word.replace(/^--(base|head)=/, '')));
  const wordsOf = async () => (await calls()).find(({ words }) => words[1] === 'record')?.words ?? [];
  const commitOn = async (...parents: readonly string[]) => {
    const tree = await repository.git('rev-parse', `${parents.at(-1)}^{tree}`);
    return repository.git('commit-tree', tree, '-m', 'Merge', ...parents.flatMap((parent) => ['-p', parent]));
  };
  const noteOf = async (commit: string) => {
    await repository.git('notes', '--ref=refs/notes/guidon-evidence', 'add', '--message={}', commit);
    await repository.git('push', '--quiet', '--force', 'origin', 'refs/notes/guidon-evidence');
  };

  it('hands previews of what has no record to the record: of merges, and of what came without one', async () => {
    const start = await repository.git('rev-parse', 'main');
    await noteOf(start);
    const merge = await commitOn(start, head);
    const direct = await commitOn(merge);
    await repository.git('push', '--quiet', 'origin', `${direct}:refs/heads/main`);
    const { exitCode, ran } = await record();
    expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: ['Fetch the main branch', 'Make contexts', 'Audit'] });
    expect(await rangesOf()).toEqual([
      [merge, direct],
      [start, head],
      // As one, for a pull request whose commits were rebased.
      [start, direct],
    ]);
    expect((await wordsOf()).slice(2)).toEqual(
      [0, 1, 2].map((at) => expect.stringMatching(`^--preview=/.*-${at}\\.json$`)),
    );
    expect((await calls()).filter(({ words }) => words[0] === 'preview').map(({ token }) => token)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith('guidon-'))).toEqual([]);
  });

  it('begins at the tip where there is no record', async () => {
    const start = await repository.git('rev-parse', 'main');
    const merge = await commitOn(await commitOn(start), head);
    await repository.git('push', '--quiet', 'origin', `${merge}:refs/heads/main`);
    await record();
    expect(await rangesOf()).toEqual([[await repository.git('rev-parse', `${merge}^1`), head]]);
  });

  it('makes none of what is recorded, and none of a first commit', async () => {
    await record();
    expect(await rangesOf()).toEqual([]);
    await noteOf(await repository.git('rev-parse', 'main'));
    await record();
    expect(await rangesOf()).toEqual([]);
  });

  it.each<readonly [why: string, codes: Codes, more: Record<string, string>]>([
    ['the command fails', {}, { 'inputs.contexts-command': 'exit 1' }],
    ['the preview fails', { 'preview --json': 2 }, {}],
    ['the preview takes too long', { hangs: 'preview' }, { 'inputs.contexts-timeout-seconds': '1' }],
    ['files cannot be fetched', { contexts: 2 }, { 'inputs.contexts': 'x.jsonl', 'inputs.contexts-command': '' }],
  ])('records all the same where %s', async (_why, codes, more) => {
    const start = await repository.git('rev-parse', 'main');
    await repository.git('push', '--quiet', 'origin', `${await commitOn(start, head)}:refs/heads/main`);
    expect((await record(codes, more)).exitCode).toBe(0);
    expect(await wordsOf()).toEqual(['audit', 'record']);
  });
});

it('every script of the actions is bash', async () => {
  const files = (await readdir(actionPath(), { recursive: true })).filter((name) => name.endsWith('.sh'));
  expect(files.length).toBeGreaterThan(4);
  for (const file of files) await promisify(execFile)('bash', ['-n', actionPath(file)]);
});
