/** The action check with the program as it is built, against real git and a GitHub: who is moved, from contexts to comment. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basic, GitHttpServer } from '../../provider/repository/testing/git-http-server.js';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { zipOf } from '../contexts/fetch/testing/zip.js';
import { exampleOf } from '../host/testing/description.js';
import { startGitHub, type GitHubServer } from '../host/testing/github-server.js';
import { ordinaryState, type FakeArtifact, type FakeRun, type GitHubState } from '../host/testing/github-state.js';
import { createFlagRepository, flagFiles } from '../testing/flag-repository.js';
import { ActionCopy } from './testing/action-steps.js';

const TOKEN = 'ghs_nobody-may-see-this';
const FLAG = 'flags/payments/checkout/new-flow.yaml';
const POLICY = 'flags/policy.yaml';

const tiers = `tiers:
  low: { approvals: 0 }
  medium: { approvals: 0, preview: required }
  high: { approvals: 2, preview: required }
`;
const rows = Array.from({ length: 400 }, (_, at) => JSON.stringify({ targetingKey: `u-${at}`, country: 'FR' }));
const contexts = `${rows.join('\n')}\n`;

let repository: TestRepository;
let git: GitHttpServer;
let github: GitHubServer;
let state: GitHubState;
let actions: ActionCopy;
let folder: string;
let main: string;

beforeEach(async () => {
  if (!existsSync(join(import.meta.dirname, '../../dist/scripts/flagctl.js'))) {
    throw new Error('the program is not built: npm run build');
  }
  repository = await createFlagRepository({
    [POLICY]: `${flagFiles[POLICY]}${tiers}`,
    '.github/contexts.jsonl': contexts,
    'open.jsonl': contexts,
  });
  main = await repository.git('rev-parse', 'HEAD');
  folder = join(repository.folder, 'runner');
  await mkdir(folder);
  await mkdir(join(repository.folder, 'remotes/acme'));
  await symlink(repository.remoteDir, join(repository.folder, 'remotes/acme/flags'));
  actions = await ActionCopy.create(folder);
  state = ordinaryState();
  github = await startGitHub(state);
  git = await GitHttpServer.start({
    root: join(repository.folder, 'remotes'),
    authorize: (header) => header?.toLowerCase() === basic('x-access-token', TOKEN).toLowerCase(),
  });
});

afterEach(async () => {
  await Promise.all([git.stop(), github.close()]);
  await repository.dispose();
});

/** Opens pull request 7 of ann, in which the flag's file is edited so. */
async function propose(edit: (text: string) => string): Promise<string> {
  await repository.git('checkout', '--quiet', '-B', 'change', main);
  const text = edit(flagFiles[FLAG] ?? '');
  expect(text).not.toBe(flagFiles[FLAG]);
  await writeFile(join(repository.workDir, FLAG), text);
  await repository.git('commit', '--quiet', '--all', '--message=Change', '--author=ann <ann@acme.example>');
  const head = await repository.git('rev-parse', 'HEAD');
  await repository.git('push', '--quiet', '--force', 'origin', `${head}:refs/pull/7/head`);
  const ann = { email: 'ann@acme.example', login: 'ann' };
  state.pull = { ...state.pull, head: { ref: 'change', sha: head }, base: { ref: 'main', sha: main } };
  state.commits = [{ sha: head, author: ann, committer: ann, parents: [main] }];
  state.activity = new Map([['acme/flags', [{ login: 'ann', before: '0'.repeat(40), after: head }]]]);
  state.teams = new Map([
    ['acme/payments', ['ann', 'bob']],
    ['acme/platform', ['bob']],
  ]);
  return head;
}

const widen = (text: string): string => text.replace('    rollout: 5\n', '    rollout: 50\n');
const kill = (text: string): string =>
  text.replace('  production:\n    enabled: true', '  production:\n    enabled: false');

