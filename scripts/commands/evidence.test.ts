import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accounts, files, highFlag, owners, signatureOf } from '../control/testing/company.js';
import { MainBranch } from '../evidence/testing/main-branch.js';
import { exampleOf } from '../host/testing/description.js';
import { startGitHub, type GitHubServer } from '../host/testing/github-server.js';
import { ordinaryState, type GitHubState } from '../host/testing/github-state.js';
import { startHttpServer, type HttpServer } from '../host/testing/http-server.js';
import { call } from '../testing/call.js';

let main: MainBranch;
let github: GitHubServer;
let chat: HttpServer;
let state: GitHubState;
let folder: string;

beforeEach(async () => {
  main = await MainBranch.create();
  state = ordinaryState();
  github = await startGitHub(state);
  chat = await startHttpServer(() => ({ status: 200, raw: 'ok' }));
  await main.record();
  folder = await main.clone();
});

afterEach(async () => {
  await Promise.all([github.close(), chat.close()]);
  await main.dispose();
});

/** Merges a pull request with two approvals and has GitHub tell of it; gives the commit of main. */
async function merged(): Promise<string> {
  const base = await main.repository.git('rev-parse', 'main');
  const [commit = ''] = await main.merge(7, { [files.high]: highFlag('canary') }, { how: 'squash' });
  const head = await main.repository.git('rev-parse', 'change-7');
  const user = exampleOf('get', '/users/{username}') as object;
  const mallory = { email: 'mallory@acme.example', login: 'mallory' };
  Object.assign(state, {
    users: accounts.map(({ login, isBot, permission }, index) => ({
      login,
      id: index + 10,
      type: isBot ? 'Bot' : 'User',
      email: `${login}@acme.example`,
      permission,
    })),
    teams: new Map(owners.map(({ handle, members }) => [handle.slice(1), members ?? []])),
    pull: {
      number: 7,
      head: { ref: 'change-7', sha: head },
      base: { ref: 'main', sha: base },
      author: 'mallory',
      extra: {
        state: 'closed',
        merged: true,
        merged_at: '2026-12-01T12:00:00Z',
        merged_by: { ...user, login: 'olga', id: 99, type: 'User' },
        merge_commit_sha: commit,
      },
    },
    commits: [{ sha: head, author: mallory, committer: mallory, parents: [base] }],
    reviews: ['pat', 'pia'].map((login, index) => {
      return { id: index + 1, login, state: 'APPROVED', commit: head, at: `2026-12-01T11:0${index}:00Z` };
    }),
    activity: new Map([['acme/flags', [{ login: 'mallory', before: '0'.repeat(40), after: head }]]]),
    pullsOf: new Map([[commit, [[7, 'merged']]]]),
  } satisfies Partial<Record<keyof GitHubState, unknown>>);
  return commit;
}

const environment = (): Readonly<Record<string, string>> => ({
  GITHUB_REPOSITORY: 'acme/flags',
  GITHUB_API_URL: github.url,
  GITHUB_TOKEN: 'ghp_secretsecretsecret',
  GUIDON_WEBHOOK_URL: `${chat.url}/services/verysecret`,
});

