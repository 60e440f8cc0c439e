import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accounts, files, highFlag, mediumFlag, owners } from '../control/testing/company.js';
import { disposeCompany, NOW, Scene } from '../control/testing/scene.js';
import { refusal, startGitHub, type GitHubServer } from '../host/testing/github-server.js';
import { ordinaryState, type FakeReview, type GitHubState } from '../host/testing/github-state.js';
import { call, type CallResult } from '../testing/call.js';

const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';
const NOBODY = '0'.repeat(40);

let scene: Scene;
let server: GitHubServer | undefined;

beforeEach(async () => {
  scene = await Scene.create();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await scene.repository.dispose();
});
afterAll(disposeCompany);

const people = { author: 'mallory <mallory@acme.example>' };

/** GitHub as it would tell of the branch `change`. */
async function stateOf(
  reviews: readonly Omit<FakeReview, 'id'>[],
  more: Partial<GitHubState> = {},
): Promise<GitHubState> {
  const [base, head] = [await scene.git('rev-parse', 'origin/main'), await scene.git('rev-parse', 'change')];
  const mallory = { email: 'mallory@acme.example', login: 'mallory' };
  const history = (await scene.git('rev-list', '--reverse', 'origin/main..change')).split('\n');
  return {
    ...ordinaryState(),
    users: [
      ...accounts.map(({ login, isBot, permission }, index) => ({
        login,
        id: index + 1,
        email: `${login}@acme.example`,
        type: isBot ? ('Bot' as const) : ('User' as const),
        permission: permission === 'unknown' ? ('none' as const) : permission,
      })),
      { login: 'web-flow', id: 90, permission: 'none' },
    ],
    teams: new Map(owners.map(({ handle, members }) => [handle.slice(1), members ?? []])),
    pull: {
      number: 7,
      head: { ref: 'change', sha: head },
      base: { ref: 'main', sha: base },
      author: 'mallory',
      extra: { body: '## Reason\n\nThe pilot went well.\n' },
    },
    commits: history.map((sha, index) => ({
      sha,
      author: mallory,
      committer: mallory,
      parents: [history[index - 1] ?? base],
    })),
    reviews: reviews.map((review, index) => ({ id: index + 1, at: '2026-12-01T11:00:00Z', ...review })),
    activity: new Map([['acme/flags', [{ login: 'mallory', before: NOBODY, after: head }]]]),
    viewer: { login: 'flags-bot' },
    ...more,
  };
}

async function check(state: GitHubState, ...more: readonly string[]): Promise<CallResult> {
  server = await startGitHub(state);
  const words = ['check', '--base', 'origin/main', '--head', 'change', '--pull-request', '7', '--now', NOW];
  const environment = { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: server.url, GITHUB_REPOSITORY: 'acme/flags' };
  return call(scene.repository.workDir, [...words, ...more], { environment });
}

describe('flagctl check with a pull request of the host', () => {
  it('reads it, judges it, and writes one comment that it edits afterwards', async () => {
    const head = await scene.push({ [files.medium]: mediumFlag('8') }, 'Widen', people);
    const state = await stateOf([]);
    const refused = await check(state, '--comment');
    expect(refused).toMatchObject({ exitCode: 1, errors: '' });
    expect(refused.output).toContain('needs 1 approval');
    await server?.close();
    state.reviews = [{ id: 1, login: 'pat', state: 'APPROVED', commit: head, at: '2026-12-01T11:30:00Z' }];
    const passed = await check(state, '--comment');
    expect({ exitCode: passed.exitCode, errors: passed.errors }).toEqual({ exitCode: 0, errors: '' });
    expect(state.comments).toHaveLength(1);
    expect(state.comments[0]?.body).toMatch(/^<!-- guidon:check -->\n/);
    expect(state.comments[0]?.body).toContain('rollout 5 % → 8 %');
    expect(state.comments[0]?.body).not.toMatch(/@acme/);
    expect(server?.violations).toEqual([]);
  });

  it("takes the host's time of a merge for how long a stage has held", async () => {
    const held = highFlag('internal').replace('segment: employees }', 'segment: employees, hold: 2h }');
    await scene.main({ [files.high]: held });
    // It has been at this stage since the first commit; the plan's `hold` came later.
    const start = await scene.git('rev-list', '--max-parents=0', 'origin/main');
    const head = await scene.push({ [files.high]: held.replace('stage: internal', 'stage: canary') }, 'Next', people);
    const approvals = ['pat', 'pia'].map((login) => ({ login, state: 'APPROVED', commit: head }));
    const merged = await stateOf(approvals, { pullsOf: new Map([[start, [[3, 'merged']]]]) });
    const { output } = await check(merged, '--json');
    expect(output).not.toContain('staged-hold');
    await server?.close();
    const unknown = await check(await stateOf(approvals), '--json');
    expect(unknown.exitCode).toBe(1);
    expect(unknown.output).toContain('staged-hold-unknown');
  });

  it('says what it could not read, and never the token', async () => {
    await scene.push({ [files.medium]: mediumFlag('8') }, 'Widen', people);
    const state = await stateOf([]);
    server = await startGitHub(state);
    server.fail('/pulls/7', refusal(401, 'Bad credentials'));
    const environment = { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: server.url, GITHUB_REPOSITORY: 'acme/flags' };
    const words = ['check', '--base', 'origin/main', '--head', 'change', '--pull-request', '7'];
    const { exitCode, output, errors } = await call(scene.repository.workDir, words, { environment });
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toMatch(/token/i);
    expect(errors).not.toContain(TOKEN);
  });
});