async function run(action: string, first: string, event: string, named: Readonly<Record<string, string>>) {
  const inputs = ['contexts', 'contexts-command', 'contexts-artifact', 'population', 'by', 'branch'];
  const ending = await actions.runFrom(
    action,
    first,
    {
      'inputs.webhook': '',
      ...Object.fromEntries(inputs.map((name) => [`inputs.${name}`, named[name] ?? ''])),
      'inputs.contexts-timeout-seconds': '60',
      'inputs.status': 'guidon',
      'inputs.token': TOKEN,
      'steps.app.outputs.token': '',
      'github.event.repository.default_branch': 'main',
      'github.event.pull_request.head.sha': state.pull.head.sha,
      'github.event.pull_request.number': '7',
    },
    {
      GITHUB_SERVER_URL: git.url('').slice(0, -1),
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'acme/flags',
      GITHUB_RUN_ID: '42',
      GITHUB_EVENT_NAME: event,
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    },
  );
  expect(ending.output).not.toContain(TOKEN);
  expect(ending.output).not.toContain('SIGNED');
  expect(github.violations).toEqual([]);
  return ending;
}

async function judge(named: Readonly<Record<string, string>>) {
  const ending = await run('check', 'Judge', 'pull_request_target', named);
  return { ...ending, states: state.statuses.map(({ state }) => state), comment: state.comments.at(-1)?.body ?? '' };
}

async function upload(
  archive: Uint8Array,
  more: Partial<FakeArtifact> = {},
  run: Partial<FakeRun> = {},
): Promise<void> {
  const sound: FakeRun = { id: 40, event: 'schedule', branch: 'main', commit: main, ...run };
  state.artifacts = [{ id: 1, name: 'contexts', archive, run: sound, ...more }];
}

describe('who is moved stands in the one comment', () => {
  const sources: readonly (readonly [from: string, inputs: Readonly<Record<string, string>>])[] = [
    ['a file of the main branch', { contexts: '.github/contexts.jsonl' }],
    ['a command', { 'contexts-command': 'cat .github/contexts.jsonl' }],
    ['an artifact', { 'contexts-artifact': 'contexts' }],
  ];
  it.each(sources)('from %s', async (_from, inputs) => {
    await upload(zipOf({ name: 'sampled.jsonl', content: contexts }));
    const head = await propose(widen);
    const { exitCode, states, comment, outputs, output } = await judge({
      ...inputs,
      population: '4000000',
      by: 'country',
    });
    expect({ exitCode, states, output }).toMatchObject({ exitCode: 0, states: ['success'] });
    const preview = JSON.parse(await readFile(outputs['steps.moved.outputs.preview'] ?? '', 'utf8')) as {
      base: string;
      head: string;
      population: { contexts: number };
      environments: readonly { environment: string; changed: { contexts: number } }[];
    };
    expect(preview).toMatchObject({ base: main, head, population: { contexts: 400, users: 4_000_000 } });
    const [production] = preview.environments;
    expect(production?.environment).toBe('production');
    expect(production?.changed.contexts).toBeGreaterThan(100);
    expect(state.comments).toHaveLength(1);
    expect(comment).toMatch(/^<!-- guidon:check -->\n/);
    expect(comment).toContain('400 contexts');
    expect(await readFile(join(folder, 'summary'), 'utf8')).toContain('400 contexts');
  });

  it('as an estimate where no contexts are named, which a tier that asks for more refuses', async () => {
    await propose(widen);
    const { exitCode, states, comment } = await judge({});
    expect({ exitCode, states }).toEqual({ exitCode: 1, states: ['failure'] });
    expect(comment).toMatch(/estimate/);
    expect(comment).toContain('flagctl preview');
  });
});