describe('flagctl audit record', () => {
  it('writes what GitHub tells, and tells the owning team', async () => {
    const commit = await merged();
    const result = await call(folder, ['audit', 'record', '--notify'], { environment: environment() });
    expect(result).toEqual({
      exitCode: 0,
      errors: '',
      output: `recorded ${commit.slice(0, 10)}…  #7  high, passes\nRecorded 1 commit.\n`,
    });
    expect(github.violations).toEqual([]);
    expect(await main.recordOf(commit)).toMatchObject({
      pullRequest: { host: 'github', repository: 'acme/flags', number: 7, merge: { by: 'olga' } },
      verdict: { tier: 'high', approvers: ['pat', 'pia'], outcome: 'passes', findings: [] },
    });
    expect(chat.arrived).toHaveLength(1);
    expect(JSON.stringify(chat.arrived[0]?.body)).toContain('payments.settlement.new-ledger');
    expect(await call(folder, ['audit', 'record'], { environment: environment() })).toMatchObject({
      output: 'Nothing to record.\n',
    });
  });

  it('prints the records as JSON, and a webhook that fails is a warning', async () => {
    const commit = await merged();
    const more = { GUIDON_WEBHOOK_URL: '' };
    const { exitCode, output } = await call(folder, ['audit', 'record', '--notify', '--json'], {
      environment: { ...environment(), ...more },
    });
    expect(exitCode).toBe(0);
    const json = JSON.parse(output) as { readonly recorded: readonly unknown[]; readonly findings: readonly unknown[] };
    expect(json.recorded).toMatchObject([{ commit, version: 1 }]);
    expect(json.findings).toMatchObject([{ code: 'notification-failed', severity: 'warning' }]);
  });

  it('writes nothing where GitHub does not answer', async () => {
    const commit = await merged();
    github.fail(`/commits/${commit}/pulls`, { status: 401, json: { message: 'Bad credentials' } });
    const { exitCode, errors } = await call(folder, ['audit', 'record'], { environment: environment() });
    expect(exitCode).toBe(2);
    expect(errors).toContain('GitHub answers 401');
    expect(errors).not.toContain('ghp_secret');
    await expect(main.recordOf(commit)).rejects.toThrow('no record');
  });
});

describe('flagctl audit verify', () => {
  it('says what it verified', async () => {
    await merged();
    await call(folder, ['audit', 'record'], { environment: environment() });
    await main.fetch(folder);
    const { exitCode, output } = await call(folder, ['audit', 'verify']);
    expect({ exitCode, output: output.replaceAll(/[0-9a-f]{10}…/g, '<commit>') }).toEqual({
      exitCode: 0,
      output: 'Verified: 2 commits of main (up to <commit>).\n',
    });
    const json = JSON.parse((await call(folder, ['audit', 'verify', '--json'])).output) as unknown;
    expect(json).toMatchObject({ version: 1, verified: true, commits: 0, findings: [] });
  });

  it('names a commit, in each format', async () => {
    const commit = await main.push({ [files.high]: highFlag('canary') }, 'Oops @acme/all <b>');
    await main.fetch(folder);
    const { exitCode, output } = await call(folder, ['audit', 'verify']);
    expect(exitCode).toBe(1);
    expect(output).toContain('error evidence-missing');
    expect(output).toContain('Not verified: 2 commits of main');
    const markdown = (await call(folder, ['audit', 'verify', '--format', 'markdown'])).output;
    expect(markdown).toContain(`- **evidence-missing** \`${commit.slice(0, 10)}…\``);
    expect(markdown).not.toMatch(/@acme|<b>/);
    const json = JSON.parse((await call(folder, ['audit', 'verify', '--format', 'json'])).output) as unknown;
    expect(json).toMatchObject({ verified: false, findings: [{ code: 'evidence-missing', commit }] });
  });

  it('takes no allowed signers from the working tree, by whatever way', async () => {
    await main.fetch(folder);
    await writeFile(join(folder, 'allowed_signers'), '');
    const inside = await call(folder, ['audit', 'verify', '--allowed-signers', 'allowed_signers']);
    expect(inside).toMatchObject({ exitCode: 2, output: '' });
    expect(inside.errors).toContain('whoever can push decides who may sign');
    expect((await call(folder, ['audit', 'verify', '--allowed-signers', '../none'])).errors).toContain(
      'there is no file',
    );
    expect((await call(folder, ['audit', 'verify', '--require-signatures'])).errors).toContain(
      'needs --allowed-signers',
    );
    await mkdir(join(folder, '../keys'));
    await writeFile(join(folder, '../keys/allowed_signers'), `* ${signatureOf('pat')}\n`);
    expect(await call(folder, ['audit', 'verify', '--allowed-signers', '../keys/allowed_signers'])).toMatchObject({
      exitCode: 0,
    });
  });
});
