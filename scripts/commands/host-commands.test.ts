import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk } from '../emergency/testing/desk.js';
import { call, type CallResult } from '../testing/call.js';
import { ordinaryState } from '../host/testing/github-state.js';
import { startGitHub, type GitHubServer } from '../host/testing/github-server.js';

const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';
const REMOTE = 'https://github.com/acme/flags.git';
const KEY = 'payments.checkout.new-flow';

let desk: Desk;
let github: GitHubServer;

beforeEach(async () => {
  desk = await Desk.create();
  const { repository } = desk;
  // The host's name without its network: git goes to the remote on this machine, and only the API is asked.
  await repository.git('config', 'remote.origin.url', REMOTE);
  await repository.git('config', `url.${repository.url}.insteadOf`, REMOTE);
  github = await startGitHub(ordinaryState());
});

afterEach(async () => {
  await github.close();
  await desk.dispose();
});

const run = (...words: readonly string[]): Promise<CallResult> =>
  call(desk.workDir, words, { environment: { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: github.url } });

describe('the commands that ask the host', () => {
  it('kill pushes a branch and opens its pull request', async () => {
    const { exitCode, output, errors } = await run('kill', KEY, '--reason', 'checkout fails for one in ten');
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/pull request: https:\/\/github/),
    });
    expect(`${output}${errors}`).not.toContain(TOKEN);
    expect(github.violations).toEqual([]);
  });

  it('kill names the page where the host opens nothing, for the push stands', async () => {
    github.fail('/pulls', { status: 503 });
    const { exitCode, output, errors } = await run('kill', KEY, '--reason', 'checkout fails for one in ten');
    expect(exitCode).toBe(0);
    expect(output).toContain('https://github.com/acme/flags/compare/main...kill/');
    expect(errors).toContain('could not be opened');
  });

  it('protection reads the rules of the branch, and says what is missing', async () => {
    const { exitCode, output } = await run('protection', '--json');
    expect(exitCode).toBe(1);
    const { settings } = JSON.parse(output) as { settings: readonly { id: string; state: string }[] };
    expect(settings.length).toBeGreaterThan(8);
    expect(settings.filter(({ state }) => state === 'missing').length).toBeGreaterThan(3);
    expect(github.violations).toEqual([]);
  });
});