/** The lines of a log that a runner takes for commands. */
function commandsOf(output: string): readonly string[] {
  const commands: string[] = [];
  let stop: string | undefined;
  for (const line of output.split('\n')) {
    const name = /^\s*::([^ :]+).*?::/.exec(line)?.[1] ?? (line.includes('##[') ? '##' : undefined);
    if (name === undefined) continue;
    if (stop === undefined) commands.push(line);
    if (name === stop) stop = undefined;
    else if (stop === undefined && name === 'stop-commands') stop = line.split('::').at(-1);
  }
  expect(stop).toBeUndefined();
  return commands;
}

describe('what others write into the log', () => {
  const words = ['::set-output name=forged::/tmp', '::warning::forged', '##[set-output name=forged]/etc/passwd'];
  const forgedIn = (output: string): readonly string[] => commandsOf(output).filter((line) => line.includes('forged'));

  it('is no command to the runner: an error of the command', async () => {
    await propose(widen);
    const echoes = words.map((word) => `echo '${word}' >&2`).join('; ');
    const { output, exitCode } = await judge({ 'contexts-command': `${echoes}; cat .github/contexts.jsonl` });
    expect(exitCode).toBe(0);
    for (const word of words) expect(output).toContain(word);
    expect(forgedIn(output)).toEqual([]);
  });

  it('is no command to the runner: a name of a file of contexts', async () => {
    const path = 'contexts/##[set-output name=forged]x.jsonl';
    await propose(widen);
    const { output } = await judge({ contexts: path });
    expect(output).toContain(path);
    expect(forgedIn(output)).toEqual([]);
    expect(commandsOf(output).join('\n')).toContain('::error::the contexts could not be fetched');
  });

  it('is no command to the runner: the reason of a kill', async () => {
    await propose(kill);
    state.pull = { ...state.pull, extra: { body: `## Reason\n\n${'x'.repeat(66)} ${words.join(' ')}\n` } };
    const { output } = await judge({ contexts: '.github/contexts.jsonl' });
    expect(output).toMatch(/\n +: :set-output name=forged/);
    expect(forgedIn(output)).toEqual([]);
  });
});

describe('contexts that anybody could have brought', () => {
  const evil = `${rows.slice(0, 1).join('\n')}\n`;
  const refused: readonly (readonly [why: string, arrange: () => Promise<void>, message: RegExp])[] = [
    [
      "a fork's branch called main",
      () => upload(zipOf({ name: 'a.jsonl', content: evil }), {}, { headRepository: 2 }),
      /is of a fork/,
    ],
    [
      'a pull request from main',
      () => upload(zipOf({ name: 'a.jsonl', content: evil }), {}, { event: 'pull_request' }),
      /on "pull_request", not on the branch/,
    ],
    ['an expired one', () => upload(zipOf({ name: 'a.jsonl', content: evil }), { expired: true }), /has expired/],
    [
      'one too large',
      () => upload(zipOf({ name: 'a.jsonl', content: evil }), { bytes: 2 ** 30 }),
      /has 1073741824 bytes/,
    ],
    ['one with a way out', () => upload(zipOf({ name: '../evil.jsonl', content: evil })), /a path out of its folder/],
    [
      'one with a link',
      () => upload(zipOf({ name: 'a.jsonl', content: '/etc/passwd', mode: 0o120777 })),
      /a link or a device/,
    ],
    ['none', async () => undefined, /there is no artifact "contexts"/],
  ];
  it.each(refused)('are not counted in: an artifact of %s', async (_why, arrange, message) => {
    await propose(widen);
    await arrange();
    const { exitCode, states, output, comment } = await judge({ 'contexts-artifact': 'contexts' });
    expect(output).toMatch(message);
    expect({ exitCode, states }).toEqual({ exitCode: 1, states: ['failure'] });
    expect(comment).toContain('estimate');
    expect(JSON.stringify(await readdir(repository.folder, { recursive: true }))).not.toContain('evil.jsonl');
  });

  it('are not counted in: a file that a change of a low tier could have brought', async () => {
    await propose(widen);
    const { exitCode, output } = await judge({ contexts: 'open.jsonl' });
    expect(exitCode).toBe(1);
    expect(output).toContain('"open.jsonl" is not protected');
  });

  it('are not counted in: the file as the change itself has it', async () => {
    await propose(widen);
    await writeFile(join(repository.workDir, '.github/contexts.jsonl'), evil);
    await repository.git('commit', '--quiet', '--all', '--amend', '--no-edit');
    const head = await repository.git('rev-parse', 'HEAD');
    await repository.git('push', '--quiet', '--force', 'origin', `${head}:refs/pull/7/head`);
    state.pull = { ...state.pull, head: { ref: 'change', sha: head } };
    state.commits = state.commits.map((commit) => ({ ...commit, sha: head }));
    state.activity = new Map([['acme/flags', [{ login: 'ann', before: '0'.repeat(40), after: head }]]]);
    const { exitCode, comment } = await judge({ contexts: '.github/contexts.jsonl' });
    expect(exitCode).toBe(1);
    expect(comment).toContain('400 contexts');
    expect(comment).toMatch(/tier.*high/i);
  });
});

describe('the record of what was merged', () => {
  it.each([
    ['has the figures', { 'contexts-command': 'cat .github/contexts.jsonl' }, 400],
    ['is written without, where the command fails', { 'contexts-command': 'exit 1' }, undefined],
  ])('%s', async (_what, named, expected) => {
    const head = await propose(widen);
    await repository.git('config', '--file', join(repository.remoteDir, 'config'), 'http.receivepack', 'true');
    await repository.git('checkout', '--quiet', '--detach', main);
    await repository.git('merge', '--quiet', '--no-ff', '--message=Merge pull request #7', head);
    const merge = await repository.git('rev-parse', 'HEAD');
    await repository.git('push', '--quiet', 'origin', `${merge}:refs/heads/main`);
    state.pullsOf = new Map([[merge, [[7, 'merged']]]]);
    const [member] = exampleOf('get', '/orgs/{org}/teams/{team_slug}/members') as readonly object[];
    const merged_by = { ...member, login: 'bob', id: 2 };
    const extra = { state: 'closed', merged: true, merged_at: '2026-03-01T11:30:00Z', merge_commit_sha: merge };
    state.pull = { ...state.pull, extra: { ...extra, merged_by } };
    const { output } = await run('audit', 'Fetch the main branch', 'push', named);
    const note = await repository.git(
      '--git-dir',
      repository.remoteDir,
      'notes',
      '--ref=refs/notes/guidon-evidence',
      'show',
      merge,
    );
    const record = JSON.parse(note) as { pullRequest: { number: number }; impact?: { contexts: number } };
    expect(record.pullRequest.number, output).toBe(7);
    expect(record.impact?.contexts).toBe(expected);
  });
});

describe('a source that does not do what it should', () => {
  const sources: readonly (readonly [why: string, inputs: Readonly<Record<string, string>>])[] = [
    ['a command that fails', { 'contexts-command': 'exit 1' }],
    ['a command that prints rubbish', { 'contexts-command': 'echo "<html>502 Bad Gateway</html>"' }],
    ['a command that prints bytes', { 'contexts-command': 'head -c 100000 /dev/urandom' }],
    ['an artifact that is not there', { 'contexts-artifact': 'contexts' }],
    ['a file that is not there', { contexts: '.github/none.jsonl' }],
  ];
  it.each(sources)('lets a change be judged, which it refuses, and a kill pass: %s', async (_why, inputs) => {
    await propose(widen);
    const widened = await judge(inputs);
    expect(widened).toMatchObject({ exitCode: 1, states: ['failure'] });
    expect(widened.output).toContain('::error::');
    expect(widened.comment).toMatch(/preview-(missing|estimate)/);
    state.statuses.length = 0;
    await propose(kill);
    expect(await judge(inputs)).toMatchObject({ exitCode: 0, states: ['success'], ran: ['Judge'] });
  });
});
